// Work that calls itself deeply, on a thread whose stack is known to be large enough.
// - What other threads have depends on who made them and on `ulimit -s`: 8 MB, 2 MB, 512 KB, or 128 KB.
// - A thread takes longer to start than a short template to render: who has many starts one for all of them.

import Dispatch
import Foundation
import Synchronization

public enum RoomyThread {
    /// More than twice what the deepest templates were seen to need in a debug build.
    private static let stackBytes = 8 << 20

    private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
        let result = Mutex<Result<Value, Failure>?>(nil)
    }

    /// Whether the work that asks is on such a thread already.
    @TaskLocal private static var isHere = false

    /// Runs work on a thread of its own and waits for it; work within work stays on the thread.
    public static func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        if isHere { return try work() }
        let outcome = Outcome<Value, Failure>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = $isHere.withValue(true) { Result(catching: work) }
            outcome.result.withLock { $0 = result }
            done.signal()
        }
        thread.stackSize = stackBytes
        thread.start()
        done.wait()
        guard let result = outcome.result.withLock({ $0 }) else { preconditionFailure("the thread signals at its end") }
        return try result.get()
    }
}
