// Matches the regular expressions in tokenizer.json files that no scanner implements, by backtracking.
// - A program has few kinds of steps. Choices to return to are in a list, so long texts need no deep stack.
// - Work is bounded: an expression that backtracks too much gives up, and the rest of the text stays one piece.
// The dialect is Oniguruma's, which Hugging Face's tokenizers use.

/// A compiled expression.
struct RegularExpression: Sendable {
    enum Step: Sendable {
        case one(ExpressionClass)
        /// As many scalars of the class as possible, at least `least`; gives some back unless it is possessive.
        case run(ExpressionClass, least: Int, most: Int, Greed)
        case jump(Int)
        /// Continues at the first step; the second is tried if that fails.
        case either(Int, Int)
        case look(Program, isAhead: Bool, wanted: Bool)
        case atomic(Program)
        case boundary(Boundary)
        case end
    }

    enum Greed: Sendable { case greedy, lazy, possessive }

    enum Boundary: Sendable { case lineStart, lineEnd, textStart, textEnd, lastLineEnd, word, noWord }

    struct Program: Sendable {
        var steps: [Step]
        /// The length of every match in scalars, if all are equal; look-behind needs it.
        var length: Int?
    }

    let program: Program
    /// As it was written.
    let source: String

    /// The remaining work for one text.
    struct Effort {
        private(set) var steps: Int

        /// - Parameter count: scalars of the text.
        init(count: Int) { steps = 100_000 + (count > 1 << 40 ? count : 1000 * count) }

        var isSpent: Bool { steps <= 0 }

        mutating func spend(_ steps: Int = 1) { self.steps -= steps }
    }

    /// The end of the match that begins at `start`; nil if there is none.
    /// - Parameter piece: the part of the text that the expression sees; anchors match at its ends.
    func match(_ text: ScalarText, _ start: Int, in piece: Range<Int>, _ effort: inout Effort) -> Int? {
        Self.run(program, text, start, piece, &effort)
    }

    /// A choice to return to: a step, and the places in the text to try it at, from the last to the first.
    private struct Choice {
        var step: Int
        var index: Int
        var last: Int
    }

    private static func run(
        _ program: Program, _ text: ScalarText, _ start: Int, _ piece: Range<Int>, _ effort: inout Effort
    ) -> Int? {
        var choices: [Choice] = []
        var step = 0
        var index = start
        while true {
            effort.spend()
            guard !effort.isSpent else { return nil }
            var matches = true
            switch program.steps[step] {
            case .one(let set):
                matches = index < piece.upperBound && set.contains(text, index)
                index += 1
                step += 1
            case .run(let set, let least, let most, let greed):
                var end = index
                let limit = most < piece.upperBound - index ? index + most : piece.upperBound
                let wanted = greed == .lazy ? min(limit, index + least) : limit
                while end < wanted, set.contains(text, end) { end += 1 }
                effort.spend(end - index)
                matches = end - index >= least
                step += 1
                guard matches else { break }
                let first = index + least
                index = end
                if greed == .greedy, end > first { choices.append(Choice(step: step, index: end - 1, last: first)) }
                if greed == .lazy, end < limit { choices.append(Choice(step: step - 1, index: -end - 1, last: limit)) }
            case .jump(let target): step = target
            case .either(let first, let second):
                choices.append(Choice(step: second, index: index, last: index))
                step = first
            case .look(let inner, let isAhead, let wanted):
                let from = isAhead ? index : index - (inner.length ?? 0)
                let found = from >= piece.lowerBound ? run(inner, text, from, piece, &effort) : nil
                matches = (isAhead ? found != nil : found == index) == wanted
                step += 1
            case .atomic(let inner):
                let end = run(inner, text, index, piece, &effort)
                matches = end != nil
                index = end ?? index
                step += 1
            case .boundary(let boundary):
                matches = holds(boundary, text, index, piece)
                step += 1
            case .end: return index
            }
            if matches { continue }
            // Backtrack: a lazy run (a negative place) takes one more scalar, a greedy one gives one back.
            var found = false
            while let choice = choices.popLast() {
                if choice.index < 0 {
                    let end = -choice.index - 1
                    guard case .run(let set, _, _, _) = program.steps[choice.step], set.contains(text, end) else {
                        continue
                    }
                    if end + 1 < choice.last {
                        choices.append(Choice(step: choice.step, index: -(end + 1) - 1, last: choice.last))
                    }
                    (step, index, found) = (choice.step + 1, end + 1, true)
                } else {
                    if choice.index > choice.last {
                        choices.append(Choice(step: choice.step, index: choice.index - 1, last: choice.last))
                    }
                    (step, index, found) = (choice.step, choice.index, true)
                }
                break
            }
            if !found { return nil }
        }
    }

