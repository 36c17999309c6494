// The sentences about how a conversation is put to its model, each of which is told once in a conversation.

import Drafting
import Synchronization

final class StandingNotices: Sendable {
    private let told: Set<String>
    private let found = Mutex<[String]>([])

    /// - Parameter told: those that earlier answers told.
    init(told: [String]) { self.told = Set(told) }

    /// Those that this answer told.
    var new: [String] { found.withLock { $0 } }

    /// False for a standing notice that was told before; a new one is noted.
    func mayTell(_ event: RecordingEvent) -> Bool {
        guard case .generation(.standingNotice(let sentence)) = event else { return true }
        guard !told.contains(sentence) else { return false }
        return found.withLock { found in
            guard !found.contains(sentence) else { return false }
            found.append(sentence)
            return true
        }
    }
}
