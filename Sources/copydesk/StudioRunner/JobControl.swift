// The hand of a job's work on its job: reports go out, the wish to end comes in.
// - Messages reach the studio in the order in which they are sent, and none after the last one.
// - Progress is reported at most ten times a second, however often the work tells it.

import Dispatch
import Generation
import Studio
import Synchronization

final class JobControl: Sendable {
    /// The shortest time between two reports of one phase, in seconds.
    static let reportSeconds = 0.1

    /// Raised when the job is cancelled.
    let stopSignal = StopSignal()
    private let job: Int
    private let messages: AsyncStream<StudioMessage>.Continuation
    private let now: @Sendable () -> Double
    private let state = Mutex(State())

    private struct State {
        var hasStarted = false
        var lastReport: (phase: JobProgress.Phase, time: Double)?
    }

    /// - Parameters:
    ///   - messages: takes the job's messages; it is finished with the last one.
    ///   - now: seconds on a clock that never goes back.
    init(job: Int, messages: AsyncStream<StudioMessage>.Continuation, now: @escaping @Sendable () -> Double) {
        self.job = job
        self.messages = messages
        self.now = now
    }

    // MARK: For the work

    /// Tells that the work begins. Work that waits first (for another job, for a file) calls it after the wait.
    /// - Throws: `CancellationError` if the job was cancelled while it waited.
    func begin() throws {
        try state.withLock { state in
            if stopSignal.isRaised { throw CancellationError() }
            state.hasStarted = true
        }
        messages.yield(.job(job, .started))
    }

    /// - Throws: `CancellationError` if the job is cancelled.
    func checkCancellation() throws {
        if stopSignal.isRaised { throw CancellationError() }
    }

    /// Reports progress, unless the phase had a report less than `reportSeconds` ago.
    func report(_ progress: JobProgress) {
        let time = now()
        let isDue = state.withLock { state in
            if let last = state.lastReport, last.phase == progress.phase, time - last.time < Self.reportSeconds {
                return false
            }
            state.lastReport = (progress.phase, time)
            return true
        }
        if isDue { messages.yield(.job(job, .progress(progress))) }
    }

    func send(_ message: GenerationMessage) { messages.yield(.generation(job: job, message)) }

    func send(_ message: AnswerMessage) { messages.yield(.answer(job: job, message)) }

    // MARK: For the runner

    /// Asks the work to end. A job that still waits ends at once.
    func cancel() {
        stopSignal.raise()
        if !state.withLock(\.hasStarted) { end(.cancelled) }
    }

    /// Sends the last message; a second one is dropped.
    func end(_ message: JobMessage) {
        messages.yield(.job(job, message))
        messages.finish()
    }
}

extension DispatchQueue {
    /// Runs work that blocks its thread, off the cooperative threads.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
