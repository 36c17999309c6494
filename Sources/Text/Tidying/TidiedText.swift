// Takes off a complete text what is not the text: quotation marks around it, labels, preambles, notes, Markdown.
// - Only the beginning and the end change. A quotation inside the text stays, also one at its beginning or end.
// - If nothing would be left, nothing is taken off.

/// A text without what stood around it.
public struct TidiedText: Sendable, Equatable {
    public private(set) var text: String
    /// What was taken off, each kind once, in the order in which it was found.
    public private(set) var removed: [TidiedPart] = []

    /// - Parameter text: a complete text.
    /// - Parameter allowed: parts of the text that stay.
    public init(_ text: String, allowing allowed: TextOpening.Allowed = .init()) {
        let bytes = Array(text.utf8)
        let (range, removed) = Self.range(in: bytes[...], allowing: allowed)
        self.text = removed.isEmpty ? text : String(decoding: bytes[range], as: UTF8.self)
        self.removed = removed
        closeMarkdown(in: text)
    }

    /// The bytes of the text itself.
    public static func range(
        in bytes: ArraySlice<UInt8>, allowing allowed: TextOpening.Allowed = .init()
    ) -> (range: Range<Int>, removed: [TidiedPart]) {
        var rest = trimmed(bytes)
        var removed: [TidiedPart] = []
        // A label may stand in quotation marks in Markdown, and each may hide the next.
        for _ in 0..<8 {
            guard let (shorter, part) = shorter(rest, allowing: allowed), hasText(shorter) else { break }
            rest = shorter
            if !removed.contains(part) { removed.append(part) }
        }
        return removed.isEmpty ? (bytes.startIndex..<bytes.endIndex, []) : (rest.startIndex..<rest.endIndex, removed)
    }

    private static func shorter(
        _ text: ArraySlice<UInt8>, allowing allowed: TextOpening.Allowed
    ) -> (ArraySlice<UInt8>, TidiedPart)? {
        if !allowed.parts.contains(.note), let end = TrailingNote.start(in: text, isComplete: true),
            end > text.startIndex
        {
            return (trimmed(text[..<end]), .note)
        }
        if case .decoration(let part, let end) = TextOpening.of(text, isComplete: true, allowing: allowed) {
            let rest = text[min(end, text.endIndex)...]
            switch part {
            case .quotes: if let inside = unquoted(text, behindMark: rest) { return (inside, part) }
            case .markdown: return (unmarked(text, behindMark: rest), part)
            case .label, .preamble, .note: return (trimmed(rest), part)
            }
        }
        if !allowed.parts.contains(.quotes), let count = StrayQuote.byteCount(atEndOf: text) {
            return (trimmed(text.dropLast(count)), .quotes)
        }
        return nil
    }

    /// The text between its quotation marks, or behind one that is never closed; `nil` if the quotation is only the text's
    /// beginning.
    private static func unquoted(_ text: ArraySlice<UInt8>, behindMark rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let open = String(decoding: text.prefix(4), as: UTF8.self).first,
            let closers = OpeningText.closers[open]
        else { return nil }
        let inner = String(decoding: rest, as: UTF8.self)
        let closings = inner.indices.filter { index in
            guard closers.contains(inner[index]) else { return false }
            let next = inner.index(after: index)
            let isApostrophe = inner[index] == "'" || inner[index] == "’"
            return !(isApostrophe && next < inner.endIndex && inner[next].isLetter)
        }
        guard let close = closings.first else { return trimmed(rest) }
        let behind = inner[inner.index(after: close)...]
        guard behind.allSatisfy({ [".", ",", "!", "?", "。", " ", "*", "_"].contains($0) }) else {
            return nil
        }
        // `Buy tea".` keeps its full stop only if there is none before the mark.
        let inside = rest.prefix(inner[..<close].utf8.count)
        return trimmed(inside)
    }

    /// The text without Markdown at its beginning, and without the same marks at its end.
    private static func unmarked(_ text: ArraySlice<UInt8>, behindMark rest: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let mark = text.prefix { $0 == text.first }
        guard text.first != UInt8(ascii: "#"), text.first != UInt8(ascii: ">"), rest.count > mark.count,
            rest.suffix(mark.count).elementsEqual(mark)
        else { return trimmed(rest) }
        return trimmed(rest.dropLast(mark.count))
    }

    /// Takes off the mark that closes what a removed mark opened: of "**Tea** for all" both.
    private mutating func closeMarkdown(in original: String) {
        guard removed.contains(.markdown), let mark = TextLength.trimmed(original).first,
            mark == "*" || mark == "_" || mark == "`"
        else { return }
        let run = String(repeating: mark, count: TextLength.trimmed(original).prefix { $0 == mark }.count)
        guard text.ranges(of: run).count % 2 == 1, let closing = text.firstRange(of: run) else { return }
        text.removeSubrange(closing)
    }

    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text.drop(while: UTF8Text.isASCIIWhitespace)
        while let (scalar, count) = UTF8Text.lastScalar(rest), scalar.isWhitespace { rest = rest.dropLast(count) }
        return rest
    }

    private static func hasText(_ text: ArraySlice<UInt8>) -> Bool {
        String(decoding: text, as: UTF8.self).unicodeScalars.contains {
            $0.isLetterOrDigit || ScalarClass($0) == .standalone
        }
    }
}

/// A closing quotation mark at the end of a text that closes nothing.
public enum StrayQuote {
    private static let pairs: [(open: Set<Character>, close: Character)] = [
        (["“", "„"], "”"), (["«"], "»"), (["「"], "」"), (["『"], "』"), (["‹"], "›"),
    ]

    /// The bytes of the mark at the end of a text; `nil` if there is none or if it closes something.
    public static func byteCount(atEndOf text: ArraySlice<UInt8>) -> Int? {
        guard let (scalar, count) = UTF8Text.lastScalar(text), isCloser(scalar) else { return nil }
        let string = String(decoding: text, as: UTF8.self)
        let mark = Character(scalar)
        if mark == "\"" || mark == "`" {
            guard string.count(where: { $0 == mark }) % 2 == 1 else { return nil }
            // The inches of a 6" pipe.
            let before = string.dropLast().last
            return mark == "\"" && (before?.isNumber ?? false) ? nil : count
        }
        guard let pair = pairs.first(where: { $0.close == mark }) else { return nil }
        let opened = string.count { pair.open.contains($0) }
        return opened < string.count(where: { $0 == mark }) ? count : nil
    }

    private static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
        ["\"", "`", "”", "»", "」", "』", "›"].contains(Character(scalar))
    }
}
