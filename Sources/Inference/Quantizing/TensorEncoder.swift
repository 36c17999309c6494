// Encodes the rows of a tensor in another element type, on all threads.
// - Rows are decoded and encoded in slabs, so memory holds little more than one slab.
// - A row's blocks do not depend on the number of threads.

import Generation
import Synchronization
import Tensors

/// Encodes tensors of one model.
struct TensorEncoder: Sendable {
    /// The tensors' file, for messages.
    let path: String
    let team: WorkerTeam
    /// Checked before each slab.
    let stopSignal: StopSignal

    /// About how many elements each worker encodes per slab.
    private static let slabElements = 1 << 18

    private enum Part {
        case bytes([UInt8])
        case failure(QuantizingError)
    }

    /// - Parameter matrices: of one shape, in the order of the tensor.
    /// - Parameter write: receives the blocks in order.
    /// - Throws: `QuantizingError` if the type cannot hold the values; `CancellationError` if the stop signal was
    ///   raised;
    ///   the errors of `write`.
    func encode(
        _ matrices: [WeightMatrix], as type: ElementType, tensor: String, write: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        for matrix in matrices {
            let slabRows = max(1, Self.slabElements / matrix.columnCount) * team.threadCount
            for start in stride(from: 0, to: matrix.rowCount, by: slabRows) {
                if stopSignal.isRaised { throw CancellationError() }
                let rows = start..<min(start + slabRows, matrix.rowCount)
                for part in encode(matrix, rows: rows, type, tensor) {
                    switch part {
                    case .bytes(let bytes): try write(bytes[...])
                    case .failure(let error): throw error
                    }
                }
                matrix.slice(rows: rows).letGo()
            }
        }
    }

    /// The workers' parts in order.
    private func encode(_ matrix: WeightMatrix, rows: Range<Int>, _ type: ElementType, _ tensor: String) -> [Part] {
        let parts = Mutex<[Int: Part]>([:])
        team.run { worker in
            let own = worker.range(of: rows.count)
            guard !own.isEmpty else { return }
            let part = part(
                matrix, rows: rows.lowerBound + own.lowerBound..<rows.lowerBound + own.upperBound, type, tensor)
            parts.withLock { $0[worker.index] = part }
        }
        return parts.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    }

    private func part(_ matrix: WeightMatrix, rows: Range<Int>, _ type: ElementType, _ tensor: String) -> Part {
        var bytes: [UInt8] = []
        bytes.reserveCapacity((type.byteCount(elements: matrix.columnCount) ?? 0) * rows.count)
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

    /// Block scales are half-precision numbers, as F16's elements are, so the same largest value holds.
    private func problem(_ values: [Float], _ type: ElementType, _ tensor: String) -> QuantizingError? {
        // Without the sign bit, the bit patterns of floats are in the order of their absolute values.
        let widest = Float(bitPattern: values.reduce(0) { max($0, $1.bitPattern & 0x7FFF_FFFF) })
        guard widest.isFinite else { return .notFinite(path: path, tensor: tensor) }
        guard type != .f32, type != .bf16, widest > 65504 else { return nil }
        let value = values.first { abs($0) == widest } ?? widest
        return .tooLarge(path: path, tensor: tensor, value: value, type: type)
    }
}
