// One request writes at a time; the others wait in the order in which they came.

import Dispatch
import Synchronization

final class TurnQueue: Sendable {
    private final class Waiter: Sendable {
        let hasTurn = DispatchSemaphore(value: 0)
    }
    private struct Line {
        var isTaken = false
        var waiters: [Waiter] = []
    }
    private let line = Mutex(Line())

    /// How many requests wait.
    var count: Int { line.withLock(\.waiters.count) }

    /// Runs work when its turn comes.
    /// - Parameter look: called about twenty times a second while it waits; its error ends the waiting.
    func withTurn<Result>(look: () throws -> Void, _ work: () throws -> Result) throws -> Result {
        let waiter: Waiter? = line.withLock { line in
            guard line.isTaken else {
                line.isTaken = true
                return nil
            }
            let waiter = Waiter()
            line.waiters.append(waiter)
            return waiter
        }
        if let waiter { try wait(waiter, look: look) }
        defer { passOn() }
        return try work()
    }

    private func wait(_ waiter: Waiter, look: () throws -> Void) throws {
        while waiter.hasTurn.wait(timeout: .now() + .milliseconds(50)) == .timedOut {
            do {
                try look()
            } catch {
                let isInLine = line.withLock { line in
                    guard let index = line.waiters.firstIndex(where: { $0 === waiter }) else { return false }
                    line.waiters.remove(at: index)
                    return true
                }
                // Its turn came at the same moment.
                if !isInLine { passOn() }
                throw error
            }
        }
    }

    private func passOn() {
        line.withLock { line in
            if line.waiters.isEmpty {
                line.isTaken = false
            } else {
                line.waiters.removeFirst().hasTurn.signal()
            }
        }
    }
}
