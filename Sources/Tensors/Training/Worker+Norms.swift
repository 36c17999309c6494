// Norms in training: forward, keeping what the backward pass needs; gradients of inputs and weights.
// - `statistics` holds a pair for each head of a row: mean (0 for RMS) and 1 / root of the mean square or variance.
// - Operations on rows share them as in `Worker+Rows`. Sums over rows are one chain a column, in the order of rows and
//   then heads, so they need a barrier before them and after them.

import CKernels

/// A norm over rows, or over each head of a row (q/k norms).
public struct TrainedNorm: Sendable {
    public var kind: NormalizationKind
    public var epsilon: Float
    /// Heads of a row, one after another; each is as wide as the weight.
    public var headCount: Int
    /// The weight (as it multiplies: Gemma's files hold 1 + w) and the bias.
    public var weight: FloatRow
    public var bias: FloatRow?

    public init(
        kind: NormalizationKind, epsilon: Float, headCount: Int = 1, weight: FloatRow, bias: FloatRow? = nil
    ) {
        precondition(headCount > 0 && (bias?.count ?? weight.count) == weight.count, "one bias for each weight")
        self.kind = kind
        self.epsilon = epsilon
        self.headCount = headCount
        self.weight = weight
        self.bias = bias
    }

    /// The columns of a row's statistics.
    public var statisticsCount: Int { 2 * headCount }

    var width: Int { weight.count }

    var rawKind: Int32 { kind == .rms ? Int32(CK_NORM_RMS) : Int32(CK_NORM_LAYER) }

    func fits(_ matrix: FloatMatrix, rows n: Int) -> Bool {
        n <= matrix.rowCount && headCount * width <= matrix.columnCount
    }

    func fits(statistics: FloatMatrix, rows n: Int) -> Bool {
        n <= statistics.rowCount && statisticsCount <= statistics.columnCount
    }
}

extension Worker {
    /// Normalizes rows 0..<n of `x` into `y` (not `x`, which the backward pass reads) and keeps their statistics.
    public func normalize(
        _ x: FloatMatrix, rows n: Int, by norm: TrainedNorm, into y: FloatMatrix, keeping statistics: FloatMatrix
    ) {
        precondition(norm.fits(x, rows: n) && norm.fits(y, rows: n), "rows fit the matrices")
        precondition(norm.fits(statistics: statistics, rows: n), "statistics fit their matrix")
        let (weight, bias) = (norm.weight.pointer, norm.bias?.pointer)
        for row in range(of: n) {
            for head in 0..<norm.headCount {
                let column = head * norm.width
                training.pointee.normalize(
                    norm.rawKind, x.pointer(row: row, column: column), norm.width, weight, bias, norm.epsilon,
                    y.pointer(row: row, column: column), statistics.pointer(row: row, column: 2 * head))
            }
        }
    }

    /// The gradient of the norm's input.
    /// - Parameters:
    ///   - x: the input of the forward pass.
    ///   - inputGradient: replaced, or, with `adds`, added to; it may be `outputGradient` if it is replaced.
    public func normalizeBackward(
        _ x: FloatMatrix, rows n: Int, by norm: TrainedNorm, statistics: FloatMatrix, outputGradient: FloatMatrix,
        into inputGradient: FloatMatrix, adds: Bool = false
    ) {
        precondition(norm.fits(x, rows: n) && norm.fits(outputGradient, rows: n), "rows fit the matrices")
        precondition(norm.fits(inputGradient, rows: n), "rows fit the gradient")
        precondition(norm.fits(statistics: statistics, rows: n), "statistics fit their matrix")
        let weight = norm.weight.pointer
        for row in range(of: n) {
            for head in 0..<norm.headCount {
                let column = head * norm.width
                training.pointee.normalize_backward(
                    norm.rawKind, x.pointer(row: row, column: column), weight,
                    statistics.pointer(row: row, column: 2 * head), outputGradient.pointer(row: row, column: column),
                    norm.width, adds, inputGradient.pointer(row: row, column: column))
            }
        }
    }

    /// Adds the gradients of the norm's weight and bias over rows 0..<n to row 0 of their matrices.
    public func normalizeWeightGradient(
        _ x: FloatMatrix, rows n: Int, by norm: TrainedNorm, statistics: FloatMatrix, outputGradient: FloatMatrix,
        into weightGradient: FloatMatrix, biasGradient: FloatMatrix? = nil
    ) {
        precondition(norm.fits(x, rows: n) && norm.fits(outputGradient, rows: n), "rows fit the matrices")
        precondition(norm.fits(statistics: statistics, rows: n), "statistics fit their matrix")
        precondition(weightGradient.rowCount > 0 && weightGradient.columnCount == norm.width, "one weight a column")
        precondition((biasGradient?.columnCount ?? norm.width) == norm.width, "one bias a column")
        shareColumns(norm.width, rows: n) { columns, rows in
            training.pointee.normalize_weights(
                norm.rawKind, x.pointer(row: rows.lowerBound), x.stride, statistics.pointer(row: rows.lowerBound),
                statistics.stride, outputGradient.pointer(row: rows.lowerBound), outputGradient.stride,
                UInt32(rows.count), UInt32(norm.headCount), norm.width, UInt32(columns.lowerBound),
                UInt32(columns.count), weightGradient.pointer(row: 0), biasGradient?.pointer(row: 0))
        }
    }

    /// Adds the column sums of rows 0..<n of `gradient` to row 0 of `biasGradient`: the gradient of a bias.
    public func sumRows(of gradient: FloatMatrix, rows n: Int, into biasGradient: FloatMatrix, column: Int = 0) {
        let width = biasGradient.columnCount
        precondition(n <= gradient.rowCount && column >= 0 && column + width <= gradient.columnCount, "columns fit")
        shareColumns(width, rows: n) { columns, rows in
            training.pointee.sum_rows(
                gradient.pointer(row: rows.lowerBound, column: column + columns.lowerBound), gradient.stride,
                UInt32(rows.count), UInt32(columns.count), biasGradient.pointer(row: 0, column: columns.lowerBound))
        }
    }

    // Columns are shared, 64 at a time. Each worker passes over the rows in order, some at a time, so that the cache
    // lines of a run of rows are used for all of its columns.
    private func shareColumns(_ width: Int, rows n: Int, _ body: (_ columns: Range<Int>, _ rows: Range<Int>) -> Void) {
        let step = width < 64 * count ? 16 : 64
        share((width + step - 1) / step) { item in
            let columns = item * step..<min((item + 1) * step, width)
            for first in stride(from: 0, to: n, by: 64) { body(columns, first..<min(first + 64, n)) }
        }
    }
}
