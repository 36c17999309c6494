// Activations of a batch: a row for each token.
// - Rows are `stride` floats apart and start on 64-byte boundaries.
// - Beside the floats stands their int8 form, which `Worker.prepare` or an activated product fills for quantized weights.
// - Guard of `@unchecked Sendable`: between two barriers each worker writes rows or columns of its own.

import CKernels
import Glibc

/// A matrix of floats that the workers of a team fill together.
public final class FloatMatrix: @unchecked Sendable {
    public let columnCount: Int
    /// How many rows there is room for.
    public private(set) var rowCount: Int

    let stride: Int
    private(set) var memory: AlignedMemory
    private var quantizedMemory: AlignedMemory?
    /// How many rows were last brought into int8 form, whose layout depends on it.
    var preparedRows = 0

    public init(rowCount: Int, columnCount: Int) {
        precondition(rowCount >= 0 && columnCount > 0)
        self.rowCount = rowCount
        self.columnCount = columnCount
        stride = (columnCount + 15) / 16 * 16
        memory = AlignedMemory(byteCount: rowCount * stride * 4)
        allocateQuantized()
    }

    /// Makes room for `rows` rows; keeps what is there. Not while workers use the matrix.
    public func reserve(rows: Int) {
        guard rows > rowCount else { return }
        let larger = AlignedMemory(byteCount: rows * stride * 4)
        larger.base.copyMemory(from: memory.base, byteCount: rowCount * stride * 4)
        memory = larger
        rowCount = rows
        allocateQuantized()
        preparedRows = 0
    }

    // Untouched pages of large blocks cost nothing, so every matrix has it.
    private func allocateQuantized() {
        guard columnCount % 32 == 0 else { return }
        quantizedMemory = AlignedMemory(byteCount: Self.quantizedByteCount(rows: rowCount, blocks: columnCount / 32))
    }

    /// The int8 form laid out for `rows` rows; nil where no quantized weight has this width.
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

    /// Copies row `index` into an array, which takes the row's length.
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