    private static func holds(_ boundary: Boundary, _ text: ScalarText, _ index: Int, _ piece: Range<Int>) -> Bool {
        func isFeed(_ index: Int) -> Bool { text.scalars[index] == 0x0A }
        func isWord(_ index: Int) -> Bool { piece.contains(index) && ExpressionClass.word.contains(text, index) }
        switch boundary {
        // A line begins after a line feed, unless the feed ends the text.
        case .lineStart: return index == piece.lowerBound || index < piece.upperBound && isFeed(index - 1)
        case .lineEnd: return index == piece.upperBound || isFeed(index)
        case .textStart: return index == piece.lowerBound
        case .textEnd: return index == piece.upperBound
        case .lastLineEnd: return index == piece.upperBound || index + 1 == piece.upperBound && isFeed(index)
        case .word: return isWord(index - 1) != isWord(index)
        case .noWord: return isWord(index - 1) == isWord(index)
        }
    }
}

/// A set of scalars as expressions describe them.
indirect enum ExpressionClass: Sendable {
    case ranges([ClosedRange<UInt32>])
    case kinds(UnicodeClass)
    case category(Unicode.GeneralCategory)
    case alphabetic
    case union([ExpressionClass])
    case both(ExpressionClass, ExpressionClass)
    case other(ExpressionClass)
    /// With precomputed answers for the first 128 scalars.
    case prepared(ExpressionClass, UInt64, UInt64)

    static let word = ExpressionClass.union([
        .alphabetic, .kinds(.mark), .category(.decimalNumber), .category(.connectorPunctuation),
    ]).prepared

    /// The same set, fast for ASCII.
    var prepared: ExpressionClass {
        var bits: [UInt64] = [0, 0]
        for scalar in UInt32(0)..<128 where contains(scalar, UnicodeClass.of(scalar)) {
            bits[Int(scalar >> 6)] |= 1 << UInt64(scalar & 63)
        }
        return .prepared(self, bits[0], bits[1])
    }

    @inline(__always)
    func contains(_ text: ScalarText, _ index: Int) -> Bool {
        contains(text.scalars[index], UnicodeClass(rawValue: text.classes[index]))
    }

    func contains(_ scalar: UInt32, _ kinds: UnicodeClass) -> Bool {
        switch self {
        case .prepared(let set, let low, let high):
            if scalar < 64 { return low >> UInt64(scalar) & 1 == 1 }
            if scalar < 128 { return high >> UInt64(scalar - 64) & 1 == 1 }
            return set.contains(scalar, kinds)
        case .ranges(let ranges): return ranges.contains { $0.contains(scalar) }
        case .kinds(let wanted): return !kinds.isDisjoint(with: wanted)
        case .category(let category): return Unicode.Scalar(scalar)?.properties.generalCategory == category
        case .alphabetic: return Unicode.Scalar(scalar)?.properties.isAlphabetic ?? false
        case .union(let sets): return sets.contains { $0.contains(scalar, kinds) }
        case .both(let first, let second): return first.contains(scalar, kinds) && second.contains(scalar, kinds)
        case .other(let set): return !set.contains(scalar, kinds)
        }
    }
}
