// Short convolutions over the last positions of a sequence, with a gate before and after, as LFM2 has them.
// - A row's projection holds three parts of one width: the gate of its input, the gate of its result, and the input.
// - The gated inputs of all positions stay in the sequence's buffers, as keys and values do. So a sequence can be forked,
//   saved and rolled back to any position, and nothing is ever computed again.
// - A result is one fixed chain of operations: it does not depend on other rows, on how the positions are cut into
//   segments, or on workers. Multiplications and additions stay apart, so every processor rounds them alike.

extension Worker {
    /// Stores the gated inputs of the batch's rows, row i at `targets[i]`.
    ///
    /// Workers share the rows as in `Worker+Rows`.
    /// - Parameter projection: the three parts of each row, beside each other.
    public func storeInputs(_ projection: FloatMatrix, convolution: Int, into targets: [KeyValueTarget]) {
        precondition(targets.count <= projection.rowCount, "a target for each row")
        for row in range(of: targets.count) {
            let buffer = targets[row].buffer, position = targets[row].position
            let width = buffer.convolutionWidth
            precondition(
                position >= 0 && position < buffer.capacity && convolution >= 0
                    && convolution < buffer.convolutionCount, "room in the buffer")
            precondition(projection.columnCount == 3 * width, "three parts")
            let gates = projection.pointer(row: row), values = projection.pointer(row: row, column: 2 * width)
            precondition(!buffer.isReadOnly, "memory of its own")
            let target = buffer.inputs(convolution: convolution) + position * width
            for column in 0..<width { target[column] = gates[column] * values[column] }
        }
    }

    /// Writes the gated sum over the last positions of each row into `output`. The caller puts a barrier between
    /// `storeInputs` and this.
    /// - Parameters:
    ///   - projection: as `storeInputs` takes it.
    ///   - sources: the row of `projection` for each of `rows`; nil if they are the same.
    ///   - rows: the positions of each row's sequence; windows do not count.
    ///   - weights: (position, column), the oldest position first; as many positions as the convolution sees.
    ///   - bias: one number a column, added to the sum; nil: none.
    public func convolve(
        _ projection: FloatMatrix, sources: [Int]?, rows: [AttentionRow], convolution: Int, weights: WeightVector,
        bias: WeightVector?, into output: FloatMatrix
    ) {
        let width = output.columnCount
        precondition(rows.count <= output.rowCount && projection.columnCount == 3 * width, "rows fit the matrices")
        precondition(weights.count > 0 && weights.count % width == 0, "weights for whole positions")
        precondition((bias?.count ?? width) == width, "one number a column")
        precondition((sources?.count ?? rows.count) == rows.count, "a source for each row")
        let length = weights.count / width
        for index in range(of: rows.count) {
            let row = rows[index], source = sources?[index] ?? index
            precondition(source >= 0 && source < projection.rowCount, "a row of the projection")
            let sums = output.pointer(row: index)
            for column in 0..<width { sums[column] = bias?.pointer[column] ?? 0 }
            for place in max(0, length - 1 - row.position)..<length {
                let inputs = Self.inputs(
                    of: row, at: row.position - (length - 1 - place), convolution: convolution, width: width)
                let factors = weights.pointer + place * width
                for column in 0..<width { sums[column] += factors[column] * inputs[column] }
            }
            let gates = projection.pointer(row: source, column: width)
            for column in 0..<width { sums[column] *= gates[column] }
        }
    }

    private static func inputs(
        of row: AttentionRow, at position: Int, convolution: Int, width: Int
    ) -> UnsafePointer<Float> {
        var rest = position
        for (buffer, count) in row.segments {
            guard rest >= count else {
                precondition(
                    rest < buffer.capacity && buffer.convolutionWidth == width
                        && convolution < buffer.convolutionCount, "an input in its buffer")
                return UnsafePointer(buffer.inputs(convolution: convolution) + rest * width)
            }
            rest -= count
        }
        preconditionFailure("a position of the sequence")
    }
}
