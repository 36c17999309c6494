// The two tensors of one update, checked against each other.

import Tensors

/// The names of A and B in one file.
struct AdapterPair {
    let a: String
    let b: String

    /// - Parameters:
    ///   - halves: names of tensors by the names of their matrices.
    ///   - a: what follows the matrix's name in that of A, for messages.
    /// - Throws: `AdapterError` if a half is missing.
    static func pairs(
        _ halves: [String: (a: String?, b: String?)], path: String, a: String, b: String
    ) throws -> [String: AdapterPair] {
        var pairs: [String: AdapterPair] = [:]
        for (name, half) in halves.sorted(by: { $0.key < $1.key }) {
            switch (half.a, half.b) {
            case (let first?, let second?): pairs[name] = AdapterPair(a: first, b: second)
            case (let first?, nil):
                throw AdapterError.otherHalfMissing(path: path, tensor: first, missing: name + b)
            case (nil, let second?):
                throw AdapterError.otherHalfMissing(path: path, tensor: second, missing: name + a)
            case (nil, nil): break
            }
        }
        return pairs
    }

    /// - Parameter rank: as the settings say; nil if the tensors say it.
    func entry(_ tensors: SafetensorsTensors, rank: Int?, scale: Float) throws -> LoRAAdapter.Entry {
        try entry(
            path: tensors.path, rank: rank, scale: { _ in scale }, shape: tensors.shape(of:), rows: tensors.rows(of:))
    }

    /// - Parameter scale: for a rank.
    func entry(
        path: String, rank: Int?, scale: (Int) -> Float, shape: (String) -> [Int]?,
        rows: (String) throws -> WeightMatrix?
    ) throws -> LoRAAdapter.Entry {
        func matrix(_ name: String, _ expected: String) throws -> WeightMatrix {
            guard let shape = shape(name), shape.count == 2, let matrix = try rows(name) else {
                throw AdapterError.wrongShape(
                    path: path, tensor: name, expected: expected, found: shape(name) ?? [])
            }
            return matrix
        }
        let first = try matrix(a, "two dimensions"), second = try matrix(b, "two dimensions")
        if let rank, first.rowCount != rank {
            throw AdapterError.wrongShape(
                path: path, tensor: a, expected: "the rank \(rank)", found: [first.columnCount, first.rowCount])
        }
        guard second.columnCount == first.rowCount else {
            throw AdapterError.wrongShape(
                path: path, tensor: b, expected: "the rank \(first.rowCount)",
                found: [second.columnCount, second.rowCount])
        }
        let scale = scale(first.rowCount)
        guard scale.isFinite else { throw AdapterError.notFinite(path: path, tensor: a) }
        return LoRAAdapter.Entry(
            inputCount: first.columnCount, outputCount: second.rowCount, rank: first.rowCount,
            a: try Self.values(first, path, a), b: try Self.values(second, path, b), scale: scale)
    }

    private static func values(_ matrix: WeightMatrix, _ path: String, _ name: String) throws -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(matrix.rowCount * matrix.columnCount)
        for row in 0..<matrix.rowCount { values += matrix.decodedRow(row) }
        guard values.allSatisfy(\.isFinite) else { throw AdapterError.notFinite(path: path, tensor: name) }
        return values
    }
}
