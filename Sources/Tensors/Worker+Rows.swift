// Operations on rows of a batch, one token each.
// - A row belongs to the same worker in all operations with the same number of rows, so successive operations of this
//   file on the same rows need no barrier between them.
// - Results do not depend on the number of rows or workers.

import CKernels

/// The ways to normalize a layer's activations before the next product.
public enum NormalizationKind: Sendable {
    /// Divides by the root of the mean square. Zhang and Sennrich, arXiv:1910.07467.
    case rms
    /// Subtracts the mean and divides by the standard deviation. Ba and others, arXiv:1607.06450.
    case layer
}

/// The functions between the two products of a feed-forward layer.
public enum ActivationKind: Int32, Sendable {
    case silu = 0
    case gelu = 1
    case geluTanh = 2
    case relu = 3
    /// x * sigmoid(1.702 x).
    case geluSigmoid = 4
}

extension Worker {
    /// Writes the embedding of each token, times `scale`, into a row of `x`.
    /// - Parameter tokens: each in 0..<table.rowCount; the caller has checked them.
    public func embed(_ table: WeightMatrix, tokens: [Int32], into x: FloatMatrix, scale: Float = 1) {
        precondition(tokens.count <= x.rowCount && x.columnCount == table.columnCount, "embeddings fit the matrix")
        for row in range(of: tokens.count) {
            let token = Int(tokens[row])
            precondition(token >= 0 && token < table.rowCount, "a token of the vocabulary")
            let bytes = (table.base + token * table.rowByteCount).assumingMemoryBound(to: UInt8.self)
            kernels.pointee.decode(table.type.rawValue, bytes, table.columnCount, scale, x.pointer(row: row))
        }
    }

    /// Adds rows of `table`, such as learned positions, to the rows of `x`.
    public func addRows(of table: WeightMatrix, indexes: [Int32], to x: FloatMatrix) {
        precondition(indexes.count <= x.rowCount && x.columnCount == table.columnCount, "rows fit the matrix")
        let part = scratch.scores(count: table.columnCount)
        for row in range(of: indexes.count) {
            let index = Int(indexes[row])
            precondition(index >= 0 && index < table.rowCount, "a row of the table")
            let bytes = (table.base + index * table.rowByteCount).assumingMemoryBound(to: UInt8.self)
            kernels.pointee.decode(table.type.rawValue, bytes, table.columnCount, 1, part)
            kernels.pointee.add(part, table.columnCount, 1, x.pointer(row: row))
        }
    }

    /// Normalizes rows 0..<n of `x` into `y` (which may be `x`).
    public func normalize(
        _ x: FloatMatrix, rows n: Int, weight: WeightVector, bias: WeightVector? = nil, kind: NormalizationKind,
        epsilon: Float, into y: FloatMatrix
    ) {
        precondition(n <= x.rowCount && n <= y.rowCount && y.columnCount == x.columnCount, "rows fit the matrices")
        precondition(
            weight.count == x.columnCount && (bias?.count ?? x.columnCount) == x.columnCount, "one weight a column")
        let kernel = kind == .rms ? kernels.pointee.normalize_rms : kernels.pointee.normalize_layer
        for row in range(of: n) {
            kernel?(
                x.pointer(row: row), x.columnCount, weight.pointer, bias?.pointer, epsilon, y.pointer(row: row))
        }
    }

    /// Normalizes each head of rows 0..<n in place by its root mean square, as Qwen 3 and Gemma 3 do.
    /// - Parameter weight: headWidth weights shared by the heads, or headCount * headWidth.
    public func normalizeHeads(
        _ x: FloatMatrix, rows n: Int, headWidth: Int, headCount: Int, weight: WeightVector, epsilon: Float
    ) {
        precondition(n <= x.rowCount && headCount * headWidth <= x.columnCount, "heads fit")
        precondition(weight.count == headWidth || weight.count == headCount * headWidth, "one weight a column")
        let step = weight.count == headWidth ? 0 : headWidth
        for row in range(of: n) {
            for head in 0..<headCount {
                let values = x.pointer(row: row, column: head * headWidth)
                kernels.pointee.normalize_rms(
                    values, headWidth, weight.pointer + head * step, nil, epsilon, values)
            }
        }
    }

    /// Replaces rows 0..<n of `gate` by activation(gate) * up, or by activation(gate) without `up`.
    public func activate(_ kind: ActivationKind, _ gate: FloatMatrix, times up: FloatMatrix?, rows n: Int) {
        precondition(n <= gate.rowCount && n <= up?.rowCount ?? n, "rows fit the matrices")
        precondition(up?.columnCount ?? gate.columnCount == gate.columnCount, "matrices of one width")
        for row in range(of: n) {
            let values = gate.pointer(row: row)
            kernels.pointee.activate(kind.rawValue, values, up?.pointer(row: row), gate.columnCount, values)
        }
    }

    /// Quantizes rows 0..<n of `x` to int8 if the products of `group` want that.
    public func prepare(_ x: FloatMatrix, rows n: Int, for group: ProductGroup) {
        if group.wantsPreparedInput { prepare(x, rows: n) }
    }

    /// Quantizes rows 0..<n of `x` to int8.
    public func prepare(_ x: FloatMatrix, rows n: Int) {
        precondition(n <= x.rowCount, "rows fit the matrix")
        guard var quantized = x.quantized(rows: n) else { preconditionFailure("columns are whole blocks of 32") }
        for row in range(of: n) {
            kernels.pointee.quantize_row(x.pointer(row: row), 0, quantized.blocks, &quantized, UInt32(row))
        }
        if index == 0 { x.preparedRows = n }
    }

    /// Adds rows 0..<n of `y`, times `factor`, to those of `x`.
    public func add(_ y: FloatMatrix, times factor: Float = 1, to x: FloatMatrix, rows n: Int) {
        precondition(n <= x.rowCount && n <= y.rowCount && x.columnCount == y.columnCount, "matrices of one shape")
        for row in range(of: n) {
            kernels.pointee.add(y.pointer(row: row), x.columnCount, factor, x.pointer(row: row))
        }
    }

    /// Adds row i of `y`, times `factors[i]`, to row `rows[i]` of `x`; no row is named twice.
    public func addRows(of y: FloatMatrix, times factors: [Float], to x: FloatMatrix, rows: [Int]) {
        precondition(rows.count <= y.rowCount && rows.count == factors.count, "a factor for each row")
        precondition(x.columnCount == y.columnCount, "matrices of one width")
        for index in range(of: rows.count) {
            precondition(rows[index] >= 0 && rows[index] < x.rowCount, "a row of the matrix")
            kernels.pointee.add(y.pointer(row: index), x.columnCount, factors[index], x.pointer(row: rows[index]))
        }
    }

    /// Limits the values of rows 0..<n smoothly to -cap...cap: cap * tanh(x / cap).
    public func softcap(_ x: FloatMatrix, rows n: Int, cap: Float) {
        precondition(n <= x.rowCount && cap > 0, "rows fit the matrix and the cap is positive")
        for row in range(of: n) { kernels.pointee.softcap(x.pointer(row: row), x.columnCount, cap) }
    }
}
