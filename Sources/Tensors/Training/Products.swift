// Products of training: forward (y = x Wᵀ), of gradients (dx = dy W) and of weights' gradients (dW = dyᵀ x), all by one
// kernel.
// - An element of the result is one chain over the depth in order, so its bits depend neither on the number of workers
//   nor on the shape of the rest, and, in f32 as in bf16, not on the instruction set.

import CKernels

/// The right operand of a product: a matrix of `depth` rows and `columnCount` columns, read from where it lies.
///
/// Sendable without checks because it only names memory; the caller keeps others from writing it meanwhile.
public struct ProductOperand: @unchecked Sendable {
    public let depth: Int
    public let columnCount: Int

    let type: ElementType
    let isTransposed: Bool
    private let source: Source

    private enum Source {
        case weight(WeightMatrix)
        case floats(FloatMatrix, row: Int, column: Int)
    }

    /// Wᵀ: products get one column for each row of the weight. Any element type; blocks are decoded while they are read.
    public static func transposed(_ weight: WeightMatrix) -> ProductOperand {
        ProductOperand(
            depth: weight.columnCount, columnCount: weight.rowCount, type: weight.type, isTransposed: true,
            source: .weight(weight))
    }

    /// W itself.
    public static func plain(_ weight: WeightMatrix) -> ProductOperand {
        ProductOperand(
            depth: weight.rowCount, columnCount: weight.columnCount, type: weight.type, isTransposed: false,
            source: .weight(weight))
    }

    /// The transpose of some rows and columns of a matrix; nil stands for all.
    public static func transposed(_ matrix: FloatMatrix, rows: Range<Int>? = nil, columns: Range<Int>? = nil)
        -> ProductOperand
    {
        let (rows, columns) = part(of: matrix, rows, columns)
        return ProductOperand(
            depth: columns.count, columnCount: rows.count, type: .f32, isTransposed: true,
            source: .floats(matrix, row: rows.lowerBound, column: columns.lowerBound))
    }

    /// Some rows and columns of a matrix; nil stands for all.
    public static func plain(_ matrix: FloatMatrix, rows: Range<Int>? = nil, columns: Range<Int>? = nil)
        -> ProductOperand
    {
        let (rows, columns) = part(of: matrix, rows, columns)
        return ProductOperand(
            depth: rows.count, columnCount: columns.count, type: .f32, isTransposed: false,
            source: .floats(matrix, row: rows.lowerBound, column: columns.lowerBound))
    }

    private static func part(of matrix: FloatMatrix, _ rows: Range<Int>?, _ columns: Range<Int>?)
        -> (Range<Int>, Range<Int>)
    {
        let rows = rows ?? 0..<matrix.rowCount
        let columns = columns ?? 0..<matrix.columnCount
        precondition(rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount, "rows of the matrix")
        precondition(columns.lowerBound >= 0 && columns.upperBound <= matrix.columnCount, "columns of the matrix")
        return (rows, columns)
    }

    var pointer: UnsafePointer<UInt8> {
        switch source {
        case .weight(let weight): weight.base.assumingMemoryBound(to: UInt8.self)
        case .floats(let matrix, let row, let column):
            UnsafeRawPointer(matrix.pointer(row: row, column: column)).assumingMemoryBound(to: UInt8.self)
        }
    }

    var rowByteCount: Int {
        switch source {
        case .weight(let weight): weight.rowByteCount
        case .floats(let matrix, _, _): matrix.stride * 4
        }
    }
}

extension Worker {
    /// output[r][column + c] (+)= Σ_k left[r][k] · right[k][c]. All workers call it; barriers stand between it and
    /// whatever writes its operands or reads its output.
    /// - Parameters:
    ///   - column: the first column of the output that the result takes.
    ///   - adds: the sums start with what the output holds.
    public func multiply(
        _ left: PackedMatrix, by right: ProductOperand, into output: FloatMatrix, column: Int = 0, adds: Bool = false
    ) {
        let rows = left.rowCount
        precondition(rows == 0 || left.depth == right.depth, "operands of one depth")
        precondition(rows <= output.rowCount, "rows fit the output")
        precondition(column >= 0 && column + right.columnCount <= output.columnCount, "columns fit the output")
        guard rows > 0, right.columnCount > 0 else { return }
        guard right.depth > 0 else {
            // A sum of nothing.
            for row in range(of: rows) where !adds {
                output.pointer(row: row, column: column).update(repeating: 0, count: right.columnCount)
            }
            return
        }
        var product = ck_product(
            left: left.memory.base, rows: UInt32(rows), depth: UInt32(right.depth),
            columns: UInt32(right.columnCount), right_type: right.type.rawValue, right: right.pointer,
            right_row_bytes: right.rowByteCount, right_transposed: right.isTransposed, adds: adds,
            rounds: left.precision == .bf16, output: output.pointer(row: 0, column: column),
            output_stride: output.stride, decode: kernels.pointee.decode)
        let tile = Int(training.pointee.tile_rows)
        let work = ProductShares(
            blocks: (rows + tile - 1) / tile, columns: right.columnCount,
            columnUnit: right.isTransposed ? 16 : max(16, right.type.blockElementCount), workers: count)
        let scratch = scratch.training(count: Int(CK_PRODUCT_SCRATCH_FLOATS))
        share(work.count) { item in
            let (blocks, columns) = work[item]
            training.pointee.multiply(
                &product, UInt32(blocks.lowerBound), UInt32(blocks.count), UInt32(columns.lowerBound),
                UInt32(columns.count), scratch)
        }
    }
}

/// The parts of a product that workers claim: some blocks of rows by a strip of columns.
struct ProductShares {
    private let blocks: Int
    private let columns: Int
    private let strip: Int
    private let groups: Int

    /// - Parameter columnUnit: strips begin at multiples of it.
    init(blocks: Int, columns: Int, columnUnit: Int, workers: Int) {
        self.blocks = blocks
        self.columns = columns
        let wanted = workers == 1 ? 1 : workers * 3
        // Narrower strips if there are too few for the workers, as in products of few rows.
        var strip = max(128, columnUnit)
        while strip > 32, strip / 2 >= columnUnit, (columns + strip - 1) / strip < wanted, blocks < 8 { strip /= 2 }
        self.strip = strip
        // A strip is packed again for each group of rows, which is little work if a group has some hundred rows.
        let strips = (columns + strip - 1) / strip
        groups = max(1, min((wanted + strips - 1) / strips, blocks / 8))
    }

    var count: Int { (columns + strip - 1) / strip * groups }

    subscript(item: Int) -> (blocks: Range<Int>, columns: Range<Int>) {
        let group = item % groups
        let first = item / groups * strip
        return (blocks * group / groups..<blocks * (group + 1) / groups, first..<min(first + strip, columns))
    }
}
