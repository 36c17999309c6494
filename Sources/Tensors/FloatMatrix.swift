// Activations of a batch: one row for each token.
// - Rows are `stride` floats apart and start on 64-byte boundaries.
// - The int8 form of the rows is kept beside the floats. `Worker.prepare` or a product with an activation fills it for
//   quantized weights.
// - Guard of `@unchecked Sendable`: between two barriers each worker writes only its own rows or columns.

import CKernels
import Glibc

/// A matrix of floats that the workers of a team fill together.
public final class FloatMatrix: @unchecked Sendable {
    public let columnCount: Int
    /// The number of rows that fit.
    public private(set) var rowCount: Int

    let stride: Int
    private(set) var memory: AlignedMemory
    private var quantizedMemory: AlignedMemory?
    /// The number of rows that were last quantized. The layout of the int8 form depends on it.
    var preparedRows = 0

    public init(rowCount: Int, columnCount: Int) {
        precondition(rowCount >= 0 && columnCount > 0)
        self.rowCount = rowCount
        self.columnCount = columnCount
        stride = (columnCount + 15) / 16 * 16
        memory = AlignedMemory(byteCount: rowCount * stride * 4)
        allocateQuantized()
    }

    /// Makes room for `rows` rows and keeps the present ones. Do not call this while workers use the matrix.
    public func reserve(rows: Int) {
        guard rows > rowCount else { return }
        let larger = AlignedMemory(byteCount: rows * stride * 4)
        larger.base.copyMemory(from: memory.base, byteCount: rowCount * stride * 4)
        memory = larger
        rowCount = rows
        allocateQuantized()
        preparedRows = 0
    }

    // Every matrix gets this memory, because untouched pages of a large block cost nothing.
    private func allocateQuantized() {
        guard columnCount % 32 == 0 else { return }
        quantizedMemory = AlignedMemory(byteCount: Self.quantizedByteCount(rows: rowCount, blocks: columnCount / 32))
    }

    /// The int8 form laid out for `rows` rows; nil if the width is not a whole number of blocks of 32.
    func quantized(rows: Int) -> ck_quantized? {
        guard let quantizedMemory else { return nil }
        return Self.layOut(quantizedMemory.base, rows: rows, blocks: columnCount / 32)
    }

    static func layOut(_ base: UnsafeMutableRawPointer, rows: Int, blocks: Int) -> ck_quantized {
        ck_quantized(cells: base.assumingMemoryBound(to: ck_cell.self), blocks: UInt32(blocks), rows: UInt32(rows))
    }

    static func quantizedByteCount(rows: Int, blocks: Int) -> Int { rows * blocks * MemoryLayout<ck_cell>.stride }

    func pointer(row: Int, column: Int = 0) -> UnsafeMutablePointer<Float> {
        memory.floats(at: row * stride + column)
    }

    /// A copy of row `index`.
    public func row(_ index: Int) -> [Float] {
        precondition(index >= 0 && index < rowCount, "a row of the matrix")
        return [Float](UnsafeBufferPointer(start: pointer(row: index), count: columnCount))
    }

    /// Copies row `index` into an array and gives it the row's length.
    public func copyRow(_ index: Int, into target: inout [Float]) {
        precondition(index >= 0 && index < rowCount, "a row of the matrix")
        if target.count != columnCount { target = [Float](repeating: 0, count: columnCount) }
        target.withUnsafeMutableBytes {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer(row: index), count: columnCount * 4))
        }
    }

    /// Sets row `index`.
    public func setRow(_ index: Int, to values: [Float]) {
        precondition(index >= 0 && index < rowCount && values.count == columnCount, "a whole row of the matrix")
        values.withUnsafeBytes {
            UnsafeMutableRawPointer(pointer(row: index)).copyMemory(
                from: $0.baseAddress ?? UnsafeRawPointer(memory.base), byteCount: $0.count)
        }
    }
}
