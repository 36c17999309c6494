// Sentences of generators, which are shown one after another, so that none covers another. All of them stay in the
// information about the generation.

extension StudioState {
    /// Shows a sentence when those before it have been shown.
    mutating func sayInTurn(_ sentence: String) {
        guard notice == nil else { return waitingNotices.append(sentence) }
        showInTurn(sentence)
    }

    /// Takes the sentence of the status line away; the next one follows.
    mutating func endNotice() {
        notice = nil
        guard !waitingNotices.isEmpty else { return }
        showInTurn(waitingNotices.removeFirst())
    }

    private mutating func showInTurn(_ sentence: String) {
        notice = Notice(text: sentence, isFailure: false, until: now + 10)
    }
}
