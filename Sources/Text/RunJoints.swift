// How two neighbours are joined inside a run without white space.
// - Letters and digits stay together, and so do signs that join them: "3.50", "well-kept", "a@b.c", "AT&T", "24/7".
// - A sign stays with its number, a mark with its letter, the full stop with its abbreviation.

struct RunJoints {
    private let runs: UnitRuns
    private var text: UnitText { runs.text }

    init(_ runs: UnitRuns) { self.runs = runs }

    /// How the scalars before and after an index are joined; neither is white space.
    func join(at index: Int) -> Joint {
        guard index > 0, index < text.scalars.count else { return .apart }
        let left = text.scalars[index - 1]
        let right = text.scalars[index]
        let kinds = (text.classes[index - 1], text.classes[index])
        if kinds.0 == .whitespace || kinds.1 == .whitespace { return .apart }
        if kinds.1 == .extender || left.value == 0x200D { return .joined }
        if sharesCluster(index) { return .joined }
        if isWord(index - 1), isWord(index) { return .joined }
        if kinds.0 == .standalone || kinds.1 == .standalone {
            if left.isDigit, UnitWords.countersBehindDigits.contains(right) || right.isKatakana { return .joined }
            // "24ドル": the word measures the number.
            if left.isKatakana, right.isKatakana, followsDigits(katakanaBefore: index) { return .joined }
            if right.isDigit, UnitWords.countersBeforeDigits.contains(left) { return .joined }
            if !isMark(index - 1), !isMark(index) { return .apart }
        }
        return marks(around: index)
    }

    /// True if the last run may continue behind the text's end.
    func atEnd() -> Joint {
        let end = text.scalars.count
        guard end > 0 else { return .apart }
        if text.classes[end - 1] == .standalone { return text.scalars[end - 1].isDigit ? .open : .apart }
        if isWord(end - 1) { return .open }
        let marks = marksRange(around: end)
        return marks.lowerBound == runs.run(endingAt: end).lowerBound
            || text.scalars[marks].allSatisfy { Self.joining.contains($0) } ? .open : .apart
    }

    private func isWord(_ index: Int) -> Bool {
        var index = index
        while index > 0, text.classes[index] == .extender { index -= 1 }
        return text.classes[index] == .word
    }

    private func isMark(_ index: Int) -> Bool { text.classes[index] == .punctuation }

    /// True if a grapheme cluster crosses an index.
    private func sharesCluster(_ index: Int) -> Bool {
        if text.scalars[index].isASCII, text.scalars[index - 1].isASCII { return false }
        if Columns.isRegionalIndicator(text.scalars[index]) {
            // Flags are pairs, counted from the first indicator of the row.
            let before = text.scalars[..<index].reversed().prefix { Columns.isRegionalIndicator($0) }.count
            return before % 2 == 1
        }
        let from = max(0, index - 24)
        let to = min(text.scalars.count, index + 8)
        let before = text.string(from..<index).count
        let after = text.string(index..<to).count
        return before + after > text.string(from..<to).count
    }

    /// The marks around an index, without a letter or digit between them.
    private func marksRange(around index: Int) -> Range<Int> {
        var start = index
        while start > 0, isMark(start - 1) { start -= 1 }
        var end = index
        while end < text.scalars.count, isMark(end) { end += 1 }
        return start..<end
    }

    /// Inside or beside marks.
    private func marks(around index: Int) -> Joint {
        let marks = marksRange(around: index)
        guard !marks.isEmpty else { return .apart }
        // A sign behind Han or kana belongs to the number behind it.
        let hasWordBefore =
            marks.lowerBound > 0 && isWordOrDigit(marks.lowerBound - 1)
            && text.classes[marks.lowerBound - 1] != .standalone
        let isAtEnd = marks.upperBound == text.scalars.count
        let hasWordAfter = !isAtEnd && isWordOrDigit(marks.upperBound)
        if !hasWordBefore { return hasWordAfter || isAtEnd ? prefix(marks, index) : .apart }
        if hasWordAfter { return joins(marks) ? .joined : suffix(marks, index) }
        if suffix(marks, index) == .joined { return .joined }
        let behind = isAtEnd ? .apart : WordJoints(runs).join(behind: marks.upperBound)
        if behind != .apart { return behind }
        if isAtEnd, !runs.isComplete, mayJoin(marks) || WordJoints(runs).mayJoin(runEndingAt: marks.upperBound) {
            return .open
        }
        return .apart
    }

