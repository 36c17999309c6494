// Phrases found in a text as it grows.
// - Texts are compared in composed form (NFC), and by full case folding if case does not matter.
// - A match begins and ends with characters of the text, whatever their bytes.

/// Finds the first of several phrases, and the end of the text that could still become one.
public struct PhraseFinder: Sendable {
    private let phrases: [[Unicode.Scalar]]
    private let folding: Bool
    private let wholeWords: Bool
    /// The length of the longest phrase in scalars of its composed form; 0 if there is none.
    private let longest: Int

    public var isEmpty: Bool { longest == 0 }

    /// - Parameters:
    ///   - folding: True if upper and lower case are equal.
    ///   - wholeWords: True if a match must not continue a word or a number: "24,99" is not in "24,995".
    public init(_ texts: [String], folding: Bool = false, wholeWords: Bool = false) {
        phrases = texts.map { CanonicalText($0, folding: folding).scalars }.filter { !$0.isEmpty }
        longest = phrases.map(\.count).max() ?? 0
        self.folding = folding
        self.wholeWords = wholeWords
    }

    /// The bytes of the earliest match.
    /// - Parameters:
    ///   - newCount: how many bytes at the end were not searched before.
    ///   - isComplete: True if nothing follows the text; if false, a word at its end may continue.
    public func firstMatch(
        in text: ArraySlice<UInt8>, newCount: Int, isComplete: Bool = true
    ) -> Range<Int>? {
        guard longest > 0 else { return nil }
        let canonical = CanonicalText(tail(of: text, byteCount: newCount), folding: folding)
        let scalars = canonical.scalars
        for start in scalars.indices {
            for phrase in phrases where start + phrase.count <= scalars.count {
                guard scalars[start..<(start + phrase.count)].elementsEqual(phrase) else { continue }
                let end = start + phrase.count
                if wholeWords, !isWhole(start..<end, in: scalars, isComplete: isComplete) { continue }
                return canonical.starts[start]..<byteEnd(end, in: canonical)
            }
        }
        return nil
    }

    /// The byte from which the end of the text could become a match.
    public func possibleStart(in text: ArraySlice<UInt8>) -> Int? {
        guard longest > 0 else { return nil }
        let canonical = CanonicalText(tail(of: text, byteCount: 0), folding: folding)
        let scalars = canonical.scalars
        for start in scalars.indices.suffix(longest) {
            let end = scalars[start...]
            if phrases.contains(where: { isBeginning(end, of: $0) }) { return canonical.starts[start] }
        }
        return nil
    }

    /// The end of the text that holds every match with new bytes in it.
    private func tail(of text: ArraySlice<UInt8>, byteCount: Int) -> ArraySlice<UInt8> {
        // A scalar of folded text takes at most four bytes, and stands for at most three decomposed scalars.
        var start = max(text.startIndex, text.endIndex - byteCount - 12 * longest - 32)
        while start > text.startIndex, start < text.endIndex, text[start] & 0xC0 == 0x80 { start -= 1 }
        return text[start...]
    }

    private func byteEnd(_ end: Int, in canonical: CanonicalText) -> Int {
        var index = end
        while index < canonical.scalars.count, canonical.starts[index] == canonical.starts[end - 1] { index += 1 }
        return canonical.starts[index]
    }

    /// True if a text is a proper beginning of a phrase; its last letter may lack its marks.
    private func isBeginning(_ text: ArraySlice<Unicode.Scalar>, of phrase: [Unicode.Scalar]) -> Bool {
        guard let last = text.last, text.count <= phrase.count,
            text.dropLast().elementsEqual(phrase.prefix(text.count - 1))
        else { return false }
        let expected = phrase[text.count - 1]
        if last == expected { return text.count < phrase.count }
        return !expected.isASCII
            && CanonicalText.decomposition(of: expected).starts(with: CanonicalText.decomposition(of: last))
    }

    private func isWhole(_ range: Range<Int>, in scalars: [Unicode.Scalar], isComplete: Bool) -> Bool {
        guard let first = range.first, let last = range.last else { return false }
        if continues(scalars[first]), range.lowerBound > 0 {
            let before = scalars[..<range.lowerBound]
            if let mark = before.last, continues(mark) { return false }
            if scalars[first].isDigit, joinsDigits(before.last, before.dropLast().last) { return false }
        }
        guard continues(scalars[last]) else { return true }
        let after = scalars[range.upperBound...]
        guard let next = after.first else { return isComplete }
        if continues(next) || ScalarClass(next) == .extender { return false }
        guard scalars[last].isDigit, Self.digitMarks.contains(next) else { return true }
        guard let behind = after.dropFirst().first else { return isComplete }
        return !behind.isDigit
    }

    private func continues(_ scalar: Unicode.Scalar) -> Bool { ScalarClass(scalar) == .word }

    private func joinsDigits(_ mark: Unicode.Scalar?, _ digit: Unicode.Scalar?) -> Bool {
        guard let mark, let digit else { return false }
        return Self.digitMarks.contains(mark) && digit.isDigit
    }

    private static let digitMarks = Set(".,:/'\u{2019}".unicodeScalars)
}
