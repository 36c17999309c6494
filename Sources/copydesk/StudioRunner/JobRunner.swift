// Runs the studio's jobs: starts them, delivers their messages, cancels them, and knows when all have ended.
// - It knows nothing of the work. Each job has a stream of its own, so a busy receiver delays no work.
// - The last message of a job is delivered before the job counts as ended.

import Foundation
import Studio
import Synchronization

final class JobRunner: Sendable {
    /// Does a job. To end early because of the control's stop signal, it throws `CancellationError`.
    typealias Work = @Sendable (JobControl) async throws -> JobResult

    private struct RunningJob {
        let control: JobControl
        let isAwaited: Bool
    }

    private let running = Mutex<[Int: RunningJob]>([:])
    private let deliver: @Sendable (StudioMessage) async -> Void
    private let ended: @Sendable () async -> Void
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - now: seconds on a clock that never goes back.
    ///   - deliver: takes each message, one at a time for each job.
    ///   - ended: called after each job's end.
    init(
        now: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime },
        deliver: @escaping @Sendable (StudioMessage) async -> Void,
        ended: @escaping @Sendable () async -> Void = {}
    ) {
        self.now = now
        self.deliver = deliver
        self.ended = ended
    }

    /// Starts a job.
    /// - Parameters:
    ///   - job: a number that no other job has.
    ///   - isAwaited: True if something would be lost if the process ended before the job.
    func start(_ job: Int, isAwaited: Bool = false, _ work: @escaping Work) {
        let (messages, queue) = AsyncStream.makeStream(of: StudioMessage.self)
        let control = JobControl(job: job, messages: queue, now: now)
        running.withLock { $0[job] = RunningJob(control: control, isAwaited: isAwaited) }
        Task.detached(priority: .userInitiated) {
            do {
                control.end(.finished(try await work(control)))
            } catch is CancellationError {
                control.end(.cancelled)
            } catch {
                control.end(.failed(sentence: StudioHints.sentence(of: error)))
            }
        }
        Task.detached(priority: .userInitiated) { [self] in
            for await message in messages { await deliver(message) }
            running.withLock { $0[job] = nil }
            await ended()
        }
    }

    /// Asks a job to end; does nothing if it has ended.
    func cancel(_ job: Int) { running.withLock { $0[job] }?.control.cancel() }

    func cancelAll() {
        for job in running.withLock({ Array($0.values) }) { job.control.cancel() }
    }

    /// True if no job runs.
    var isIdle: Bool { running.withLock(\.isEmpty) }

    /// True if no job runs that must be awaited.
    var mayBeLeft: Bool { running.withLock { $0.values.allSatisfy { !$0.isAwaited } } }
}
