// Notes behind a text that speak of the text: "Note: …", "Let me know if …", "(28 characters)".
// - A note is everything from its first line to the end of the text, except for a count in brackets, which may stand on
//   the text's own last line.
// - The first line of a text is never a note.

/// Finds a note at the end of a text.
public enum TrailingNote {
    /// The byte at which the note begins; for a growing text also the byte from which its end may become a note.
    public static func start(in text: ArraySlice<UInt8>, isComplete: Bool) -> Int? {
        let count = countStart(in: text, isComplete: isComplete)
        guard let line = noteLine(in: text, isComplete: isComplete) else { return count }
        return min(line, count ?? line)
    }

    /// How a line begins.
    public enum Beginning: Sendable, Equatable {
        case text
        /// More text may make it a note.
        case open
        /// - Parameter isCertain: true if such a line is never part of a text.
        case note(isCertain: Bool)
    }

    /// Looks at the beginning of a line.
    public static func beginning(ofLine line: ArraySlice<UInt8>, isComplete: Bool) -> Beginning {
        let lower = String(decoding: line.prefix(120), as: UTF8.self).lowercased()
        let words = lower.drop { $0 == " " || $0 == "*" || $0 == "_" }
        guard !words.isEmpty else { return isComplete ? .text : .open }
        if words.allSatisfy({ $0 == "-" }) {
            return words.count >= 3 ? .note(isCertain: false) : isComplete ? .text : .open
        }
        var isOpen = false
        for note in TidyWords.notes {
            if words.hasPrefix(note) {
                let isLabel = note.hasSuffix(":") || note.hasSuffix("：") || note.hasPrefix("this ")
                return .note(isCertain: !isLabel)
            }
            if !isComplete, note.hasPrefix(words) { isOpen = true }
        }
        return isOpen ? .open : .text
    }

    /// The first line from which on every paragraph is a note.
    private static func noteLine(in text: ArraySlice<UInt8>, isComplete: Bool) -> Int? {
        var start: Int?
        var isAfterBlank = false
        var lineStart = text.startIndex
        while lineStart < text.endIndex {
            let lineEnd = text[lineStart...].firstIndex(of: 0x0A) ?? text.endIndex
            let line = text[lineStart..<lineEnd]
            let isBlank = line.allSatisfy(UTF8Text.isASCIIWhitespace)
            if !isBlank, lineStart > text.startIndex {
                let isLast = lineEnd == text.endIndex
                switch beginning(ofLine: line, isComplete: isComplete || !isLast) {
                case .note, .open: start = start ?? lineStart
                // The further lines of a paragraph belong to its note; another paragraph is text again.
                case .text: if isAfterBlank { start = nil }
                }
            }
            isAfterBlank = isBlank
            lineStart = lineEnd + 1
        }
        return start
    }

    /// The beginning of a count of characters or words in brackets at the end, or of a line that is only that.
    public static func countStart(in text: ArraySlice<UInt8>, isComplete: Bool) -> Int? {
        let tail = text.suffix(64)
        guard let open = tail.lastIndex(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "[") }),
            open > text.startIndex
        else { return nil }
        let inner = String(decoding: tail[(open + 1)...], as: UTF8.self).lowercased()
        guard !inner.isEmpty else { return isComplete ? nil : open }
        let isClosed = inner.hasSuffix(")") || inner.hasSuffix("]")
        let words = inner.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        guard let number = words.first, number.allSatisfy(\.isNumber) else { return nil }
        guard words.count > 1 else { return isClosed || isComplete ? nil : open }
        let isUnit = TidyWords.countUnits.contains(words[1])
        if isUnit, isClosed || !isComplete && !inner.contains(where: { $0 == ")" || $0 == "]" }) { return open }
        let mayBecome = words.count == 2 && TidyWords.countUnits.contains { $0.hasPrefix(words[1]) }
        return !isComplete && !isClosed && mayBecome ? open : nil
    }
}
