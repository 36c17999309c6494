// Runs deeply recursive work on a thread whose stack is known to be large enough.
// - Other threads' stacks depend on their creator and on `ulimit -s`: 8 MB, 2 MB, 512 KB, or 128 KB.
// - Starting a thread takes longer than rendering a short template, so a caller with many starts one for all of them.

import Dispatch
import Foundation
import Synchronization

public enum RoomyThread {
    /// More than twice the need of the deepest templates in a debug build.
    private static let stackBytes = 8 << 20

    private final class Outcome<Value: Sendable, Failure: Error>: Sendable {
        let result = Mutex<Result<Value, Failure>?>(nil)
    }

    /// True if the current work already runs on such a thread.
    @TaskLocal private static var isHere = false

    /// Runs work on a thread of its own and waits for it; nested work stays on the same thread.
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