    private func followsDigits(katakanaBefore index: Int) -> Bool {
        var start = index
        while start > 0, text.scalars[start - 1].isKatakana { start -= 1 }
        return start > 0 && text.scalars[start - 1].isDigit
    }

    private func isWordOrDigit(_ index: Int) -> Bool { isWord(index) || text.scalars[index].isLetterOrDigit }

    /// Signs before a word: "$24", "#tag", "-5".
    private func prefix(_ marks: Range<Int>, _ index: Int) -> Joint {
        guard index > marks.lowerBound else { return .apart }
        let kept = text.scalars[(index - 1)..<marks.upperBound]
        if kept.allSatisfy({ Self.prefixes.contains($0) || $0.properties.generalCategory == .currencySymbol }) {
            return .joined
        }
        // '90s
        if kept.count == 1, kept.first == "'" || kept.first == "\u{2019}", marks.upperBound < text.scalars.count,
            text.scalars[marks.upperBound].isDigit
        {
            return .joined
        }
        return kept.first == "(" && kept.count == 1 && isDigitGroup(from: marks.upperBound) ? .joined : .apart
    }

    /// `555)` or `2026)`
    private func isDigitGroup(from start: Int) -> Bool {
        var end = start
        while end < text.scalars.count, text.scalars[end].isDigit { end += 1 }
        return (1...5).contains(end - start) && end < text.scalars.count && text.scalars[end] == ")"
    }

    /// Signs behind a word: "50%", "24€", "C++", the full stop of "U.S.", the end of a URL.
    private func suffix(_ marks: Range<Int>, _ index: Int) -> Joint {
        guard index < marks.upperBound else { return .apart }
        let kept = text.scalars[marks.lowerBound...index]
        let isAfterDigit = text.scalars[marks.lowerBound - 1].isDigit
        if isAfterDigit,
            kept.allSatisfy({
                Self.digitSuffixes.contains($0) || $0.properties.generalCategory == .currencySymbol
            })
        {
            return .joined
        }
        if kept.allSatisfy({ $0 == "+" || $0 == "#" }) { return .joined }
        // "49.–": a price without cents.
        if isAfterDigit, marks.count == 2, ".,".unicodeScalars.contains(text.scalars[marks.lowerBound]),
            "-\u{2013}\u{2014}".unicodeScalars.contains(text.scalars[marks.lowerBound + 1])
        {
            return .joined
        }
        // "n° 5"
        if kept.count == 1, kept.first == "\u{B0}", isSingleLetter(before: marks.lowerBound) { return .joined }
        if kept.count == 1, kept.first?.properties.generalCategory == .currencySymbol,
            isCountry(before: marks.lowerBound)
        {
            return .joined
        }
        if kept.count == 1, kept.first == ")", isAfterDigit {
            var start = marks.lowerBound
            while start > 0, text.scalars[start - 1].isDigit { start -= 1 }
            if start > 0, text.scalars[start - 1] == "(" { return .joined }
        }
        if kept.count == 1, kept.first == ".", isAbbreviation(before: marks.lowerBound) { return .joined }
        if kept.allSatisfy({ $0 == "/" || $0 == "=" }), isAddress(at: index) { return .joined }
        return .apart
    }

    private func isSingleLetter(before end: Int) -> Bool {
        end > 0 && isWord(end - 1) && (end == 1 || !isWord(end - 2))
    }

    /// `US`, `NT` or `R` before a currency sign.
    private func isCountry(before end: Int) -> Bool {
        var start = end
        while start > 0, isWord(start - 1) { start -= 1 }
        return (1...2).contains(end - start) && text.scalars[start..<end].allSatisfy(\.properties.isUppercase)
    }

