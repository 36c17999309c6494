// The left operand of a product, laid out for the kernels once and read by all workers.
// - The layout is that of the team that packed it; the same team multiplies it.

import CKernels

/// How a product reads its operands.
public enum ProductPrecision: Sendable {
    /// Floats as they are.
    case f32
    /// Rounded to bf16 (nearest even); sums are floats.
    case bf16
}

/// The left operand of products: `rowCount` rows of `depth` numbers.
///
/// Guard of `@unchecked Sendable`: `Worker.pack` fills it between two barriers, each worker its own blocks; after that
/// it is only read. `reserve` is called while no worker uses it.
public final class PackedMatrix: @unchecked Sendable {
    public let precision: ProductPrecision
    /// What the last `pack` left here.
    public internal(set) var rowCount = 0
    public internal(set) var depth = 0

    private(set) var memory = AlignedMemory(byteCount: 0)

    public init(precision: ProductPrecision, rows: Int = 0, depth: Int = 0) {
        self.precision = precision
        reserve(rows: rows, depth: depth)
    }

    /// Makes room for `rows` rows of `depth` numbers. What was packed is lost if the memory grows.
    public func reserve(rows: Int, depth: Int) {
        precondition(rows >= 0 && depth >= 0 && rows <= Int(Int32.max) && depth <= Int(Int32.max), "a matrix")
        let bytes = byteCount(rows: rows, depth: depth)
        if bytes > memory.byteCount { memory = AlignedMemory(byteCount: bytes) }
    }

    /// True if so much fits.
    func holds(rows: Int, depth: Int) -> Bool { byteCount(rows: rows, depth: depth) <= memory.byteCount }

    // The last block of rows is as large as the others, and a block has at most 16 rows.
    private func byteCount(rows: Int, depth: Int) -> Int {
        rows == 0 || depth == 0 ? 0 : (rows + 15) * (precision == .bf16 ? (depth + 1) / 2 : depth) * 4
    }
}

extension Worker {
    /// Packs rows 0..<n of `x`, or, if `transposed`, the columns of these rows as rows. All workers call it; a barrier
    /// stands between it and the products.
    /// - Parameters:
    ///   - columns: some of the columns of `x`; all if nil.
    ///   - packed: has room for the result: (rows, columns), transposed (columns, rows).
    public func pack(
        _ x: FloatMatrix, rows n: Int, columns: Range<Int>? = nil, transposed: Bool = false, into packed: PackedMatrix
    ) {
        let columns = columns ?? 0..<x.columnCount
        precondition(n >= 0 && n <= x.rowCount, "rows of the matrix")
        precondition(columns.lowerBound >= 0 && columns.upperBound <= x.columnCount, "columns of the matrix")
        let rows = transposed ? columns.count : n
        let depth = transposed ? n : columns.count
        precondition(packed.holds(rows: rows, depth: depth), "room in the packed matrix")
        if index == 0 {
            packed.rowCount = rows
            packed.depth = depth
        }
        guard rows > 0, depth > 0 else { return }
        let tile = Int(training.pointee.tile_rows)
        let blocks = (rows + tile - 1) / tile
        let run = max(1, blocks / (count * 4))
        share((blocks + run - 1) / run) { item in
            training.pointee.pack(
                x.pointer(row: 0, column: columns.lowerBound), x.stride, transposed, UInt32(rows), UInt32(depth),
                packed.precision == .bf16, UInt32(item * run), UInt32(min(run, blocks - item * run)),
                packed.memory.base)
        }
    }
}
