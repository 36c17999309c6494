// Writes the rows of a tensor in another element type, on all threads.
// - Rows are decoded and encoded a slab at a time, so that little more than a slab lies in memory.
// - A row's blocks do not depend on the number of threads.

import Generation
import Synchronization
import Tensors

/// Encodes tensors of one model.
struct TensorEncoder: Sendable {
    /// The file the tensors come from, for messages.
    let path: String
    let team: WorkerTeam
    /// Looked at between two slabs.
    let stopSignal: StopSignal

    /// About so many elements a worker takes between two meetings with the others.
    private static let slabElements = 1 << 18

    private enum Part {
        case bytes([UInt8])
        case failure(QuantizingError)
    }

    /// - Parameter matrices: of one shape, one behind the other in the tensor.
    /// - Parameter write: gets the blocks, in order.
    /// - Throws: `QuantizingError` where values cannot be held by the type; `CancellationError` after the stop signal;
    ///   what `write` throws.
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

    /// The workers' parts, in order.
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

    /// Scales are half-precision numbers, as F16's elements are.
    private func problem(_ values: [Float], _ type: ElementType, _ tensor: String) -> QuantizingError? {
        // The sizes of floats are in the order of their bits.
        let widest = Float(bitPattern: values.reduce(0) { max($0, $1.bitPattern & 0x7FFF_FFFF) })
        guard widest.isFinite else { return .notFinite(path: path, tensor: tensor) }
        guard type != .f32, type != .bf16, widest > 65504 else { return nil }
        let value = values.first { abs($0) == widest } ?? widest
        return .tooLarge(path: path, tensor: tensor, value: value, type: type)
    }
}
