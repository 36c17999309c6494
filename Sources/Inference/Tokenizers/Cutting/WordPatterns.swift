// The two large families of patterns: words as in Llama 3 and Qwen, and words by case as in GPT-4o.

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`
/// `|\s*[\r\n]+|\s+(?!\S)|\s+` and its relatives.
struct WordPattern: Sendable {
    /// True if 's, 't and so on are pieces of their own.
    var cutsContractions = true
    /// The most digits in one piece.
    var digitLimit = 3
    /// The classes of a word's scalars; Qwen 3.5 includes marks.
    var letters: UnicodeClass = .letter
    /// True if line breaks belong to the signs before them.
    var signsTakeLineBreaks = true

    func match(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        if cutsContractions, text.scalars[start] == 0x27 {
            let stop = SplitPattern.contraction(text, start, end, ignoringCase: true)
            if stop > start { return stop }
        }
        let mayLead = !text.has(start, [.letter, .number]) && !text.isLineBreak(start)
        if mayLead, start + 1 < end, text.has(start + 1, letters) { return text.run(start + 1, end, letters) }
        if text.has(start, letters) { return text.run(start, end, letters) }
        if text.has(start, .number) {
            return text.run(start, digitLimit < end - start ? start + digitLimit : end, .number)
        }
        let excluded = letters.union([.whitespace, .number])
        let first = text.scalars[start] == 0x20 && start + 1 < end ? start + 1 : start
        if !text.has(first, excluded) {
            var index = text.runWithout(first, end, excluded)
            while signsTakeLineBreaks, index < end, text.isLineBreak(index) { index += 1 }
            return index
        }
        let lines = SplitPattern.spaceToLineBreak(text, start, end)
        return lines > start ? lines : SplitPattern.space(text, start, end)
    }
}

/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|…)?`
/// `|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|…)?`
/// `|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+` (GPT-4o; Tekken without the contractions).
struct CasedWordPattern: Sendable {
    var takesContractions = true
    var digitLimit = 3

    private static let capitals: UnicodeClass = [.upper, .otherLetter, .mark]
    private static let smalls: UnicodeClass = [.lower, .otherLetter, .mark]

    func match(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        let word = word(text, start, end)
        if word > start {
            guard takesContractions, word < end else { return word }
            return SplitPattern.contraction(text, word, end, ignoringCase: true)
        }
        if text.has(start, .number) {
            return text.run(start, digitLimit < end - start ? start + digitLimit : end, .number)
        }
        let excluded: UnicodeClass = [.letter, .whitespace, .number]
        let first = text.scalars[start] == 0x20 && start + 1 < end ? start + 1 : start
        if !text.has(first, excluded) {
            var index = text.runWithout(first, end, excluded)
            while index < end, text.isLineBreak(index) || text.scalars[index] == 0x2F { index += 1 }
            return index
        }
        let lines = SplitPattern.spaceToLineBreak(text, start, end)
        return lines > start ? lines : SplitPattern.space(text, start, end)
    }

    /// The first two alternatives, each tried with the leading sign and then without, as a regex engine does.
    private func word(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        let mayLead = !text.has(start, [.letter, .number]) && !text.isLineBreak(start)
        let starts = mayLead ? [start + 1, start] : [start]
        for first in starts where first < end {
            let stop = endingSmall(text, first, end)
            if stop > first { return stop }
        }
        for first in starts where first < end {
            let capitals = text.run(first, end, Self.capitals)
            if capitals > first { return text.run(capitals, end, Self.smalls) }
        }
        return start
    }

    /// `[capitals]*[smalls]+`: the capitals give back the scalars that the smalls need.
    private func endingSmall(_ text: ScalarText, _ first: Int, _ end: Int) -> Int {
        var index = text.run(first, end, Self.capitals)
        if index < end, text.has(index, Self.smalls) { return text.run(index, end, Self.smalls) }
        while index > first, !text.has(index - 1, Self.smalls) { index -= 1 }
        // The scalar before is in both classes; the next one is not a small letter, or the run would have included it.
        return index
    }
}
