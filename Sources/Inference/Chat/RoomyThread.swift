// Work that calls itself deeply, on a thread whose stack is known to be large enough.
// - What threads of pools have depends on the system and on `ulimit -s`: 8 MB, 2 MB, or 128 KB.

import Dispatch
import Foundation
import Synchronization

enum RoomyThread {
    /// More than twice what the deepest templates were seen to need in a debug build.
    private static let stackBytes = 8 << 20

    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// Runs work on a thread of its own and waits for it.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) throws -> Value {
        let outcome = Outcome<Value>()
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            let result = Result { try work() }
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
