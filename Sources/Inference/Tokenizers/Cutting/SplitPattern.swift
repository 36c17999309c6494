// The patterns that cut a text before pairs are merged, as scanners instead of regular expressions.
// - A pattern finds the end of a match that begins at a given place. Text that no match covers stays one piece.
// - A scanner never looks outside start..<end, as if a regular expression ran on that piece alone.
// The expressions are those of the models' own tokenizer.json; each is quoted at its scanner.

/// One way of cutting; a pre-tokenizer applies several in turn.
enum SplitPattern: Sendable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
    case words(WordPattern)
    case casedWords(CasedWordPattern)
    case markedWords
    /// `\p{N}{1,limit}`
    case numbers(limit: Int)
    /// `[0-9][0-9][0-9]`
    case digitTriples
    /// `[set]+`
    case run(ScalarSet)
    /// `\s?[set]+`
    case spacedRun(ScalarSet)
    /// `[set]`
    case one(ScalarSet)
    /// `\s+$`
    case trailingSpace
    /// `[^\n]+|[\n]+`
    case lines
    /// ` ?[^set]+`
    case spacedRunWithout(ScalarSet)
    /// Exactly this text.
    case literal([UInt32])
    /// Any other expression.
    case expression(RegularExpression)

    /// The end of the match that begins at `start`; `start` itself if there is none.
    func match(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        switch self {
        case .gpt2: return Self.matchGPT2(text, start, end)
        case .words(let pattern): return pattern.match(text, start, end)
        case .casedWords(let pattern): return pattern.match(text, start, end)
        case .markedWords: return Self.matchMarkedWords(text, start, end)
        case .numbers(let limit):
            return text.run(start, limit < end - start ? start + limit : end, .number)
        case .digitTriples:
            let isTriple = end - start >= 3 && (0..<3).allSatisfy { 0x30...0x39 ~= text.scalars[start + $0] }
            return isTriple ? start + 3 : start
        case .run(let set): return Self.run(text, start, end, set)
        case .spacedRun(let set):
            // If the next scalar is in the set, the run takes the space too; the space may also be in the set itself.
            if text.has(start, .whitespace), start + 1 < end, set.contains(text, start + 1) {
                return Self.run(text, start + 1, end, set)
            }
            return Self.run(text, start, end, set)
        case .one(let set): return set.contains(text, start) ? start + 1 : start
        case .trailingSpace:
            let stop = text.run(start, end, .whitespace)
            return stop == end ? stop : start
        case .lines:
            let isFeed = text.scalars[start] == 0x0A
            var index = start
            while index < end, (text.scalars[index] == 0x0A) == isFeed { index += 1 }
            return index
        case .spacedRunWithout(let set):
            var index = start
            if text.scalars[start] == 0x20, start + 1 < end, !set.contains(text, start + 1) { index += 1 }
            let first = index
            while index < end, !set.contains(text, index) { index += 1 }
            return index > first ? index : start
        case .literal(let wanted):
            return text.scalars[start..<end].starts(with: wanted) ? start + wanted.count : start
        // `SplitCut` runs expressions, because they may look at the text before them.
        case .expression: return start
        }
    }

    private static func run(_ text: ScalarText, _ start: Int, _ end: Int, _ set: ScalarSet) -> Int {
        var index = start
        while index < end, set.contains(text, index) { index += 1 }
        return index
    }

    private static func matchGPT2(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        if text.scalars[start] == 0x27 {
            let stop = contraction(text, start, end, ignoringCase: false)
            if stop > start { return stop }
        }
        let first = text.scalars[start] == 0x20 && start + 1 < end ? start + 1 : start
        if text.has(first, .letter) { return text.run(first, end, .letter) }
        if text.has(first, .number) { return text.run(first, end, .number) }
        if !text.has(first, .whitespace) {
            return text.runWithout(first, end, [.whitespace, .letter, .number])
        }
        return space(text, start, end)
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe: the end of the match, or `start`.
    static func contraction(_ text: ScalarText, _ start: Int, _ end: Int, ignoringCase: Bool) -> Int {
        func letter(_ index: Int) -> UInt32 {
            guard index < end else { return 0 }
            let scalar = text.scalars[index]
            // U+017F, the long s, is an s if case is ignored.
            if ignoringCase, scalar == 0x17F { return 0x73 }
            return ignoringCase && 0x41...0x5A ~= scalar ? scalar + 0x20 : scalar
        }
        guard text.scalars[start] == 0x27 else { return start }
        switch (UInt8(truncatingIfNeeded: letter(start + 1)), letter(start + 1) < 0x80) {
        case (UInt8(ascii: "s"), true), (UInt8(ascii: "t"), true), (UInt8(ascii: "m"), true),
            (UInt8(ascii: "d"), true):
            return start + 2
        case (UInt8(ascii: "r"), true), (UInt8(ascii: "v"), true):
            return letter(start + 2) == 0x65 ? start + 3 : start
        case (UInt8(ascii: "l"), true):
            return letter(start + 2) == 0x6C ? start + 3 : start
        default: return start
        }
    }

    /// `\s+(?!\S)|\s+`: a run of whitespace, without its last scalar if something follows that it may lead.
    static func space(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        let stop = text.run(start, end, .whitespace)
        return stop < end && stop - start > 1 ? stop - 1 : stop
    }

    /// `\s*[\r\n]+`: a run of whitespace up to its last line break; `start` if it has none.
    static func spaceToLineBreak(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        var index = text.run(start, end, .whitespace)
        while index > start, !text.isLineBreak(index - 1) { index -= 1 }
        return index
    }

    /// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*``
    /// `|\s*[\r\n]+|\s+(?!\S)|\s+` (DeepSeek 3).
    private static func matchMarkedWords(_ text: ScalarText, _ start: Int, _ end: Int) -> Int {
        let marked: UnicodeClass = [.letter, .mark]
        let signs: UnicodeClass = [.punctuation, .symbol]
        let scalar = text.scalars[start]
        if scalar < 0x80, text.has(start, signs), start + 1 < end, isASCIILetter(text.scalars[start + 1]) {
            var index = start + 1
            while index < end, isASCIILetter(text.scalars[index]) { index += 1 }
            return index
        }
        let mayLead = !text.has(start, [.letter, .punctuation, .symbol]) && !text.isLineBreak(start)
        if mayLead, start + 1 < end, text.has(start + 1, marked) { return text.run(start + 1, end, marked) }
        if text.has(start, marked) { return text.run(start, end, marked) }
        let first = scalar == 0x20 && start + 1 < end ? start + 1 : start
        if text.has(first, signs) {
            var index = text.run(first, end, signs)
            while index < end, text.isLineBreak(index) { index += 1 }
            return index
        }
        let lines = spaceToLineBreak(text, start, end)
        return lines > start ? lines : space(text, start, end)
    }

    private static func isASCIILetter(_ scalar: UInt32) -> Bool {
        0x41...0x5A ~= scalar || 0x61...0x7A ~= scalar
    }
}
