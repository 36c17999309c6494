// Activations that a forward pass leaves for the backward pass, in floats or, at half the memory, in bf16.
// - In bf16 the values are rounded where they stand, so the rest of the forward pass and the backward pass read the same
//   numbers, whether they were kept or computed again.

import CKernels

/// Rows that are kept: computed in `values`, and kept by `Worker.keep`.
///
/// Guard of `@unchecked Sendable`: between two barriers each worker writes only its own rows.
public final class KeptRows: @unchecked Sendable {
    /// Where the rows are computed, and where they stand again after `Worker.restore`.
    public let values: FloatMatrix
    /// True if the rows are kept in bf16, and `values` are shared with others.
    public let isRounded: Bool
    private var halves = AlignedMemory(byteCount: 0)
    private var rowCount = 0

    /// Rows that stay in floats of their own.
    public init(columnCount: Int) {
        values = FloatMatrix(rowCount: 1, columnCount: columnCount)
        isRounded = false
    }

    /// Rows that are kept in bf16, so that several can be computed in the same matrix.
    public init(roundedFrom shared: FloatMatrix) {
        values = shared
        isRounded = true
    }

    /// Makes room for `rows` rows. What was kept is lost if the memory grows.
    public func reserve(rows: Int) {
        values.reserve(rows: rows)
        guard isRounded, rows > rowCount else { return }
        halves = AlignedMemory(byteCount: rows * values.stride * 2)
        rowCount = rows
    }

    /// Bytes that a row takes beside shared memory.
    public var bytesPerRow: Int { values.stride * (isRounded ? 2 : 4) }

    func half(row: Int) -> UnsafeMutablePointer<UInt16> {
        precondition(row >= 0 && row < rowCount, "a row that is kept")
        return (halves.base + row * values.stride * 2).assumingMemoryBound(to: UInt16.self)
    }
}

extension Worker {
    /// Keeps rows 0..<n of `rows.values`, which this worker has computed or a barrier has made readable.
    public func keep(_ rows: KeptRows, rows n: Int) {
        guard rows.isRounded else { return }
        for row in range(of: n) {
            training.pointee.round_row(
                rows.values.pointer(row: row), rows.values.columnCount, rows.half(row: row))
        }
    }

    /// Brings rows 0..<n back to `rows.values`. Each worker restores its own.
    public func restore(_ rows: KeptRows, rows n: Int) {
        guard rows.isRounded else { return }
        for row in range(of: n) {
            kernels.pointee.decode(
                ElementType.bf16.rawValue, UnsafeRawPointer(rows.half(row: row)).assumingMemoryBound(to: UInt8.self),
                rows.values.columnCount, 1, rows.values.pointer(row: row))
        }
    }
}
