// The name that a model may put before its own words: "Assistant: Good evening.", "**Innkeeper:** Good evening."
// - Only the name of the one who answers is a label, and only with a colon behind it; a quotation is none.

import Generation

/// Finds the label at the beginning of an answer.
struct SpeakerLabel: Sendable {
    enum Answer: Equatable {
        /// The text begins with other words.
        case none
        /// Only later text will tell.
        case open
        /// A label; the words begin behind it.
        case label(rest: String)
    }

    private static let marks: Set<Character> = ["*", "_", "#"]
    /// Names that models give themselves in transcripts.
    private static let usual = ["assistant", "助手"]
    /// In lower case.
    private let names: [String]

    /// - Parameter name: of the one who answers.
    init(name: String) {
        let own = name.lowercased()
        names = Self.usual.contains(own) ? Self.usual : [own] + Self.usual
    }

    /// Looks at the beginning of an answer.
    /// - Parameter isComplete: true if nothing follows the text.
    func find(in text: String, isComplete: Bool) -> Answer {
        let open: Answer = isComplete ? .none : .open
        var rest = text.drop { $0.isWhitespace || Self.marks.contains($0) }
        guard !rest.isEmpty else { return open }
        var isOpen = false
        for name in names {
            let beginning = rest.prefix(name.count).lowercased()
            guard beginning == name else {
                isOpen = isOpen || (rest.count < name.count && name.hasPrefix(rest.lowercased()))
                continue
            }
            rest = rest.dropFirst(name.count).drop { $0 == " " || Self.marks.contains($0) }
            guard let mark = rest.first else { return open }
            guard mark == ":" || mark == "：" else { return .none }
            let words = rest.dropFirst().drop { $0.isWhitespace || Self.marks.contains($0) }
            // "* tea" behind a label is a bullet, but a label alone says nothing yet.
            return words.isEmpty && !isComplete ? .open : .label(rest: String(words))
        }
        return isOpen ? open : .none
    }
}
