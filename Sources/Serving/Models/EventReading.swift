// Brings the events of a generator to the thread of a connection.

import Dispatch
import Foundation
import Generation
import Synchronization

/// The sentence of an error.
enum ErrorText {
    static func of(_ error: any Error) -> String {
        (error as? any LocalizedError)?.errorDescription ?? "\(error)"
    }
}

/// Threads for the reading of events. The few that all tasks of the program share may be waiting for something else.
private final class EventThreads: TaskExecutor {
    static let shared = EventThreads()
    private let queue = DispatchQueue(label: "copydesk.serving.events", qos: .userInitiated, attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// The events of one request, read by a thread that may wait.
final class EventReading: Sendable {
    private struct Arrived {
        var events: [GenerationEvent] = []
        var end: Result<Void, any Error>?
    }
    private let arrived = Mutex(Arrived())
    private let signal = DispatchSemaphore(value: 0)
    private let stopSignal = StopSignal()

    init(_ request: GenerationRequest, by generator: any TextGenerator) {
        let events = generator.generate(request, stopSignal: stopSignal)
        Task(executorPreference: EventThreads.shared) {
            do {
                for try await event in events { self.take { $0.events.append(event) } }
                self.take { $0.end = .success(()) }
            } catch {
                self.take { $0.end = .failure(error) }
            }
        }
    }

    deinit { stopSignal.raise() }

    /// Ends the writing at the next token; the last events still come.
    func stop() { stopSignal.raise() }

    /// The events that came since the last call; empty if none came in time, `nil` after the last one.
    /// - Throws: what the generator throws.
    func next(within seconds: Double) throws -> [GenerationEvent]? {
        _ = signal.wait(timeout: .now() + seconds)
        let now = arrived.withLock { arrived in
            defer { arrived.events = [] }
            return arrived
        }
        if !now.events.isEmpty || now.end == nil { return now.events }
        try now.end?.get()
        return nil
    }

    private func take(_ change: (inout Arrived) -> Void) {
        arrived.withLock { change(&$0) }
        signal.signal()
    }
}
