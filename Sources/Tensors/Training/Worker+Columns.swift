// Moving columns between matrices: the parts of a fused product.

extension Worker {
    /// Copies some columns of rows 0..<n of `y` into columns of `x`. Rows are shared as in `Worker+Rows`.
    public func copy(
        _ y: FloatMatrix, column from: Int, rows n: Int, into x: FloatMatrix, column to: Int, columnCount: Int
    ) {
        precondition(n <= x.rowCount && n <= y.rowCount && from >= 0 && to >= 0 && columnCount >= 0, "rows fit")
        precondition(from + columnCount <= y.columnCount && to + columnCount <= x.columnCount, "columns fit")
        for row in range(of: n) {
            x.pointer(row: row, column: to).update(from: y.pointer(row: row, column: from), count: columnCount)
        }
    }
}
