// How long a text is, in what a reader counts. This is the meaning of `LengthLimits`.
// - Whitespace before and after the text never counts.

/// The length of a text in characters, words, sentences and lines.
public struct TextLength: Sendable, Hashable {
    /// Grapheme clusters; wide ones as two where asked.
    public var characters = 0
    /// Runs of non-whitespace; each CJK character is a word of its own.
    public var words = 0
    public var sentences = 0
    /// Lines that hold text, counted by line feeds.
    public var lines = 0

    public init(of text: String, countsWideAsTwo: Bool = false) {
        let trimmed = Self.trimmed(text)
        characters = Self.characterCount(of: trimmed, countsWideAsTwo: countsWideAsTwo)
        words = Self.wordCount(of: trimmed)
        sentences = SentenceCounter.count(in: trimmed)
        lines = trimmed.unicodeScalars.split(separator: "\n").count { line in
            line.contains { ScalarClass($0) != .whitespace }
        }
    }

    static func trimmed(_ text: String) -> Substring {
        let scalars = text.unicodeScalars
        let isText: (Unicode.Scalar) -> Bool = { ScalarClass($0) != .whitespace }
        guard let first = scalars.firstIndex(where: isText), let last = scalars.lastIndex(where: isText) else {
            return ""
        }
        return text[first..<scalars.index(after: last)]
    }

    static func characterCount(of text: Substring, countsWideAsTwo: Bool) -> Int {
        guard countsWideAsTwo else { return text.count }
        return text.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
    }

    /// Whether a character takes two columns.
    static func isWide(_ character: Character) -> Bool {
        character.unicodeScalars.contains { ScalarClass.isWide($0) || $0.value == 0xFE0F }
    }

    static func wordCount(of text: Substring) -> Int {
        var words = 0
        var insideWord = false
        for scalar in text.unicodeScalars {
            if ScalarClass.isWordOnItsOwn(scalar) {
                words += 1
                insideWord = false
            } else if ScalarClass(scalar) == .whitespace {
                insideWord = false
            } else if !insideWord {
                // Marks and punctuation right after a CJK character belong to it.
                insideWord = true
                words += 1
            }
        }
        return words
    }
}
