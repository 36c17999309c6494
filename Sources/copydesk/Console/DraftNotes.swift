import Export
import Generation
import Text

/// What the command line says of drafts besides their texts: parts by name, twins, attempts, thoughts, servers.
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

    /// Where drafts are written, which says how one goes on.
    enum Door {
        case generate
        /// A chat on a terminal; its words begin with a slash.
        case chat
        /// One answer of a conversation.
        case answer(conversation: Int64)

        /// What goes on from the end of a draft.
        func words(goingOnFrom draft: SavedDraft) -> String {
            switch self {
            case .generate: "Go on from there: copydesk generate --continue \(draft.id)"
            case .chat: "/continue goes on from there."
            case .answer(let id): "Go on from there: copydesk chat --cid \(id), and there /continue"
            }
        }

        /// What writes the draft again.
        var again: String {
            switch self {
            case .generate: "Write it again."
            case .chat: "/retry writes it again."
            case .answer(let id): "Write it again: copydesk chat --cid \(id), and there /retry"
            }
        }

        /// Where options are given.
        var options: String {
            switch self {
            case .generate: ""
            case .chat: " when you begin the chat"
            case .answer(let id): " behind copydesk chat --cid \(id)"
            }
        }
    }

    /// Sentences for standard error: what a reader of the drafts should know.
    static func sentences(about generation: SavedGeneration, at door: Door = .generate) -> [String] {
        let again = generation.drafts.filter { $0.details.attempts > 1 && $0.details.twinOf == nil }
        let note = again.isEmpty ? [] : [writtenAgain(again)]
        return note
            + generation.drafts.compactMap { draft in
                let which = generation.drafts.count > 1 ? "Draft \(draft.ordinal + 1)" : "The draft"
                if draft.finishReason == .cutOff { return cutOff(draft, which, door) }
                if draft.finishReason == .failed, draft.details.server?.failure != nil, !draft.text.isEmpty,
                    draft.id != 0
                {
                    return "\(which) is not complete. \(door.words(goingOnFrom: draft))"
                }
                if draft.text.isEmpty, draft.finishReason == .limit {
                    return (generation.drafts.count > 1 ? "\(which) is empty. " : "") + generation.limits.nothingFits
                }
                if draft.text.isEmpty, draft.details.reasoning != nil, draft.finishReason == .length {
                    return "\(which) is empty: the model's thoughts took all \(draft.tokenCount) tokens. "
                        + "Allow more with -o max_tokens=…, or less thinking with -o reasoning=low or off\(door.options)."
                }
                if let word = draft.details.endedBefore {
                    return "\(which) ends before \(OptionLine.quoted(word)), which is banned: nothing else fit there."
                }
                if let twin = draft.details.twinOf {
                    let attempts = draft.details.attempts
                    return "\(which) equals draft \(twin + 1)"
                        + (attempts > 1 ? ", although it was written \(times(attempts))." : ".")
                }
                return nil
            }
    }

    /// The stream of a draft ended early: what is kept, and how to go on.
    private static func cutOff(_ draft: SavedDraft, _ which: String, _ door: Door) -> String {
        // If the cause was told while the draft was written, it is not told again.
        let start =
            draft.details.server?.failure == nil
            ? "\(which) was cut off: the server's stream ended before the text did." : "\(which) was cut off."
        if draft.text.isEmpty { return "\(start) Nothing of it had come. \(door.again)" }
        return draft.id == 0
            ? "\(start) What had come is above."
            : "\(start) What had come is kept. \(door.words(goingOnFrom: draft))"
    }

    /// One sentence for all drafts that were written again: `Drafts 2 and 5 were written again …`.
    private static func writtenAgain(_ drafts: [SavedDraft]) -> String {
        let numbers = drafts.map { String($0.ordinal + 1) }
        guard let last = numbers.last, numbers.count > 1 else {
            return "Draft \(numbers.first ?? "") was written again, because it equaled another text."
        }
        let which = numbers.dropLast().joined(separator: ", ") + " and " + last
        return "Drafts \(which) were written again, because they equaled other texts."
    }

    /// The facts of a server's answer, as names and values.
    private static func rows(of server: ServerReport) -> [(String, String)] {
        var answer = [server.endpoint]
        if let answered = server.answeredModel, answered != server.askedModel {
            answer.append("answered with \(answered), asked for \(server.askedModel)")
        }
        if server.seconds > 0 {
            answer.append("\(server.seconds.formatted(.number.precision(.fractionLength(1)).grouping(.never))) s")
        }
        if let reason = server.finishReason { answer.append("ended with '\(reason)'") }
        var rows = [("server", answer.joined(separator: ", "))]
        if let failure = server.failure { rows.append(("failed", failure)) }
        let counts = [(server.promptTokens, "prompt"), (server.completionTokens, "answer")].compactMap { count, name in
            count.map { "\($0) in the \(name)" }
        }
        if !counts.isEmpty { rows.append(("its tokens", counts.joined(separator: ", "))) }
        if let cost = server.cost { rows.append(("cost", "\(cost), as the server says")) }
        if !server.droppedFields.isEmpty {
            rows.append(("left out", server.droppedFields.joined(separator: ", ") + ": the server refuses it"))
        }
        return rows
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
        if let server = details.server { rows += self.rows(of: server) }
        if draft.isCandidate { rows.append(("choice", "a candidate that was not chosen")) }
        if let score = details.score { rows.append(("score", score.explanation)) }
        return rows
    }
}
