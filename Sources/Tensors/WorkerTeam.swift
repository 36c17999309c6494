// The threads of the numeric core.
// - A forward pass is one region: every worker runs the same code and calls the same operations in the same order. If
//   an operation needs the complete result of another, a barrier is between them.
// - The caller is worker 0. Regions of one team run one after another, even if several threads start them.
// - Waiting workers spin for some microseconds, then sleep.
// - Results never depend on the number of workers.

import CKernels
import Glibc

/// A team of threads that run one region of work at a time.
public final class WorkerTeam: Sendable {
    public let threadCount: Int
    public let instructionSet: InstructionSet

    private let pool: PoolHandle
    private let scratches: [WorkerScratch]

    /// - Parameter threadCount: 1...1024. If the system cannot start so many threads, the team has one.
    public init(
        threadCount: Int = WorkerTeam.defaultThreadCount, instructionSet: InstructionSet = Kernels.instructionSet
    ) {
        precondition(threadCount >= 1 && threadCount <= 1024, "1 to 1024 threads")
        pool = PoolHandle(threadCount: threadCount)
        self.threadCount = pool.threadCount
        self.instructionSet = instructionSet
        scratches = (0..<pool.threadCount).map { _ in WorkerScratch() }
    }

    /// The number of cores that this process may use.
    public static var defaultThreadCount: Int { min(max(Int(ck_core_count()), 1), 256) }

    /// Runs `body` on every worker at once and returns when all are done. Do not call this inside another region.
    /// - Parameter alone: runs it only on the calling thread, as a team of one; faster if there is little work.
    public func run(alone: Bool = false, _ body: @Sendable (Worker) -> Void) {
        withoutActuallyEscaping(body) { body in
            var region = Region(team: self, count: alone ? 1 : threadCount, body: body)
            withUnsafeMutablePointer(to: &region) { pointer in
                ck_pool_run(pool.pointer, alone, { WorkerTeam.enter($0, $1) }, pointer)
            }
        }
    }

    /// Runs `body` for each item of 0..<total, on the workers that are free, and returns when all are done.
    /// - Parameters:
    ///   - alone: runs them only on the calling thread.
    ///   - body: gets the number of its worker, 0..<threadCount, and the item.
    public func share(_ total: Int, alone: Bool, _ body: @Sendable (_ worker: Int, _ item: Int) -> Void) {
        run(alone: alone) { worker in worker.share(total) { body(worker.index, $0) } }
    }

    private struct Region {
        let team: WorkerTeam
        let count: Int
        let body: @Sendable (Worker) -> Void
    }

    private static func enter(_ context: UnsafeMutableRawPointer?, _ index: Int32) {
        guard let region = context?.assumingMemoryBound(to: Region.self) else { return }
        let team = region.pointee.team
        region.pointee.body(
            Worker(
                index: Int(index), count: region.pointee.count, pool: team.pool.pointer,
                kernels: team.instructionSet.kernels, training: team.instructionSet.training,
                scratch: team.scratches[Int(index)]))
    }
}

/// Owns the C pool. Sendable without checks: the pool does its own locking.
private final class PoolHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    let threadCount: Int

    init(threadCount: Int) {
        if let pool = ck_pool_new(Int32(threadCount)) {
            pointer = pool
            self.threadCount = threadCount
        } else if let pool = ck_pool_new(1) {
            pointer = pool
            self.threadCount = 1
        } else {
            fatalError("out of memory for the worker threads. Close other programs and start again.")
        }
    }

    deinit { ck_pool_free(pointer) }
}

/// The private memory of one worker. Sendable without checks: only its worker uses it, inside a region.
final class WorkerScratch: @unchecked Sendable {
    private let panelMemory = AlignedMemory(byteCount: MemoryLayout<ck_panel>.size)
    private var scoreMemory = AlignedMemory(byteCount: 0)
    private var gatherMemory = AlignedMemory(byteCount: 0)
    private var trainingMemory = AlignedMemory(byteCount: 0)

    var panel: UnsafeMutablePointer<ck_panel> { panelMemory.base.assumingMemoryBound(to: ck_panel.self) }

    func scores(count: Int) -> UnsafeMutablePointer<Float> {
        if scoreMemory.byteCount < count * 4 { scoreMemory = AlignedMemory(byteCount: count * 4 * 3 / 2) }
        return scoreMemory.floats()
    }

    func gather(byteCount: Int) -> UnsafeMutableRawPointer {
        if gatherMemory.byteCount < byteCount { gatherMemory = AlignedMemory(byteCount: byteCount) }
        return gatherMemory.base
    }

    func training(count: Int) -> UnsafeMutablePointer<Float> {
        if trainingMemory.byteCount < count * 4 { trainingMemory = AlignedMemory(byteCount: count * 4) }
        return trainingMemory.floats()
    }
}

/// One worker inside a region; operations are its methods.
public struct Worker {
    /// 0..<count; 0 is the thread that started the region.
    public let index: Int
    public let count: Int

    let pool: OpaquePointer
    let kernels: UnsafePointer<ck_kernels>
    let training: UnsafePointer<ck_training>
    let scratch: WorkerScratch

    /// Waits until every worker is here. After it each worker sees everything that the others wrote before it.
    @inline(__always)
    public func barrier() { ck_pool_barrier(pool, Int32(index)) }

    /// This worker's part of 0..<n, always the same for the same n.
    public func range(of n: Int) -> Range<Int> { n * index / count..<n * (index + 1) / count }

    /// Runs `body` for each item of 0..<total on the workers that are free. All workers must call it.
    @inline(__always)
    func share(_ total: Int, _ body: (Int) -> Void) {
        ck_pool_loop_begin(pool, Int32(index), UInt32(total))
        while true {
            let item = Int(ck_pool_loop_next(pool, Int32(index)))
            if item >= total { return }
            body(item)
        }
    }
}
