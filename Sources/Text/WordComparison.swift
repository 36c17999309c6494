// Two texts as one: what both have, and what only one of them has, word by word.
// - All pieces that are not only in the second text make up the first one exactly, and the other way round.

/// The words that two texts have in common and those in which they differ, in the order in which they are read.
public struct WordComparison: Sendable, Hashable {
    public enum Side: Sendable, Hashable {
        case both
        /// Only in the first text.
        case first
        /// Only in the second text.
        case second
    }

    /// A stretch of text; no two neighbours are of one side.
    public struct Piece: Sendable, Hashable {
        public var side: Side
        public var text: String
    }

    public private(set) var pieces: [Piece] = []

    /// Texts that differ in more words than can be compared are taken to differ from their first difference to the last.
    public init(_ first: String, _ second: String) {
        let (a, b) = (WordComparison.tokens(first), WordComparison.tokens(second))
        let (x, y) = (a.map { Array($0.utf8) }, b.map { Array($0.utf8) })
        var head = 0
        while head < min(x.count, y.count), x[head] == y[head] { head += 1 }
        var tail = 0
        while tail < min(x.count, y.count) - head, x[x.count - 1 - tail] == y[y.count - 1 - tail] { tail += 1 }
        for token in a[..<head] { add(token, .both) }
        addMiddle(Array(a[head..<a.count - tail]), Array(b[head..<b.count - tail]))
        for token in a[(a.count - tail)...] { add(token, .both) }
    }

    public var areEqual: Bool { pieces.allSatisfy { $0.side == .both } }

    /// Both texts in one, as `the [-quick-]{+slow+} fox`.
    public var marked: String {
        pieces.map { piece in
            switch piece.side {
            case .both: piece.text
            case .first: "[-\(piece.text)-]"
            case .second: "{+\(piece.text)+}"
            }
        }.joined()
    }

    private mutating func add(_ text: String, _ side: Side) {
        if let last = pieces.indices.last, pieces[last].side == side {
            pieces[last].text += text
        } else {
            pieces.append(Piece(side: side, text: text))
        }
    }

    private mutating func addMiddle(_ a: [String], _ b: [String]) {
        guard let steps = CommonSequence.steps(a.map { Array($0.utf8) }, b.map { Array($0.utf8) }) else {
            for token in a { add(token, .first) }
            for token in b { add(token, .second) }
            return
        }
        // What is gone comes before what is there instead.
        var gone: [String] = []
        var new: [String] = []
        var (i, j) = (0, 0)
        func flush(_ comparison: inout WordComparison) {
            for token in gone { comparison.add(token, .first) }
            for token in new { comparison.add(token, .second) }
            (gone, new) = ([], [])
        }
        for step in steps {
            switch step {
            case .both:
                flush(&self)
                add(a[i], .both)
                (i, j) = (i + 1, j + 1)
            case .first:
                gone.append(a[i])
                i += 1
            case .second:
                new.append(b[j])
                j += 1
            }
        }
        flush(&self)
    }

    /// A word with the spaces behind it; a wide character, such as an ideograph, stands alone.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var token = ""
        var hasSpace = false
        for character in text {
            let isWide = !character.isWhitespace && Columns.of(character) == 2
            if !token.isEmpty, isWide || (hasSpace && !character.isWhitespace) {
                tokens.append(token)
                token = ""
            }
            hasSpace = character.isWhitespace || isWide
            token.append(character)
        }
        if !token.isEmpty { tokens.append(token) }
        return tokens
    }
}
