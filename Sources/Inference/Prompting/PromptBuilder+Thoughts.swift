// Where a prompt leaves a model: before its thoughts, inside them, or before its answer.
// - Only what the template wrote counts: a marker in a user's text opens and closes nothing.
// - If no thoughts are wanted and the template opens one anyway, the prompt closes it.

import Generation

extension PromptBuilder {
    /// The tokens that mark thoughts, if each is a token of its own.
    static func markers(of format: ThoughtFormat?, _ tokenizer: Tokenizer) -> Set<TokenID> {
        guard let format else { return [] }
        return Set(
            (format.openings + format.directAnswers + [format.closing]).compactMap { tokenizer.token(named: $0) })
    }

    /// A rendered conversation, with what has to follow it so that the answer begins as the effort asks.
    /// - Parameter render: renders the same conversation with a text added to its last message.
    func prepared(
        _ rendered: String, effort: ReasoningEffort, shield: SpecialTextShield, render: (String) -> String?
    ) -> (text: String, start: ThoughtStart) {
        guard let thoughts, let template else { return (rendered, .none) }
        let mark = shield.unusedScalar
        let marked = (render(String(mark)) ?? rendered).unicodeScalars
        let end = marked.lastIndex(of: mark).map { String(marked[marked.index(after: $0)...]) } ?? rendered
        let start = thoughts.start(after: end)
        guard effort == .off else { return (rendered, start) }
        switch start {
        case .none: return (rendered, .none)
        case .open: return (rendered + thoughts.ending, .none)
        case .possible:
            guard !template.canTurnThoughtsOff, !thoughts.skipped.isEmpty else { return (rendered, .possible) }
            return (rendered + thoughts.skipped, .none)
        }
    }

    /// A rendered conversation that ends inside the assistant's words. If the template opened a thought before them, it
    /// is closed there.
    /// - Parameter words: the assistant's words, as the template got them.
    func continued(_ rendered: String, words: String) -> String {
        guard let thoughts, !words.isEmpty, rendered.hasSuffix(words) else { return rendered }
        let before = String(rendered.dropLast(words.count))
        let opening = thoughts.openings.first?.withoutTrailingSpace ?? ""
        return !opening.isEmpty && before.withoutTrailingSpace.hasSuffix(opening)
            ? before + thoughts.ending + words : rendered
    }
}
