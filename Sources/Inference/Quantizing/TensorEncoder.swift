// Writes the rows of a tensor in another element type, on all threads.
// - Rows are decoded and encoded a slab at a time, so that only the encoded tensor lies in memory whole.
// - A row's blocks do not depend on the number of threads.

import Synchronization
import Tensors

/// Encodes tensors of one model.
struct TensorEncoder: Sendable {
    /// The file the tensors come from, for messages.
    let path: String
    let team: WorkerTeam

    /// About so many elements a worker takes between two meetings with the others.
    private static let slabElements = 1 << 20

    private enum Part {
        case bytes([UInt8])
        case failure(QuantizingError)
    }

    /// - Parameter matrices: of one shape, one behind the other in the tensor.
    /// - Throws: `QuantizingError` where values cannot be held by the type.
    func encode(_ matrices: [WeightMatrix], as type: ElementType, tensor: String) throws -> [UInt8] {
        guard let first = matrices.first, let rowBytes = type.byteCount(elements: first.columnCount) else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(matrices.count * first.rowCount * rowBytes)
        let slabRows = max(1, Self.slabElements / first.columnCount) * team.threadCount
        for matrix in matrices {
            var start = 0
            while start < matrix.rowCount {
                let rows = start..<min(start + slabRows, matrix.rowCount)
                try append(matrix, rows: rows, type, tensor, to: &bytes)
                start = rows.upperBound
            }
        }
        return bytes
    }

    private func append(
        _ matrix: WeightMatrix, rows: Range<Int>, _ type: ElementType, _ tensor: String, to bytes: inout [UInt8]
    ) throws {
        let parts = Mutex<[Int: Part]>([:])
        team.run { worker in
            let own = worker.range(of: rows.count)
            guard !own.isEmpty else { return }
            let part = encode(
                matrix, rows: rows.lowerBound + own.lowerBound..<rows.lowerBound + own.upperBound, type, tensor)
            parts.withLock { $0[worker.index] = part }
        }
        for (_, part) in parts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            switch part {
            case .bytes(let encoded): bytes += encoded
            case .failure(let error): throw error
            }
        }
    }

    private func encode(_ matrix: WeightMatrix, rows: Range<Int>, _ type: ElementType, _ tensor: String) -> Part {
        var bytes: [UInt8] = []
        for row in rows {
            if matrix.type == type {
                bytes += matrix.rowBytes(row)
                continue
            }
            let values = matrix.decodedRow(row)
            if let problem = problem(values, type, tensor) { return .failure(problem) }
            bytes += type.encode(values)
        }
        return .bytes(bytes)
    }

    /// Scales are half-precision numbers, as F16's elements are.
    private func problem(_ values: [Float], _ type: ElementType, _ tensor: String) -> QuantizingError? {
        let (low, high) = VectorMath.range(of: values)
        guard low.isFinite, high.isFinite else { return .notFinite(path: path, tensor: tensor) }
        let widest = max(-low, high)
        guard type != .f32, type != .bf16, widest > 65504 else { return nil }
        return .tooLarge(path: path, tensor: tensor, value: -low > high ? low : high, type: type)
    }
}

extension VectorMath {
    /// The least and the greatest value; not a number where one of the values is none.
    fileprivate static func range(of values: [Float]) -> (low: Float, high: Float) {
        var low = Float.infinity, high = -Float.infinity, probe: Float = 0
        for value in values {
            low = value < low ? value : low
            high = value > high ? value : high
            probe += value * 0
        }
        return probe == 0 ? (low, high) : (.nan, .nan)
    }
}
