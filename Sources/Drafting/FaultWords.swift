// The words and marks that `DraftFaults` looks at.

/// A text as words without case and marks.
enum FaultWords {
    /// Words that need another one behind them.
    static let dangling: Set<String> = [
        "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "for", "with", "by", "from", "as", "your",
        "our",
        "their", "its", "is", "are", "that", "this", "than", "into",
    ]

    /// Runs of letters and digits, with the apostrophes inside them, in lower case.
    static func of(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var apostrophe = ""
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                word += apostrophe + String(character)
                apostrophe = ""
            } else if character == "'" || character == "’", !word.isEmpty, apostrophe.isEmpty {
                apostrophe = String(character)
            } else {
                if !word.isEmpty { words.append(word) }
                word = ""
                apostrophe = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// All runs of `length` words.
    static func runs(of length: Int, in words: [String]) -> [[String]] {
        guard words.count >= length else { return [] }
        return (0...(words.count - length)).map { Array(words[$0..<($0 + length)]) }
    }

    /// How often the most frequent element occurs; 0 if there is none.
    static func mostFrequent<Element: Hashable>(_ elements: [Element]) -> Int {
        Dictionary(grouping: elements) { $0 }.values.map(\.count).max() ?? 0
    }
}

/// Marks at the ends of a text.
enum FaultMarks {
    private static let opening: Set<Character> = ["\"", "“", "«", "„", "「", "『", "'", "‘"]
    private static let closing: Set<Character> = ["\"", "”", "»", "“", "」", "』", "’", "'"]
    /// Marks that are never an apostrophe.
    private static let surelyOpening: Set<Character> = ["\"", "“", "«", "„", "「", "『"]
    private static let ends: Set<Character> = [".", "!", "?", "…", "。", "！", "？"]
    private static let labels = [
        "headline", "subject line", "subject", "title", "slogan", "tagline", "ad copy", "ad", "summary", "story",
        "description", "text", "post", "rewritten", "translation", "sure", "certainly", "here's", "here is", "here are",
    ]
    private static let labelReach = 60

    static func isQuoted(_ text: String) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        let inside = text.dropFirst().dropLast()
        if opening.contains(first), closing.contains(last), text.count > 1, !inside.contains(first) { return true }
        return surelyOpening.contains(first) && !text.dropFirst().contains(where: closing.contains)
    }

    /// True for `Headline: …`, `**Title**: …` and `Sure, here is a headline: …`.
    static func hasLabel(_ text: String) -> Bool {
        let start = text.drop { !$0.isLetter && !$0.isNumber }.lowercased()
        let word = labels.first { label in
            start.hasPrefix(label) && start.dropFirst(label.count).first.map { !$0.isLetter && !$0.isNumber } != false
        }
        guard let word else { return false }
        let reach = start.dropFirst(word.count).prefix(labelReach + 1)
        return reach.prefix { $0 != "." && $0 != "\n" }.contains(":")
    }

    /// True if a text ends with a sentence's mark, behind which quotes and brackets may follow, or with a hashtag.
    static func endsSentence(_ text: String) -> Bool {
        let closers: Set<Character> = ["\"", "”", "’", ")", "」"]
        var rest = text[...]
        while let last = rest.last, closers.contains(last) { rest.removeLast() }
        if let last = rest.last, ends.contains(last) { return true }
        return text.split(whereSeparator: \.isWhitespace).last?.hasPrefix("#") == true
    }

    /// A line cut behind the marks that end sentences, in lower case.
    static func sentences(in line: Substring) -> [String] {
        var sentences: [String] = []
        var current = ""
        for character in line.lowercased() {
            if character.isWhitespace, let last = current.last, ".!?".contains(last) {
                sentences.append(current)
                current = ""
            } else {
                current.append(character)
            }
        }
        return (sentences + [current]).map { $0.trimmingPrefix(while: \.isWhitespace).description }.filter {
            !$0.isEmpty
        }
    }
}
