// Products of weights and activations, shared out among the workers.
// - A tile of 16 weight rows is the unit of work; tiles go to whoever is free.
// - Quantized weights meet int8 activations (`prepare` comes before, and a barrier between); float weights
//   meet the floats.
// - A result is one fixed chain of operations: it does not depend on the other rows, the tiles or the workers.

import CKernels

/// One product of a group that reads the same input: output[row, firstColumn + r] = weight[r] . input[row] + bias[r].
public struct MultiplyJob: Sendable {
    public var weight: WeightMatrix
    public var bias: WeightVector?
    public var output: FloatMatrix
    public var firstColumn: Int
    /// Adds to the output instead of replacing it, for residual sums.
    public var adds: Bool

    public init(
        weight: WeightMatrix, bias: WeightVector? = nil, output: FloatMatrix, firstColumn: Int = 0, adds: Bool = false
    ) {
        precondition(firstColumn >= 0 && firstColumn + weight.rowCount <= output.columnCount, "results fit the output")
        precondition((bias?.count ?? weight.rowCount) == weight.rowCount, "one bias a row")
        self.weight = weight
        self.bias = bias
        self.output = output
        self.firstColumn = firstColumn
        self.adds = adds
    }
}

extension Worker {
    /// Multiplies rows 0..<n of `input` with the weights of every job.
    /// - Parameter next: the product that comes after; its first weights are fetched from memory at the end of this one.
    public func multiply(_ jobs: [MultiplyJob], input: FloatMatrix, rows n: Int, before next: [MultiplyJob] = []) {
        precondition(n <= input.rowCount, "rows fit the input")
        var right = ck_input(
            values: input.pointer(row: 0), stride: input.stride, indexes: nil, rows: UInt32(n),
            quantized: ck_quantized())
        if jobs.contains(where: \.weight.type.isQuantized) {
            guard let quantized = input.quantized(rows: n), input.preparedRows == n else {
                preconditionFailure("prepare comes before a product with quantized weights, with as many rows")
            }
            right.quantized = quantized
        }
        multiply(jobs, right: &right, columns: input.columnCount, before: next)
    }

    /// Multiplies the listed rows of `input`; output rows are dense, in the order of the list.
    ///
    /// The rows were prepared together with all others of the batch.
    public func multiply(_ jobs: [MultiplyJob], input: FloatMatrix, inputRows: [Int]) {
        let n = inputRows.count
        precondition(inputRows.allSatisfy { $0 >= 0 && $0 < input.rowCount }, "rows of the input")
        guard n > 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: n) { indexes in
            for (position, row) in inputRows.enumerated() { indexes[position] = UInt32(row) }
            var right = ck_input(
                values: input.pointer(row: 0), stride: input.stride, indexes: indexes.baseAddress, rows: UInt32(n),
                quantized: ck_quantized())
            if jobs.contains(where: \.weight.type.isQuantized) {
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
            multiply(jobs, right: &right, columns: input.columnCount, before: [])
        }
    }

    private func multiply(_ jobs: [MultiplyJob], right: inout ck_input, columns: Int, before next: [MultiplyJob]) {
        let rows = Int(right.rows)
        guard rows > 0 else { return }
        withUnsafeTemporaryAllocation(of: ck_multiply_job.self, capacity: jobs.count) { list in
            for (position, job) in jobs.enumerated() {
                precondition(job.weight.columnCount == columns, "a weight column for each input column")
                precondition(rows <= job.output.rowCount, "rows fit the output")
                list[position] = ck_multiply_job(
                    weights: job.weight.base.assumingMemoryBound(to: UInt8.self), row_bytes: job.weight.rowByteCount,
                    type: job.weight.type.rawValue, rows: UInt32(job.weight.rowCount), columns: UInt32(columns),
                    bias: job.bias?.pointer, output: job.output.pointer(row: 0, column: job.firstColumn),
                    output_stride: job.output.stride, adds: job.adds)
            }
            run(list, length: runLength(jobs), right: &right, before: next)
        }
    }

    // Tiles of one job that are handed out together: about eight runs to a worker, so that a worker whose core is taken
    // away holds up little.
    private func runLength(_ jobs: [MultiplyJob]) -> Int {
        max(1, jobs.reduce(0) { $0 + $1.weight.tileCount } / (count * 8))
    }

    // Hands out runs of tiles. Each worker claims its next run before it starts one, to have it fetched from memory
    // meanwhile; after its last comes what it will claim first of the next product.
    private func run(
        _ list: UnsafeMutableBufferPointer<ck_multiply_job>, length: Int, right: inout ck_input,
        before nextJobs: [MultiplyJob]
    ) {
        let total = list.reduce(0) { $0 + (($1.tileCount + length - 1) / length) }
        ck_pool_loop_begin(pool, Int32(index), UInt32(total))
        var item = Int(ck_pool_loop_next(pool, Int32(index)))
        while item < total {
            let next = Int(ck_pool_loop_next(pool, Int32(index)))
            let (job, first) = Self.tiles(of: item, length: length, in: list)
            let taken = min(length, list[job].tileCount - first)
            let ahead: ck_bytes
            if next < total {
                let (job, first) = Self.tiles(of: next, length: length, in: list)
                ahead = list[job].bytes(first, min(length, list[job].tileCount - first))
            } else {
                ahead = firstRun(of: nextJobs)
            }
            kernels.pointee.multiply(&list[job], UInt32(first), UInt32(taken), &right, scratch.panel, ahead)
            item = next
        }
    }

    // Worker 0 starts at the beginning of a product, worker 1 at its end (pool.c); where others start is not known.
    private func firstRun(of jobs: [MultiplyJob]) -> ck_bytes {
        guard index < 2, let weight = (index == 0 ? jobs.first : jobs.last)?.weight else { return ck_bytes() }
        let length = runLength(jobs)
        let run = index == 0 ? 0 : (weight.tileCount - 1) / length
        let tile = Int(CK_TILE_ROWS) * weight.rowByteCount
        let start = weight.base.assumingMemoryBound(to: UInt8.self)
        return ck_bytes(
            start: start + run * length * tile,
            end: start + min((run + 1) * length * tile, weight.rowCount * weight.rowByteCount))
    }

    private static func tiles(
        of item: Int, length: Int, in list: UnsafeMutableBufferPointer<ck_multiply_job>
    ) -> (job: Int, first: Int) {
        var first = item * length
        var job = 0
        while first >= list[job].tileCount {
            first -= (list[job].tileCount + length - 1) / length * length
            job += 1
        }
        return (job, first)
    }
}

extension WeightMatrix {
    fileprivate var tileCount: Int { (rowCount + Int(CK_TILE_ROWS) - 1) / Int(CK_TILE_ROWS) }
}

extension ck_multiply_job {
    fileprivate var tileCount: Int { (Int(rows) + Int(CK_TILE_ROWS) - 1) / Int(CK_TILE_ROWS) }

    /// The weights of `count` tiles from `first` on.
    fileprivate func bytes(_ first: Int, _ count: Int) -> ck_bytes {
        let tile = Int(CK_TILE_ROWS) * row_bytes
        return ck_bytes(
            start: weights + first * tile, end: weights + min((first + count) * tile, Int(rows) * row_bytes))
    }
}
