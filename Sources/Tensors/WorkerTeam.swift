// The threads of the numeric core.
// - A forward pass is one region: every worker runs the same code and calls the same operations in the same
//   order; where an operation needs another's whole result, a barrier stands between them.
// - The caller is worker 0. Regions of one team run one after another, whoever starts them.
// - Waiting workers spin for some microseconds, then sleep.
// - Results never depend on how many workers there are.

import CKernels
import Glibc

/// A team of threads that run one region of work at a time.
public final class WorkerTeam: Sendable {
    public let threadCount: Int
    public let instructionSet: InstructionSet

    private let pool: PoolHandle
    private let scratches: [WorkerScratch]

    /// - Parameter threadCount: 1 or more; fewer threads are made where the system refuses them.
    public init(
        threadCount: Int = WorkerTeam.defaultThreadCount, instructionSet: InstructionSet = Kernels.instructionSet
    ) {
        precondition(threadCount >= 1 && threadCount <= 1024, "1 to 1024 threads")
        pool = PoolHandle(threadCount: threadCount)
        self.threadCount = pool.threadCount
        self.instructionSet = instructionSet
        scratches = (0..<pool.threadCount).map { _ in WorkerScratch() }
    }

    /// How many cores this process may use.
    public static var defaultThreadCount: Int { min(max(Int(ck_core_count()), 1), 256) }

    /// Runs `body` on every worker at once and returns when all are done. Not from inside another region.
    /// - Parameter alone: runs it on the calling thread only, as the one worker there is; for work that is too
    ///   little to be shared out.
    public func run(alone: Bool = false, _ body: @Sendable (Worker) -> Void) {
        withoutActuallyEscaping(body) { body in
            var region = Region(team: self, count: alone ? 1 : threadCount, body: body)
            withUnsafeMutablePointer(to: &region) { pointer in
                ck_pool_run(pool.pointer, alone, { WorkerTeam.enter($0, $1) }, pointer)
            }
        }
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
                kernels: team.instructionSet.kernels, scratch: team.scratches[Int(index)]))
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

/// What one worker needs for itself. Sendable without checks: only its worker touches it, inside a region.
final class WorkerScratch: @unchecked Sendable {
    private let panelMemory = AlignedMemory(byteCount: MemoryLayout<ck_panel>.size)
    private var scoreMemory = AlignedMemory(byteCount: 0)
    private var gatherMemory = AlignedMemory(byteCount: 0)

    var panel: UnsafeMutablePointer<ck_panel> { panelMemory.base.assumingMemoryBound(to: ck_panel.self) }

    func scores(count: Int) -> UnsafeMutablePointer<Float> {
        if scoreMemory.byteCount < count * 4 { scoreMemory = AlignedMemory(byteCount: count * 4 * 3 / 2) }
        return scoreMemory.floats()
    }

    func gather(byteCount: Int) -> UnsafeMutableRawPointer {
        if gatherMemory.byteCount < byteCount { gatherMemory = AlignedMemory(byteCount: byteCount) }
        return gatherMemory.base
    }
}

/// One worker inside a region; operations are its methods.
public struct Worker {
    /// 0..<count; 0 is the thread that started the region.
    public let index: Int
    public let count: Int

    let pool: OpaquePointer
    let kernels: UnsafePointer<ck_kernels>
    let scratch: WorkerScratch

    /// Waits until every worker is here; what they wrote before is seen by all after.
    @inline(__always)
    public func barrier() { ck_pool_barrier(pool, Int32(index)) }

    /// This worker's part of 0..<n; the same for the same n.
    public func range(of n: Int) -> Range<Int> { n * index / count..<n * (index + 1) / count }

    /// Hands out 0..<total to the workers, one by one, to whoever is free. All workers must call it.
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
