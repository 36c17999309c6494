// The one line that says how far a batch is, and how long it will take.

import Drafting
import Foundation
import Generation
import Synchronization

/// What was done, for the line and for the end.
struct BatchCounts: Equatable {
    /// Rows to write in this run.
    var asked: Int
    var written = 0
    /// Of `written`.
    var failed = 0

    /// `row 13 of 200, 2 failed, about 4 min left`
    /// - Parameter seconds: since the first row began.
    func line(seconds: Double) -> String {
        let failures = failed > 0 ? ", \(failed) failed" : ""
        guard written > 0, asked > written else { return "row \(min(written + 1, asked)) of \(asked)\(failures)" }
        let left = seconds / Double(written) * Double(asked - written)
        return "row \(written + 1) of \(asked)\(failures), about \(Self.words(left)) left"
    }

    /// `40 s`, `12 min`, `3 h 20 min`
    static func words(_ seconds: Double) -> String {
        // A century is enough, and no more than a whole number can hold.
        let seconds = Int(min(max(seconds.isNaN ? 0 : seconds, 1), 3.2e9).rounded())
        if seconds < 90 { return "\(seconds) s" }
        let minutes = (seconds + 30) / 60
        return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}

/// Shows the line on a terminal, and tells each notice of the generator once.
final class BatchProgress: Sendable {
    private struct State {
        var told: Set<String> = []
        var line = ""
    }

    private let state = Mutex(State())

    func show(_ line: String) {
        state.withLock { $0.line = line }
        Console.showProgress(line)
    }

    func clear() { Console.clearProgress() }

    /// Tells a sentence unless it was told before; the line comes back below it.
    func tell(_ sentence: String) {
        let (isNew, line) = state.withLock { ($0.told.insert(sentence).inserted, $0.line) }
        guard isNew else { return }
        Console.clearProgress()
        Console.printError("copydesk: \(sentence)")
        if !line.isEmpty { Console.showProgress(line) }
    }

    func take(_ event: RecordingEvent) {
        switch event {
        case .generation(.notice(let sentence)), .generation(.standingNotice(let sentence)): tell(sentence)
        case .saveFailed(let error): tell("not kept in the store: \(Console.sentence(of: error))")
        case .generation(.waiting(let wait)):
            guard let words = wait?.line else { return }
            Console.showProgress("\(state.withLock(\.line)) (\(words))")
        default: break
        }
    }
}
