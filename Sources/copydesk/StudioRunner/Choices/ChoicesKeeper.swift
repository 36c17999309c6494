// Writes the choices that were made in this studio, on a queue of its own.
// - It writes this studio's own changes into the file as it is then, so those of other studios stay.
// - The newest choices win: while the disk is slow, those in between are not written.

import Dispatch
import Foundation
import Studio
import Synchronization

final class ChoicesKeeper: Sendable {
    private struct State {
        /// To be written; `nil` if the queue has taken them.
        var waiting: RememberedChoices?
        /// The choices of this studio that the file has already.
        var written = RememberedChoices()
        /// True if the writer was told that writing fails.
        var hasToldFailure = false
    }

    private let file: ChoicesFile
    private let queue = DispatchQueue(label: "copydesk.choices")
    private let state = Mutex(State())

    init(file: ChoicesFile) { self.file = file }

    /// Reads the choices of earlier studios, and sets a broken file aside.
    /// - Returns: the choices, and a sentence if the file cannot be read.
    func read() -> (choices: RememberedChoices, problem: String?) {
        switch file.read() {
        case .missing: return (RememberedChoices(), nil)
        case .choices(let choices):
            state.withLock { $0.written = choices }
            return (choices, nil)
        case .broken: return (RememberedChoices(), setAsideIfBroken())
        case .untouchable(let sentence):
            // It is told now, and need not be told again at the first write.
            state.withLock { $0.hasToldFailure = true }
            return (RememberedChoices(), sentence)
        }
    }

    /// Another studio may have set it aside a moment ago, and written a valid file since.
    private func setAsideIfBroken() -> String? {
        file.locked {
            guard case .broken = file.read() else { return nil }
            guard let place = file.setAside() else {
                return "\(file.path), which has your choices in the studio, cannot be read. Correct it, or remove it."
            }
            return
                "The file of your choices in the studio (model, parameters, export) cannot be read and was set aside as "
                + "\(place). Choose again, or correct it and name it \(file.name) again."
        }
    }

    /// Writes the choices soon.
    /// - Parameter deliver: gets a `notice` the first time that it fails.
    func remember(_ choices: RememberedChoices, deliver: @escaping @Sendable (StudioMessage) -> Void) {
        state.withLock { $0.waiting = choices }
        queue.async { [self] in
            guard let failure = writeWaiting() else { return }
            let isFirst = state.withLock { state in
                defer { state.hasToldFailure = true }
                return !state.hasToldFailure
            }
            if isFirst { deliver(.notice(failure, isFailure: true)) }
        }
    }

    /// Waits until the choices are written, or cannot be.
    func finish() { queue.sync { _ = writeWaiting() } }

    /// - Returns: why they could not be written; they are tried again with the next ones.
    private func writeWaiting() -> String? {
        let (waiting, written) = state.withLock { state in
            defer { state.waiting = nil }
            return (state.waiting, state.written)
        }
        guard let waiting else { return nil }
        do {
            try file.locked { Result { try write(waiting, over: written) } }.get()
            state.withLock { $0.written = waiting }
            return nil
        } catch {
            // Unless newer ones came meanwhile.
            state.withLock { $0.waiting = $0.waiting ?? waiting }
            return "Your choices are not remembered for the next start: \(Console.sentence(of: error))"
        }
    }

    private func write(_ choices: RememberedChoices, over written: RememberedChoices) throws {
        var present = RememberedChoices()
        switch file.read() {
        case .missing: break
        case .choices(let found): present = found
        case .broken:
            _ = file.setAside()
            present = written
        case .untouchable(let sentence): throw Failure(sentence)
        }
        let before = present
        present.takeChanges(from: written.fromRoot, to: choices.fromRoot)
        if present != before { try file.write(present) }
    }
}

extension RememberedChoices {
    /// The same with the export folder from the root, because the next studio may have another working folder.
    fileprivate var fromRoot: RememberedChoices {
        var choices = self
        if let folder = export?.folder, !folder.hasPrefix("~") { choices.export?.folder = TextFile.absolute(folder) }
        return choices
    }
}
