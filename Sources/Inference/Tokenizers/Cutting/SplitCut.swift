// Turns the matches of a pattern and the text between them into pieces.

/// One cut of a pre-tokenizer.
struct SplitCut: Sendable {
    /// Named as in tokenizer.json.
    enum Behavior: String, Sendable {
        /// Matches are pieces of their own.
        case isolated = "Isolated"
        /// Matches are dropped.
        case removed = "Removed"
        case mergedWithPrevious = "MergedWithPrevious"
        case mergedWithNext = "MergedWithNext"
        /// Neighbouring matches are one piece.
        case contiguous = "Contiguous"
    }

    var pattern: SplitPattern
    var behavior = Behavior.isolated
    /// True if the text between the pattern's matches is to be treated as the match.
    var isInverted = false

    /// Cuts a text by each cut in turn.
    static func pieces(_ text: ScalarText, by cuts: [SplitCut]) -> [Range<Int>] {
        var pieces = text.count > 0 ? [0..<text.count] : []
        for cut in cuts {
            var parts: [Range<Int>] = []
            parts.reserveCapacity(max(pieces.count, text.count / 4))
            for piece in pieces { cut.cut(text, piece, into: &parts) }
            pieces = parts
        }
        return pieces
    }

    private func cut(_ text: ScalarText, _ piece: Range<Int>, into pieces: inout [Range<Int>]) {
        if case .isolated = behavior { return forEachPart(text, piece) { part, _ in pieces.append(part) } }
        var parts: [(range: Range<Int>, isMatch: Bool)] = []
        forEachPart(text, piece) { parts.append(($0, $1 != isInverted)) }
        switch behavior {
        case .isolated, .removed: pieces += parts.filter { !$0.isMatch }.map(\.range)
        case .contiguous: Self.merge(parts, into: &pieces) { $0 == $1 }
        // A match after a match stays alone.
        case .mergedWithPrevious: Self.merge(parts, into: &pieces) { !$0 && $1 }
        case .mergedWithNext: Self.merge(parts, into: &pieces) { $0 && !$1 }
        }
    }

    /// Joins neighbours for which `belong` is true. In a row of matches only the one beside other text joins it.
    private static func merge(
        _ parts: [(range: Range<Int>, isMatch: Bool)], into pieces: inout [Range<Int>],
        where belong: (Bool, Bool) -> Bool
    ) {
        for (index, part) in parts.enumerated() {
            if index > 0, let last = pieces.last, belong(parts[index - 1].isMatch, part.isMatch) {
                pieces[pieces.count - 1] = last.lowerBound..<part.range.upperBound
            } else {
                pieces.append(part.range)
            }
        }
    }

    /// Calls `body` with the matches and the text between them, in order and without empty parts.
    func forEachPart(_ text: ScalarText, _ piece: Range<Int>, _ body: (Range<Int>, Bool) -> Void) {
        if case .expression(let expression) = pattern { return forEachPart(text, piece, expression, body) }
        var gap = piece.lowerBound
        var index = gap
        while index < piece.upperBound {
            let stop = pattern.match(text, index, piece.upperBound)
            if stop == index {
                index += 1
                continue
            }
            if gap < index { body(gap..<index, false) }
            body(index..<stop, true)
            gap = stop
            index = stop
        }
        if gap < index { body(gap..<index, false) }
    }

    /// An expression may have an empty match; the text is cut there.
    private func forEachPart(
        _ text: ScalarText, _ piece: Range<Int>, _ expression: RegularExpression, _ body: (Range<Int>, Bool) -> Void
    ) {
        var effort = RegularExpression.Effort(count: piece.count)
        var gap = piece.lowerBound
        var index = gap
        while index < piece.upperBound, !effort.isSpent {
            guard let stop = expression.match(text, index, in: piece, &effort) else {
                index += 1
                continue
            }
            if gap < index { body(gap..<index, false) }
            if stop > index { body(index..<stop, true) }
            gap = stop
            index = max(stop, index + 1)
        }
        if gap < piece.upperBound { body(gap..<piece.upperBound, false) }
    }
}
