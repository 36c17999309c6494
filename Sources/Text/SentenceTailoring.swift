// Our exceptions to the sentence ends of Unicode Standard Annex 29.
// - A Latin terminator needs white space behind it; a lower-case word behind any terminator continues the sentence.
// - Abbreviations, initials, list marks and numbers before months continue it.
// - The rules are the same for every language, because a draft's language is not known.

enum SentenceTailoring {
    enum Decision { case ends, continues, open }

    /// True if a line feed inside a paragraph only wraps it: a lower-case letter follows.
    static func continuesAcrossLines(_ text: SentenceText, _ index: Int) -> Bool {
        guard text.classes[index] == .lower else { return false }
        var feeds = 0
        for place in stride(from: index - 1, through: 0, by: -1) {
            if !text.scalars[place].isWhitespace { break }
            if text.scalars[place] == "\n" { feeds += 1 }
        }
        return feeds < 2
    }

    /// Markdown emphasis that closes behind a terminator.
    static func isMarkupCloser(_ scalar: Unicode.Scalar) -> Bool { scalar == "*" || scalar == "_" }

    /// True if a sentence may begin with this lower-case letter: "iPhone", or a list mark such as "b)".
    static func beginsSentence(_ text: SentenceText, _ index: Int) -> Bool {
        guard index + 1 < text.scalars.count else { return false }
        return text.classes[index + 1] == .upper || text.scalars[index + 1] == ")"
    }

    /// Judges a terminator at which the annex ends a sentence.
    /// - Parameters:
    ///   - terminator: the first of the terminators.
    ///   - next: the text behind it, without spaces.
    static func decision(
        _ text: SentenceText, terminator: Int, next: Int, isSpaced: Bool, isComplete: Bool
    ) -> Decision {
        let mark = text.scalars[terminator]
        let isLatin = mark.isASCII || mark == "\u{2026}"
        // Chinese and Japanese have no space behind "!" either.
        if isLatin, !isSpaced { return mark != "." && text.scalars[next].isHanOrKana ? .ends : .continues }
        let following = text.letters(from: next)
        if isLatin, let first = following.first, text.classes[first] == .lower, !beginsSentence(text, first) {
            // A single letter may still become "iPhone" or "b)".
            return first + 1 < text.scalars.count || isComplete ? .continues : .open
        }
        guard mark == ".", isSingle(text, terminator) else { return .ends }
        // An ellipsis, or a full stop behind a closing bracket, does not abbreviate a word.
        let word = text.word(before: terminator)
        guard !word.isEmpty else { return .ends }
        let start = text.firstLetterOrDigit(from: next)
        let next = NextWord(
            text: text.string(following), isDigit: start.map { text.scalars[$0].isDigit } ?? false,
            isComplete: isComplete || following.upperBound < text.scalars.count)
        return text.scalars[word].allSatisfy { $0.isDigit || ".,:/".unicodeScalars.contains($0) }
            ? number(text, word, next, start) : abbreviation(text, word, next)
    }

    /// The word behind a terminator, as far as it is written.
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

    /// A full stop behind a number: a list mark, an ordinal, or an end.
    private static func number(_ text: SentenceText, _ word: Range<Int>, _ next: NextWord, _ start: Int?) -> Decision {
        if word.count <= 3, text.isAtLineStart(word.lowerBound) { return .continues }
        // "am 3. 4. 2026"
        if next.isDigit, word.count <= 2, let start {
            let digits = text.scalars[start...].prefix(while: \.isDigit)
            if digits.endIndex == text.scalars.count, !next.isComplete { return .open }
            if digits.count == 4, text.word(previousTo: word.lowerBound)?.allSatisfy(\.isNumber) ?? false {
                return .continues
            }
            return digits.count <= 2 && digits.endIndex < text.scalars.count && text.scalars[digits.endIndex] == "."
                ? .continues : .ends
        }
        switch next.isOne(of: UnitWords.behindOrdinals, ignoringCase: true) {
        case .ends: return .continues
        case .open: return .open
        default: break
        }
        guard word.count <= 3, !next.isDigit, let before = text.word(previousTo: word.lowerBound),
            Abbreviations.beforeOrdinals.contains(before.lowercased())
        else { return .ends }
        // "die 2. Bundesliga", but "I am 24. The lamp"
        return next.isOne(of: Abbreviations.sentenceStarters, ignoringCase: false) ?? .continues
    }

