// Reads single tensors of a model file, and checks that each has the shape that the model's numbers imply.

import Tensors

/// The checked tensors of a file, by name.
struct WeightLoader {
    let file: any ModelSource
    let architecture: Architecture

    func has(_ name: String) -> Bool { file.hasTensor(name) }

    /// Rows of a matrix whose size no other number of the file determines.
    func rowCount(_ name: String) throws -> Int {
        guard let shape = file.shape(of: name) else { throw missing(name) }
        return shape.count > 1 ? shape[1] : 1
    }

    /// A matrix of `rows` outputs by `columns` inputs.
    /// - Throws: `ModelFileError` if it is missing or has another shape.
    func matrix(_ name: String, rows: Int, columns: Int) throws -> WeightMatrix {
        try check(name, [columns, rows])
        return try file.weight(name)
    }

    /// `count` matrices of `rows` by `columns`.
    func matrices(_ name: String, count: Int, rows: Int, columns: Int) throws -> [WeightMatrix] {
        try check(name, [columns, rows, count])
        return try file.weights(name)
    }

    func vector(_ name: String, count: Int) throws -> WeightVector {
        try check(name, [count])
        return try file.vector(name)
    }

    func optionalVector(_ name: String, count: Int) throws -> WeightVector? {
        has(name) ? try vector(name, count: count) : nil
    }

    /// `name.weight`, with `name.bias` if the file has one. If the architecture demands a bias, it must be there.
    func projection(_ name: String, rows: Int, columns: Int, bias site: Architecture.Biases) throws -> Projection {
        Projection(
            weight: try matrix(name + ".weight", rows: rows, columns: columns),
            bias: try bias(name + ".bias", count: rows, site: site),
            update: LowRankUpdate.sum(file.updates(of: name + ".weight")))
    }

    func norm(_ name: String, count: Int) throws -> NormWeights {
        NormWeights(
            weight: try vector(name + ".weight", count: count),
            bias: try bias(name + ".bias", count: count, site: .norms))
    }

    /// Divisors of the rotation's frequencies, if the file has them.
    func factors(_ name: String, count: Int) throws -> [Float]? {
        guard count > 0, let factors = try optionalVector(name, count: count)?.values else { return nil }
        guard factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw ModelFileError.outOfRange(
                path: file.path, key: name, value: "not positive everywhere", allowed: "positive")
        }
        return factors
    }

    private func bias(_ name: String, count: Int, site: Architecture.Biases) throws -> WeightVector? {
        guard !site.isEmpty, architecture.requiredBiases.isSuperset(of: site) else {
            return try optionalVector(name, count: count)
        }
        return try vector(name, count: count)
    }

    // Trailing sizes of 1 do not count: [64] and [64, 1] are the same shape.
    private func check(_ name: String, _ expected: [Int]) throws {
        guard let found = file.shape(of: name) else { throw missing(name) }
        func trimmed(_ shape: [Int]) -> ArraySlice<Int> {
            shape.prefix((shape.lastIndex { $0 != 1 } ?? 0) + 1)
        }
        guard trimmed(found) == trimmed(expected) else {
            throw ModelFileError.wrongShape(
                path: file.path, tensor: name, expected: "the shape \(expected), as the model's numbers say",
                found: found)
        }
    }

    private func missing(_ name: String) -> ModelFileError { .missingTensor(path: file.path, name: name) }
}

extension Projection {
    /// Some of the outputs, such as the queries of a fused weight.
    func slice(_ rows: Range<Int>) -> Projection {
        Projection(
            weight: weight.slice(rows: rows),
            bias: bias.map { WeightVector(values: Array($0.values[rows])) }, update: update?.slice(rows: rows))
    }
}
