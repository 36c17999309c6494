// How many requests may be open at a server at once.
// - One, unless the settings allow more: some servers end the first answer when a second request comes.
// - It counts for the whole program, whoever asks.

import Foundation
import Synchronization

/// Lets requests to a server pass, so many at a time.
final class ServerGate: Sendable {
    private static let gates = Mutex<[String: ServerGate]>([:])

    /// The gate of a server.
    /// - Parameter origin: scheme, host and port.
    static func of(_ origin: String) -> ServerGate {
        gates.withLock { gates in
            if let gate = gates[origin] { return gate }
            let gate = ServerGate()
            gates[origin] = gate
            return gate
        }
    }

    private let openCount = Mutex(0)

    /// Waits until fewer than `limit` requests are open, and runs `body` as one of them.
    /// - Returns: `nil` if it was stopped before.
    func pass<Result>(
        limit: Int, isStopped: () -> Bool, body: () throws -> Result
    ) rethrows -> Result? {
        while !enter(limit) {
            if isStopped() { return nil }
            usleep(2000)
        }
        defer { openCount.withLock { $0 -= 1 } }
        return try body()
    }

    private func enter(_ limit: Int) -> Bool {
        openCount.withLock { count in
            guard count < max(limit, 1) else { return false }
            count += 1
            return true
        }
    }
}
