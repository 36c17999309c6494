// The one thread that owns the screen: the main thread, which waits in poll(2).
// - Everything isolated to `UIActor` runs there, between two polls, in the order it was enqueued.
// - `LoopExecutor.bind` is called once, on that thread, before the first job can run.

import CNcurses
import Glibc
import Synchronization

/// Isolation for everything that touches the screen or the studio's state.
@globalActor
public actor UIActor {
    public static let shared = UIActor()

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        LoopExecutor.shared.asUnownedSerialExecutor()
    }

    /// Enters the isolation on the loop's own thread, on which it already holds.
    static func assumed<T: Sendable>(_ body: @UIActor () throws -> T) rethrows -> T {
        LoopExecutor.shared.checkIsolated()
        typealias Plain = () throws -> T
        // The isolation demands this thread, and `checkIsolated` has confirmed it.
        return try withoutActuallyEscaping(body) { try unsafeBitCast($0, to: Plain.self)() }
    }
}

/// A serial executor whose jobs wait until the event loop drains them.
final class LoopExecutor: SerialExecutor, Sendable {
    static let shared = LoopExecutor()

    private struct Queue {
        var jobs: [UnownedJob] = []
        var thread: pthread_t?
    }

    private let queue = Mutex(Queue())
    let wakeDescriptor = cn_wake_descriptor()

    func bind() { queue.withLock { $0.thread = pthread_self() } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = queue.withLock { queue in
            queue.jobs.append(job)
            return queue.jobs.count == 1
        }
        if isFirst { cn_wake(wakeDescriptor) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() { precondition(isOnThread, "the screen belongs to the thread of its loop") }

    func isIsolatingCurrentContext() -> Bool? { isOnThread }

    private var isOnThread: Bool {
        queue.withLock { queue in queue.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    /// Runs the waiting jobs. If a job enqueues another one, that waits for the next call.
    func drain() {
        cn_drain(wakeDescriptor)
        let jobs = queue.withLock { queue in
            let jobs = queue.jobs
            queue.jobs.removeAll(keepingCapacity: true)
            return jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
}
