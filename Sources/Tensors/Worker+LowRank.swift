// The second half of a low-rank update: sums of a few rows, added to each row of a result.
// - A result is one fixed chain: the rows in their order from zero, and then the sum to what was there. It does not depend
//   on other rows, columns or workers.

import CKernels

extension Worker {
    /// As many columns of all rows as fit well into the first cache, with their sums.
    private static let chunkColumns = 256

    /// Adds Σ over k of factors[i, k] · rows[k] to row i of `x`, for the rows 0..<n. All workers must call it; what it reads
    /// is ready, and the results are complete after the next barrier.
    /// - Parameter rows: of 32-bit floats: one for each column of `factors`, and no wider than `x`.
    public func addCombinations(of rows: WeightMatrix, factors: FloatMatrix, to x: FloatMatrix, rows n: Int) {
        precondition(n <= x.rowCount && n <= factors.rowCount, "rows fit the matrices")
        precondition(rows.type == .f32 && rows.rowCount == factors.columnCount, "a row for each factor")
        precondition(rows.columnCount <= x.columnCount, "sums fit the matrix")
        let width = rows.columnCount
        let values = rows.base.assumingMemoryBound(to: Float.self)
        let sum = scratch.scores(count: Self.chunkColumns)
        let add = kernels.pointee.add
        share((width + Self.chunkColumns - 1) / Self.chunkColumns) { chunk in
            let first = chunk * Self.chunkColumns
            let count = min(Self.chunkColumns, width - first)
            for row in 0..<n {
                let factor = factors.pointer(row: row)
                sum.update(repeating: 0, count: count)
                for index in 0..<rows.rowCount { add?(values + index * width + first, count, factor[index], sum) }
                add?(sum, count, 1, x.pointer(row: row, column: first))
            }
        }
    }
}
