// The words with a slash that one types in a chat, and how a line is read.
// - One table: reading, help and messages use it.
// - A line that begins with another slash word, such as a path, is said as it is; only a lone unknown word is refused.

import Generation

enum ChatWord: String, CaseIterable {
    case help, model, persona, system, retry, `continue`, swipe, edit, branch, branches, pin, turns, context, title,
        save, new, quit

    /// What stands behind it; "" if nothing does.
    var argument: String {
        switch self {
        case .help, .retry, .continue, .turns, .new, .quit: ""
        case .model, .persona: "[NAME]"
        case .system: "[TEXT]"
        case .swipe: "[N [TURN]]"
        case .branch, .branches, .pin: "[N]"
        case .edit: "[answer]"
        case .context: "[RULE]"
        case .title: "[TEXT]"
        case .save: "FILE"
        }
    }

    var summary: String {
        switch self {
        case .help: "show these words"
        case .model: "go on with another model, or say which one answers"
        case .persona: "begin a conversation with another persona, or list them"
        case .system: "replace the system text, or show it"
        case .retry: "write another answer; the old one stays"
        case .continue: "go on from the end of the last answer"
        case .swipe: "open version N, or the next one, of the last turn or of turn TURN: drafts, edits, greetings"
        case .edit: "edit your last words and send them again, or edit the last answer; what was there stays"
        case .branch: "go back to turn N, or before your last words: what you say next begins a branch; the rest stays"
        case .branches: "list the branches by their last words, or open branch N with all its turns"
        case .pin: "keep turn N, or your last words, in the context; the same word lets it go"
        case .turns: "list the turns with their numbers"
        case .context: "show what is in the model's context; leave-out, summarize or refuse sets the rule"
        case .title: "name the conversation, or let the model name it"
        case .save: "write the conversation to a file: md, txt, html, json or jsonl by its ending"
        case .new: "begin another conversation with the same persona"
        case .quit: "end (also Ctrl-D)"
        }
    }

    private static let others: [String: ChatWord] = ["exit": .quit, "q": .quit, "?": .help, "h": .help]

    /// The words, and what else one can type.
    /// - Parameter columns: how wide the terminal is.
    static func helpText(columns: Int) -> String {
        let rows = allCases.map { ("/\($0.rawValue) \($0.argument)", $0.summary) }
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        let indent = String(repeating: " ", count: width)
        let list = rows.map { name, summary in
            let lines = wrapped(summary, columns: max(columns - width, 24)).joined(separator: "\n" + indent)
            return name + indent.dropFirst(name.count) + lines + "\n"
        }
        let notes = [
            "A line that ends with \\ goes on in the next one, and so does Alt-Enter; Ctrl-X opens your editor.",
            "Ctrl-C stops an answer and keeps it. Up and down bring back what you said. // sends a line that begins with /.",
        ]
        return list.joined() + "\n" + notes.flatMap { wrapped($0, columns: columns) }.joined(separator: "\n") + "\n\n"
    }

    private static func wrapped(_ text: String, columns: Int) -> [Substring] {
        WordWrap.text(text, columns: columns).split(separator: "\n")
    }

    /// What a line asks for.
    enum Line: Equatable {
        case nothing
        case say(String)
        case word(ChatWord, argument: String)
        case unknown(sentence: String)
    }

    static func read(_ text: String) -> Line {
        let trimmed = text.trimming(while: \.isWhitespace)
        guard !trimmed.isEmpty else { return .nothing }
        guard trimmed.hasPrefix("/") else { return .say(text.trimmingSuffix(while: \.isNewline)) }
        if trimmed.hasPrefix("//") { return .say(String(trimmed.dropFirst())) }
        let name = trimmed.dropFirst().prefix { !$0.isWhitespace }.lowercased()
        let argument = trimmed.dropFirst(1 + name.count).trimming(while: \.isWhitespace)
        if let word = ChatWord(rawValue: name) ?? others[name] { return .word(word, argument: argument) }
        guard name.allSatisfy({ $0.isASCII && $0.isLetter || $0 == "-" }) else { return .say(trimmed) }
        let nearest = NearestName.to(name, among: allCases.map(\.rawValue)).map { " Did you mean /\($0)?" } ?? ""
        return .unknown(
            sentence: "There is no /\(name).\(nearest) /help lists the words; // sends a line that begins with a slash."
        )
    }
}