    private static func abbreviation(_ text: SentenceText, _ word: Range<Int>, _ next: NextWord) -> Decision {
        // "will-Dr." ends like "Dr."
        if let hyphen = text.scalars[word].lastIndex(of: "-"), hyphen + 2 < word.upperBound,
            !Abbreviations.isListed(text.string(word)), abbreviation(text, hyphen + 1..<word.upperBound, next) != .ends
        {
            return .continues
        }
        let written = text.string(word)
        let lower = written.lowercased()
        if written.count == 1 { return letter(text, word, next, written) }
        let isCapitalized = text.classes[word.lowerBound] == .upper
        if Abbreviations.introducing.contains(lower) { return .continues }
        if isCapitalized, Abbreviations.introducingNames.contains(lower), !next.isDigit { return mayEnd(next) }
        if Abbreviations.beforeNumbers.contains(lower), next.isDigit {
            let isWord = Abbreviations.wordsBeforeNumbers.contains(lower) && !isCapitalized
            let isBehindNumber =
                text.word(previousTo: word.lowerBound)?.unicodeScalars.contains(where: \.isDigit) ?? false
            if !isWord || isBehindNumber { return .continues }
            return .ends
        }
        if Abbreviations.oftenLast.contains(lower) || isStreet(text, word, lower) { return oftenEnds(next) }
        if isRomanMark(text, word) { return .continues }
        guard Abbreviations.isListed(written) || Abbreviations.isDotted(written) else { return .ends }
        return mayEnd(next)
    }

    /// A single letter: a list mark, an initial, or the end of "plan B."
    private static func letter(
        _ text: SentenceText, _ word: Range<Int>, _ next: NextWord, _ written: String
    ) -> Decision {
        if text.isAtLineStart(word.lowerBound), written != "I" { return .continues }
        if text.classes[word.lowerBound] == .lower { return .continues }
        if written == "I" { return .ends }
        let before = text.word(previousTo: word.lowerBound)?.lowercased() ?? ""
        return Abbreviations.beforeLetters.contains(before) ? .ends : mayEnd(next)
    }

    /// "5 Main St.", not "meet St. Paul".
    private static func isStreet(_ text: SentenceText, _ word: Range<Int>, _ lower: String) -> Bool {
        guard Abbreviations.beforeNames.contains(lower), let before = text.word(previousTo: word.lowerBound) else {
            return false
        }
        return before.first?.isUppercase ?? false && !text.isAtLineStart(text.start(ofWordPreviousTo: word.lowerBound))
    }

    /// An abbreviation that ends a sentence if a capital follows, except before days and months.
    private static func oftenEnds(_ next: NextWord) -> Decision {
        if next.isDigit { return .continues }
        switch next.isOne(of: Abbreviations.days.union(UnitWords.months), ignoringCase: true) {
        case .ends: return .continues
        case .open: return .open
        default: return .ends
        }
    }

    /// An abbreviation that also stands at the end of sentences.
    private static func mayEnd(_ next: NextWord) -> Decision {
        next.isOne(of: Abbreviations.sentenceStarters, ignoringCase: false) ?? .continues
    }

    /// `IV.` before a paragraph.
    private static func isRomanMark(_ text: SentenceText, _ word: Range<Int>) -> Bool {
        word.count <= 4 && text.isAtLineStart(word.lowerBound)
            && text.scalars[word].allSatisfy { "IVXLivxl".unicodeScalars.contains($0) }
    }
}
