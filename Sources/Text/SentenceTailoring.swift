// Where we see the end of a sentence otherwise than Unicode Standard Annex 29.
// - A terminator of Latin needs white space behind it; a lower-case word behind any terminator continues the sentence.
// - Abbreviations, initials, list marks and numbers before months continue it.
// - The same holds whatever the language: nothing says which one a draft is in.

enum SentenceTailoring {
    enum Decision { case ends, continues, open }

    /// Whether a line feed inside a paragraph is one that only wraps it: a lower-case letter follows.
    static func continuesAcrossLines(_ text: SentenceText, _ index: Int) -> Bool {
        guard text.classes[index] == .lower else { return false }
        var feeds = 0
        for place in stride(from: index - 1, through: 0, by: -1) {
            if !text.scalars[place].isWhitespace { break }
            if text.scalars[place] == "\n" { feeds += 1 }
        }
        return feeds < 2
    }

    /// Emphasis of Markdown that closes behind a terminator.
    static func isMarkupCloser(_ scalar: Unicode.Scalar) -> Bool { scalar == "*" || scalar == "_" }

    /// What a terminator is, of which the annex says that a sentence ends.
    /// - Parameters:
    ///   - terminator: the first of the terminators.
    ///   - next: what follows it, spaces left out.
    static func decision(
        _ text: SentenceText, terminator: Int, next: Int, isSpaced: Bool, isComplete: Bool
    ) -> Decision {
        let mark = text.scalars[terminator]
        let isLatin = mark.isASCII || mark == "\u{2026}"
        if isLatin, !isSpaced { return .continues }
        let following = text.letters(from: next)
        if isLatin, let first = following.first, text.classes[first] == .lower { return .continues }
        guard mark == ".", isSingle(text, terminator) else { return .ends }
        // An ellipsis, or a full stop behind a closing bracket, abbreviates nothing.
        let word = text.word(before: terminator)
        guard !word.isEmpty else { return .ends }
        let next = NextWord(
            text: text.string(following), isDigit: text.scalars[next].isDigit,
            isComplete: isComplete || following.upperBound < text.scalars.count)
        return text.scalars[word].allSatisfy { $0.isDigit || ".,:/".unicodeScalars.contains($0) }
            ? number(text, word, next) : abbreviation(text, word, next)
    }

    /// The word behind a terminator, as far as it is there.
    private struct NextWord {
        var text: String
        var isDigit: Bool
        var isComplete: Bool

        func isOne(of words: Set<String>, ignoringCase: Bool) -> Decision? {
            if isDigit { return nil }
            let word = ignoringCase ? text.lowercased() : text
            if isComplete { return words.contains(word) ? .ends : nil }
            return words.contains { $0.hasPrefix(word) } ? .open : nil
        }
    }

    private static func isSingle(_ text: SentenceText, _ terminator: Int) -> Bool {
        terminator + 1 >= text.scalars.count || !text.classes[terminator + 1].isTerminator
    }

    /// A full stop behind a number: a list mark, an ordinal before a month, or an end.
    private static func number(_ text: SentenceText, _ word: Range<Int>, _ next: NextWord) -> Decision {
        if word.count <= 3, text.isAtLineStart(word.lowerBound) { return .continues }
        switch next.isOne(of: UnitWords.behindOrdinals, ignoringCase: true) {
        case .ends: return .continues
        case .open: return .open
        default: return .ends
        }
    }

    private static func abbreviation(_ text: SentenceText, _ word: Range<Int>, _ next: NextWord) -> Decision {
        // "will-Dr." is one as "Dr." is.
        let hyphen = text.scalars[word].lastIndex(of: "-")
        if let hyphen, hyphen + 1 < word.upperBound, !Abbreviations.isListed(text.string(word)),
            abbreviation(text, hyphen + 1..<word.upperBound, next) != .ends
        {
            return .continues
        }
        let written = text.string(word)
        let lower = written.lowercased()
        if written.count == 1 {
            if text.isAtLineStart(word.lowerBound), written != "I" { return .continues }
            if text.classes[word.lowerBound] == .lower { return .continues }
            return written == "I" ? .ends : mayEnd(next)
        }
        if Abbreviations.introducing.contains(lower) { return .continues }
        if next.isDigit, Abbreviations.beforeNumbers.contains(lower) { return .continues }
        guard Abbreviations.isListed(written) || Abbreviations.isDotted(written) || isRomanMark(text, word) else {
            return .ends
        }
        return mayEnd(next)
    }

    /// An abbreviation that also stands at the end of sentences.
    private static func mayEnd(_ next: NextWord) -> Decision {
        next.isOne(of: Abbreviations.sentenceStarters, ignoringCase: false) ?? .continues
    }

    /// `IV.` before a paragraph.
    private static func isRomanMark(_ text: SentenceText, _ word: Range<Int>) -> Bool {
        word.count <= 4 && text.isAtLineStart(word.lowerBound)
            && text.scalars[word].allSatisfy { "IVXL".unicodeScalars.contains($0) }
    }
}
