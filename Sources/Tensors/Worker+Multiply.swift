// Products of weights and activations, shared among the workers.
// - A tile of 16 weight rows is the unit of work. Any worker that is free claims the next run of tiles.
// - Quantized weights are multiplied with int8 activations (the caller calls `prepare`, then puts a barrier), float
//   weights with floats.
// - A result is one fixed chain of operations: it does not depend on other rows, tiles or workers.

import CKernels

extension Worker {
    /// Multiplies rows 0..<n of `input` with the weights of every job of the group.
    /// - Parameter next: the group that follows; its first weights are prefetched at the end of this one.
    public func multiply(_ group: ProductGroup, input: FloatMatrix, rows n: Int, before next: ProductGroup? = nil) {
        precondition(n <= input.rowCount, "rows fit the input")
        var right = ck_input(
            values: input.pointer(row: 0), stride: input.stride, indexes: nil, rows: UInt32(n),
            quantized: ck_quantized())
        if group.wantsPreparedInput {
            guard let quantized = input.quantized(rows: n), input.preparedRows == n else {
                preconditionFailure("quantized weights need an input that was prepared with the same rows")
            }
            right.quantized = quantized
        }
        multiply(group, right: &right, columns: input.columnCount, before: next)
    }

    /// Multiplies the listed rows of `input`; output rows are dense, in the order of the list.
    ///
    /// If the weights are quantized, all rows of the batch must have been prepared together.
    public func multiply(
        _ group: ProductGroup, input: FloatMatrix, inputRows: [Int], before next: ProductGroup? = nil
    ) {
        let n = inputRows.count
        precondition(inputRows.allSatisfy { $0 >= 0 && $0 < input.rowCount }, "rows of the input")
        guard n > 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: n) { indexes in
            for (position, row) in inputRows.enumerated() { indexes[position] = UInt32(row) }
            var right = ck_input(
                values: input.pointer(row: 0), stride: input.stride, indexes: indexes.baseAddress, rows: UInt32(n),
                quantized: ck_quantized())
            if group.wantsPreparedInput {
                precondition(inputRows.allSatisfy { $0 < input.preparedRows }, "prepared rows")
                guard var all = input.quantized(rows: input.preparedRows) else {
                    preconditionFailure("columns are whole blocks of 32")
                }
                let blocks = input.columnCount / 32
                let memory = scratch.gather(byteCount: FloatMatrix.quantizedByteCount(rows: n, blocks: blocks))
                var some = FloatMatrix.layOut(memory, rows: n, blocks: blocks)
                ck_quantized_gather(&all, indexes.baseAddress, &some)
                right.quantized = some
            }
            multiply(group, right: &right, columns: input.columnCount, before: next)
        }
    }

    // Computes the runs of a group. Each worker claims its next run before it starts one, so that the next weights are
    // prefetched meanwhile. During its last run it prefetches the weights that it will read first in the next group.
    private func multiply(_ group: ProductGroup, right: inout ck_input, columns: Int, before next: ProductGroup?) {
        precondition(group.columnCount == columns, "a weight column for each input column")
        if index == 0 && group.preparesOutput { group.jobs[0].output.preparedRows = Int(right.rows) }
        guard right.rows > 0 else { return }
        let length = group.runLength(workers: count)
        let total = group.runCount(length: length)
        let parts = group.stretchesPerRun
        withUnsafeTemporaryAllocation(of: ck_multiply_job.self, capacity: group.jobs.count) { list in
            group.fill(list, rows: Int(right.rows))
            ck_pool_loop_begin(pool, Int32(index), UInt32(total))
            var run = Int(ck_pool_loop_next(pool, Int32(index)))
            while run < total {
                let following = Int(ck_pool_loop_next(pool, Int32(index)))
                for part in 0..<parts {
                    let stretch = group.stretch(run: run, part: part, length: length)
                    let ahead: ck_bytes
                    if part + 1 < parts {
                        ahead = group.bytes(group.stretch(run: run, part: part + 1, length: length))
                    } else if following < total {
                        ahead = group.bytes(group.stretch(run: following, part: 0, length: length))
                    } else {
                        ahead = next?.firstBytes(worker: index, workers: count) ?? ck_bytes()
                    }
                    kernels.pointee.multiply(
                        &list[stretch.job], UInt32(stretch.tiles.lowerBound), UInt32(stretch.tiles.count), &right,
                        scratch.panel, ahead)
                    if part + 1 == parts { activate(group, tiles: stretch.tiles, rows: Int(right.rows)) }
                }
                run = following
            }
        }
    }

    // Activates the columns of the tiles, in all rows.
    private func activate(_ group: ProductGroup, tiles: Range<Int>, rows n: Int) {
        guard let kind = group.activation else { return }
        let output = group.jobs[0].output
        let up = group.jobs.count > 1 ? group.jobs[1].output : nil
        let first = tiles.lowerBound * Int(CK_TILE_ROWS)
        let count = min(tiles.upperBound * Int(CK_TILE_ROWS), group.jobs[0].weight.rowCount) - first
        var quantized = ck_quantized()
        if group.preparesOutput {
            guard let whole = output.quantized(rows: n) else { preconditionFailure("columns are whole blocks of 32") }
            quantized = whole
        }
        for row in 0..<n {
            let values = output.pointer(row: row, column: first)
            kernels.pointee.activate(kind.rawValue, values, up?.pointer(row: row, column: first), count, values)
            guard group.preparesOutput else { continue }
            kernels.pointee.quantize_row(
                output.pointer(row: row), UInt32(first / 32), UInt32(count / 32), &quantized, UInt32(row))
        }
    }
}
