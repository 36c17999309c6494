// What a generator waits for, said once a second and only if it takes long.
// - With several requests open, the wait of one of them is said at a time.

import Generation
import Synchronization

/// Reports the waits of a generation.
final class WaitReport: Sendable {
    /// A server that answers later than this is waited for visibly, in seconds.
    static let answerSeconds = 2.0
    /// The same for text behind the beginning of an answer.
    static let textSeconds = 15.0

    private let shown = Mutex<(wait: GeneratorWait, owner: Int)?>(nil)
    private let report: @Sendable (GenerationEvent) -> Void

    init(report: @escaping @Sendable (GenerationEvent) -> Void) { self.report = report }

    /// Says what a request waits for now; `nil` if it goes on.
    func set(_ wait: GeneratorWait?, owner: Int) {
        let isNews = shown.withLock { shown -> Bool in
            guard shown == nil || shown?.owner == owner else { return false }
            guard shown?.wait != wait else { return false }
            shown = wait.map { ($0, owner) }
            return true
        }
        if isNews { report(.waiting(wait)) }
    }
}
