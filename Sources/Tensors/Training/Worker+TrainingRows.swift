// Other operations on rows and their gradients: activations, rotation, soft caps, embeddings, biases.
// - Rows are shared as in `Worker+Rows`; gradients of tables are shared by columns, so they need barriers around them.

import CKernels

extension Worker {
    /// output = activation(gate) * up, or activation(gate) if `up` is nil.
    /// - Parameter output: not `gate` or `up`, which the backward pass reads.
    public func activate(
        _ gate: FloatMatrix, up: FloatMatrix? = nil, rows n: Int, kind: ActivationKind, into output: FloatMatrix
    ) {
        let width = gate.columnCount
        precondition(n <= gate.rowCount && n <= output.rowCount && output.columnCount == width, "one shape")
        precondition(n <= (up?.rowCount ?? n) && (up?.columnCount ?? width) == width, "gate and up have one shape")
        for row in range(of: n) {
            kernels.pointee.activate(
                kind.rawValue, gate.pointer(row: row), up?.pointer(row: row), width, output.pointer(row: row))
        }
    }

    /// The gradients of an activation's inputs.
    /// - Parameter upGradient: given if and only if `up` is. Both may be `outputGradient`, but not the same matrix.
    public func activateBackward(
        _ gate: FloatMatrix, up: FloatMatrix? = nil, rows n: Int, kind: ActivationKind, outputGradient: FloatMatrix,
        into gateGradient: FloatMatrix, upGradient: FloatMatrix? = nil
    ) {
        let width = gate.columnCount
        precondition((up == nil) == (upGradient == nil), "a gradient for each input")
        precondition(gateGradient !== upGradient, "a matrix for each gradient")
        for matrix in [gate, up, outputGradient, gateGradient, upGradient].compactMap({ $0 }) {
            precondition(n <= matrix.rowCount && matrix.columnCount == width, "matrices of one shape")
        }
        for row in range(of: n) {
            training.pointee.activate_backward(
                kind.rawValue, gate.pointer(row: row), up?.pointer(row: row), outputGradient.pointer(row: row), width,
                gateGradient.pointer(row: row), upGradient?.pointer(row: row))
        }
    }

    /// The gradient of `rotate`, in place: the rotation back.
    public func rotateBackward(
        _ gradient: FloatMatrix, rows n: Int, positions: [Int32], headCount: Int, headWidth: Int,
        table: RotationTable, layout: RotationLayout
    ) {
        precondition(n <= gradient.rowCount && n <= positions.count, "a position for each row")
        precondition(headCount * headWidth <= gradient.columnCount, "heads fit the matrix")
        precondition(table.rotatedWidth <= headWidth, "the rotated columns are the head's")
        let pairs = table.rotatedWidth / 2
        for row in range(of: n) {
            let position = Int(positions[row])
            precondition(table.holds(position), "prepare was called for the position")
            let cosines = table.cosines(position)
            for head in 0..<headCount {
                training.pointee.rotate_backward(
                    gradient.pointer(row: row, column: head * headWidth), cosines, cosines + pairs, pairs,
                    layout == .interleaved)
            }
        }
    }

    /// Multiplies the gradient of capped values by the slope of `softcap`.
    /// - Parameter capped: what `softcap` left.
    public func softcapBackward(_ capped: FloatMatrix, rows n: Int, cap: Float, gradient: FloatMatrix) {
        precondition(n <= capped.rowCount && n <= gradient.rowCount, "rows fit the matrices")
        precondition(cap > 0 && capped.columnCount == gradient.columnCount, "a positive cap, matrices of one width")
        for row in range(of: n) {
            training.pointee.softcap_backward(
                capped.pointer(row: row), capped.columnCount, cap, gradient.pointer(row: row))
        }
    }

    /// Adds `bias` to rows 0..<n of `x`, from column `column` on.
    public func addBias(_ bias: FloatRow, to x: FloatMatrix, rows n: Int, column: Int = 0) {
        precondition(n <= x.rowCount && column >= 0 && column + bias.count <= x.columnCount, "the bias fits")
        let values = bias.pointer
        for row in range(of: n) { kernels.pointee.add(values, bias.count, 1, x.pointer(row: row, column: column)) }
    }

    /// Copies rows 0..<n of `y` into `x`.
    public func copy(_ y: FloatMatrix, rows n: Int, into x: FloatMatrix) {
        precondition(n <= x.rowCount && n <= y.rowCount && x.columnCount == y.columnCount, "matrices of one shape")
        for row in range(of: n) { x.pointer(row: row).update(from: y.pointer(row: row), count: x.columnCount) }
    }

    /// Multiplies rows 0..<n of `x` by `factor`.
    public func scale(_ x: FloatMatrix, rows n: Int, by factor: Float) {
        precondition(n <= x.rowCount, "rows fit the matrix")
        for row in range(of: n) { kernels.pointee.multiply_by(x.pointer(row: row), x.columnCount, factor) }
    }

    /// Sets rows 0..<n of `x` to zero.
    public func clear(_ x: FloatMatrix, rows n: Int) {
        precondition(n <= x.rowCount, "rows fit the matrix")
        for row in range(of: n) { x.pointer(row: row).update(repeating: 0, count: x.columnCount) }
    }

    /// Writes row `indexes[i]` of a trained table, times `scale`, into row i of `x`, or, with `adds`, adds it: token
    /// embeddings and learned positions.
    public func lookUp(
        _ table: FloatMatrix, indexes: [Int32], into x: FloatMatrix, scale: Float = 1, adds: Bool = false
    ) {
        precondition(indexes.count <= x.rowCount && x.columnCount == table.columnCount, "rows fit the matrix")
        for row in range(of: indexes.count) {
            let from = Int(indexes[row])
            precondition(from >= 0 && from < table.rowCount, "a row of the table")
            if !adds { x.pointer(row: row).update(repeating: 0, count: x.columnCount) }
            kernels.pointee.add(table.pointer(row: from), x.columnCount, scale, x.pointer(row: row))
        }
    }

    /// Adds row i of `gradient`, times `scale`, to row `indexes[i]` of the table's gradient, in the order of rows.
    public func lookUpBackward(
        _ gradient: FloatMatrix, indexes: [Int32], scale: Float = 1, into tableGradient: FloatMatrix
    ) {
        let width = gradient.columnCount
        precondition(indexes.count <= gradient.rowCount && width == tableGradient.columnCount, "rows fit the matrix")
        // Whole cache lines, so that workers do not write the same one.
        let lines = (width + 15) / 16
        let mine = range(of: lines)
        let columns = mine.lowerBound * 16..<min(mine.upperBound * 16, width)
        guard !columns.isEmpty else { return }
        for (row, index) in indexes.enumerated() {
            let to = Int(index)
            precondition(to >= 0 && to < tableGradient.rowCount, "a row of the table")
            kernels.pointee.add(
                gradient.pointer(row: row, column: columns.lowerBound), columns.count, scale,
                tableGradient.pointer(row: to, column: columns.lowerBound))
        }
    }
}