    private func isAbbreviation(before end: Int) -> Bool {
        var start = runs.run(endingAt: end).lowerBound
        while start < end, !text.scalars[start].isLetterOrDigit { start += 1 }
        let word = text.string(start..<end)
        return Abbreviations.isDotted(word) || Abbreviations.introducing.contains(word.lowercased())
            || Abbreviations.beforeNames.contains(word.lowercased())
            || Abbreviations.oftenLast.contains(word.lowercased())
            || UnitWords.behindNumbers.contains(word.lowercased() + ".") || Abbreviations.isListed(word)
            || (word.count == 1 && word.allSatisfy(\.isUppercase) && word != "I")
    }

    /// True if the marks between two words join them.
    private func joins(_ marks: Range<Int>) -> Bool {
        let scalars = text.scalars[marks]
        let areDigits = text.scalars[marks.lowerBound - 1].isDigit && text.scalars[marks.upperBound].isDigit
        if scalars.count == 1, let mark = scalars.first {
            switch mark {
            case ",", ":", "\u{2212}", "\u{D7}": return areDigits || isAddress(at: marks.lowerBound)
            case "\u{2013}", ".", "'", "\u{2019}", "-", "\u{2010}", "\u{2011}", "/", "&", "@", "_", "\u{B7}", "+", "=",
                "#",
                "\u{30FB}",
                "(", "\u{B0}", "\u{FF0E}":
                return true
            case "$", "\u{20AC}", "\u{A3}", "\u{A5}":
                return areDigits || isCountry(before: marks.lowerBound) && text.scalars[marks.upperBound].isDigit
            case "%", "*", "~", "?", "!", ";", "\\": return areDigits || isAddress(at: marks.lowerBound)
            default: return false
            }
        }
        if isAddress(at: marks.lowerBound) { return scalars.allSatisfy { Self.addressMarks.contains($0) } }
        let isDoubled = zip(scalars, scalars.dropFirst()).contains { $0 == $1 }
        if areDigits, !isDoubled,
            scalars.allSatisfy({ Self.betweenDigits.contains($0) || $0.properties.generalCategory == .currencySymbol })
        {
            return true
        }
        return !isDoubled && scalars.allSatisfy { Self.joining.contains($0) || $0 == ")" || $0 == "(" || $0 == "$" }
    }

    /// True if the marks at the end of a growing text may join what follows.
    private func mayJoin(_ marks: Range<Int>) -> Bool {
        let scalars = text.scalars[marks]
        if isAddress(at: marks.lowerBound) { return true }
        let isAfterDigit = text.scalars[marks.lowerBound - 1].isDigit
        let isDoubled = zip(scalars, scalars.dropFirst()).contains { $0 == $1 && $0 != "/" }
        return !isDoubled
            && scalars.allSatisfy { mark in
                if mark == "," || mark == "\u{D7}" || mark == "\u{2212}" { return isAfterDigit }
                return Self.joining.contains(mark) || isAfterDigit && mark.properties.generalCategory == .currencySymbol
            }
    }

    /// True if the run around an index is a URL or an e-mail address.
    private func isAddress(at index: Int) -> Bool {
        var start = index
        while start > 0, text.classes[start - 1] != .whitespace { start -= 1 }
        let run = text.string(runs.run(from: start))
        if run.contains("://") || run.contains("@") { return true }
        let core = run.drop { !$0.isLetter }
        return core.hasPrefix("www.") || (core.contains("/") && core.prefix { $0 != "/" }.contains("."))
    }

    private static let joining = Set(".,:'\u{2019}-\u{2010}\u{2011}\u{2013}/&@_\u{B7}\u{B0}".unicodeScalars)
    private static let betweenDigits = Set(".,:'\u{2019}-\u{2010}\u{2011}\u{2013}\u{2212}/\u{D7}+%".unicodeScalars)
    private static let prefixes = Set("#@+-\u{2212}~\u{2248}\u{A7}\u{2116}.<>=\u{B1}/\u{B0}".unicodeScalars)
    private static let digitSuffixes = Set("%\u{2030}\u{B0}\u{2032}\u{2033}+\u{FF05}".unicodeScalars)
    private static let addressMarks = Set("-._~:/?#[]@!$&'()*+,;=%".unicodeScalars)
}
