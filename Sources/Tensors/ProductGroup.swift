// Products that read the same input and run together: queries, keys and values; gate and up.
// - Everything that stays the same from token to token is computed once, when the group is made.
// - Workers claim runs of tiles. A run is some tiles of one job; the runs of one job come before those of the next. If
//   an activation follows, a run has the same tiles of all jobs, so the worker with both gate and up activates them.

import CKernels

/// One product of a group: output[row, r] = weight[r] . input[row] + bias[r].
public struct MultiplyJob: Sendable {
    public var weight: WeightMatrix
    public var bias: WeightVector?
    public var output: FloatMatrix
    /// Adds to the output instead of replacing it, for residual sums.
    public var adds: Bool

    public init(
        weight: WeightMatrix, bias: WeightVector? = nil, output: FloatMatrix, adds: Bool = false
    ) {
        precondition(weight.rowCount <= output.columnCount, "results fit the output")
        precondition((bias?.count ?? weight.rowCount) == weight.rowCount, "one bias a row")
        self.weight = weight
        self.bias = bias
        self.output = output
        self.adds = adds
    }
}

/// Products of one input.
///
/// Sendable without checks because nothing in it changes, and the jobs keep alive what it points to.
public final class ProductGroup: @unchecked Sendable {
    public let jobs: [MultiplyJob]
    /// True if the input must be prepared in int8 form.
    public let wantsPreparedInput: Bool
    /// The workers apply it to their results at once: the first output becomes activation(first) * second, or
    /// activation(first) if there is only one job.
    public let activation: ActivationKind?
    /// True if the activated output is also quantized to int8.
    public let preparesOutput: Bool

    let columnCount: Int
    /// The jobs as kernels take them, without the addresses of outputs, because outputs move when they grow.
    private let calls: [ck_multiply_job]

    /// Some tiles of one job.
    struct Stretch {
        let job: Int
        let tiles: Range<Int>
    }

    /// - Parameters:
    ///   - jobs: one or more, whose weights have the same number of columns.
    ///   - activation: allowed if there are one or two jobs with the same number of rows and different outputs.
    public init(_ jobs: [MultiplyJob], activation: ActivationKind? = nil, preparesOutput: Bool = false) {
        guard let first = jobs.first else { preconditionFailure("a group of at least one job") }
        precondition(jobs.allSatisfy { $0.weight.columnCount == first.weight.columnCount }, "jobs of one input")
        if activation != nil {
            let (rows, output) = (first.weight.rowCount, first.output)
            precondition(
                jobs.count <= 2 && jobs.dropFirst().allSatisfy { $0.weight.rowCount == rows && $0.output !== output }
                    && jobs.allSatisfy { !$0.adds }, "gate and up have the same shape")
            precondition(!preparesOutput || rows == output.columnCount && rows % 32 == 0, "a whole output, in blocks")
        }
        self.jobs = jobs
        self.activation = activation
        self.preparesOutput = activation != nil && preparesOutput
        wantsPreparedInput = jobs.contains { $0.weight.type.isQuantized }
        columnCount = first.weight.columnCount
        calls = jobs.map { job in
            ck_multiply_job(
                weights: job.weight.base.assumingMemoryBound(to: UInt8.self), row_bytes: job.weight.rowByteCount,
                type: job.weight.type.rawValue, rows: UInt32(job.weight.rowCount),
                columns: UInt32(job.weight.columnCount), bias: job.bias?.pointer, output: nil,
                output_stride: job.output.stride, adds: job.adds)
        }
    }

    /// Fills `list`, which has room for all jobs, for an input of `rows` rows.
    func fill(_ list: UnsafeMutableBufferPointer<ck_multiply_job>, rows: Int) {
        for index in calls.indices {
            precondition(rows <= jobs[index].output.rowCount, "rows fit the output")
            list[index] = calls[index]
            list[index].output = jobs[index].output.pointer(row: 0)
        }
    }

    /// The number of stretches in a run.
    var stretchesPerRun: Int { activation == nil ? 1 : calls.count }

    /// The number of tiles of one job in a run.
    ///
    /// Each worker gets about eight runs, so the others wait little if the system takes a worker's core away. A run
    /// with an activation is whole blocks of 32 columns.
    func runLength(workers: Int) -> Int {
        let tiles = calls.reduce(0) { $0 + $1.tileCount } / stretchesPerRun
        let length = max(1, tiles / (workers * 8))
        return activation == nil ? length : (length + 1) / 2 * 2
    }

    func runCount(length: Int) -> Int {
        calls.reduce(0) { $0 + ($1.tileCount + length - 1) / length } / stretchesPerRun
    }

    /// One stretch of a run; `part` is in 0..<stretchesPerRun.
    func stretch(run: Int, part: Int, length: Int) -> Stretch {
        var job = part
        var first = run * length
        if activation == nil {
            while first >= calls[job].tileCount {
                first -= (calls[job].tileCount + length - 1) / length * length
                job += 1
            }
        }
        return Stretch(job: job, tiles: first..<min(first + length, calls[job].tileCount))
    }

    /// The weights of a stretch.
    func bytes(_ stretch: Stretch) -> ck_bytes {
        let call = calls[stretch.job]
        let tile = Int(CK_TILE_ROWS) * call.row_bytes
        return ck_bytes(
            start: call.weights + stretch.tiles.lowerBound * tile,
            end: call.weights + min(stretch.tiles.upperBound * tile, Int(call.rows) * call.row_bytes))
    }

    /// The weights that a worker reads first, if they are known.
    ///
    /// Worker 0 starts at the beginning and worker 1 at the end (pool.c).
    func firstBytes(worker: Int, workers: Int) -> ck_bytes {
        guard worker < 2 else { return ck_bytes() }
        let length = runLength(workers: workers)
        return bytes(stretch(run: worker == 0 ? 0 : runCount(length: length) - 1, part: 0, length: length))
    }
}

extension ck_multiply_job {
    fileprivate var tileCount: Int { (Int(rows) + Int(CK_TILE_ROWS) - 1) / Int(CK_TILE_ROWS) }
}
