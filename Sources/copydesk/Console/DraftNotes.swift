import Export
import Generation
import Text

/// What the command line says of drafts besides their texts: parts by name, twins, attempts, thoughts.
enum DraftNotes {
    /// The text as it is printed: each part on a line of its own, behind its name.
    static func text(of draft: SavedDraft, in generation: SavedGeneration) -> String {
        DraftPart.named(generation.parts(of: draft)) ?? draft.text
    }

    /// Drafts with their numbers; one alone has none. A draft that equals another one says so behind its number.
    static func numbered(_ generation: SavedGeneration) -> String {
        let drafts = generation.drafts
        guard drafts.count > 1 else { return drafts.map { text(of: $0, in: generation) + "\n" }.joined() }
        return drafts.map { draft in
            let twin = draft.details.twinOf.map { " (= \($0 + 1))" } ?? ""
            let text = text(of: draft, in: generation)
            let number = "\(draft.ordinal + 1).\(twin)"
            return text.contains("\n") ? "\(number)\n\(text)\n" : "\(number) \(text)"
        }.joined(separator: "\n") + "\n"
    }

    /// Sentences for standard error: what a reader of the drafts should know.
    static func sentences(about generation: SavedGeneration) -> [String] {
        generation.drafts.compactMap { draft in
            let which = generation.drafts.count > 1 ? "Draft \(draft.ordinal + 1)" : "The draft"
            if draft.text.isEmpty, draft.finishReason == .limit {
                return (generation.drafts.count > 1 ? "\(which) is empty. " : "") + generation.limits.nothingFits
            }
            if draft.text.isEmpty, draft.details.reasoning != nil, draft.finishReason == .length {
                return "\(which) is empty: the model's thoughts took all \(draft.tokenCount) tokens. "
                    + "Allow more with -o max_tokens=…, or less thinking with -o reasoning=low or off."
            }
            if let twin = draft.details.twinOf {
                let attempts = draft.details.attempts
                return "\(which) equals draft \(twin + 1)"
                    + (attempts > 1 ? ", although it was written \(times(attempts))." : ".")
            }
            if draft.details.attempts > 1 {
                return "\(which) was written \(times(draft.details.attempts)), because it equaled another text before."
            }
            return nil
        }
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : count == 2 ? "twice" : "\(count) times" }

    /// The facts of one draft, as names and values.
    static func rows(of draft: SavedDraft, in generation: SavedGeneration) -> [(String, String)] {
        let details = draft.details
        var rows: [(String, String)] = []
        if !details.tidied.isEmpty {
            rows.append(("taken off", details.tidied.map(\.rawValue).joined(separator: ", ")))
        }
        if details.attempts > 1 { rows.append(("written", times(details.attempts) + ": it equaled another text")) }
        if let twin = details.twinOf { rows.append(("equals", "variant \(twin + 1)")) }
        if let reasoning = details.reasoning {
            let words = TextLength(of: reasoning).words
            rows.append(("thought", "\(words) \(words == 1 ? "word" : "words"), not part of the text"))
        }
        if draft.isCandidate { rows.append(("choice", "a candidate that was not chosen")) }
        if let score = details.score { rows.append(("score", ChoiceText.reasons(of: score))) }
        return rows
    }
}
