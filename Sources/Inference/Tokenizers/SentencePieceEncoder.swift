// SentencePiece byte-pair encoding: joins neighbouring pieces, the best-scored token first.
// - Spaces are written as U+2581; a character that is no token becomes its bytes' tokens.
// - Where no token has a space behind something else, words are joined one by one: the same result, from small heaps.
// SentencePiece, arXiv:1808.06226; bpe_model.cc of its source.

/// Joins characters to tokens by the tokens' scores.
struct SentencePieceEncoder: Sendable {
    let tokens: TokenTable
    let scores: [Float]
    let fallback: ByteFallback
    let words: WordBounds

    /// Appends the tokens of `text`, whose spaces are escaped already.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        words.forEachWord(text, 0..<text.count) { encode(text, $0, into: &ids) }
    }

    private func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [TokenID]) {
        var starts: [Int] = []
        var index = range.lowerBound
        while index < range.upperBound {
            starts.append(index)
            index += UTF8Step(text, at: index, end: range.upperBound).length
        }
        guard !starts.isEmpty else { return }
        let count = starts.count
        var ends = Array(starts.dropFirst()) + [range.upperBound]
        let chain = SymbolChain(count: count)
        var next = chain.next
        var previous = chain.previous
        var heap = BinaryHeap<Candidate>()

        func push(_ left: Int, _ right: Int) {
            guard left >= 0, right < count, let id = tokens.find(text, starts[left]..<ends[right]) else { return }
            let score = Int(id) < scores.count ? scores[Int(id)] : 0
            heap.push(Candidate(score: score, left: left, end: ends[right]))
        }
        for index in 1..<max(count, 1) { push(index - 1, index) }
        while let candidate = heap.pop() {
            let left = candidate.left
            // Out of date where a side was joined to another since: an empty piece, or another end.
            guard ends[left] > starts[left], next[left] < count, ends[next[left]] == candidate.end,
                starts[left] < candidate.end
            else { continue }
            let right = next[left]
            ends[left] = candidate.end
            ends[right] = starts[right]
            next[left] = next[right]
            if next[right] < count { previous[next[right]] = left }
            push(previous[left], left)
            push(left, next[left])
        }
        var piece = 0
        while piece < count {
            let range = starts[piece]..<ends[piece]
            if let id = tokens.find(text, range) {
                ids.append(id)
            } else {
                fallback.append(text, range, into: &ids)
            }
            piece = next[piece]
        }
    }

    private struct Candidate: Comparable {
        var score: Float
        var left: Int
        var end: Int

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.score != b.score ? a.score > b.score : a.left < b.left
        }
    }
}

/// Where a text may be cut without changing its tokens.
struct WordBounds: Sendable {
    /// Whether no token has a space behind something else, so that none reaches from one word into the next.
    let endAtSpaces: Bool

    /// A text of which nothing is known.
    static let none = WordBounds(endAtSpaces: false)

    private init(endAtSpaces: Bool) { self.endAtSpaces = endAtSpaces }

    init(tokens: ByteStrings) {
        let mark = SpaceEscaping.mark
        let buffer = tokens.buffer
        endAtSpaces = (0..<tokens.count).allSatisfy { index in
            let range = tokens.range(index)
            guard range.count > mark.count else { return true }
            var isInWord = false
            var place = range.lowerBound
            while place < range.upperBound {
                let isMark =
                    buffer[place] == mark[0] && range.upperBound - place >= 3 && buffer[place + 1] == mark[1]
                    && buffer[place + 2] == mark[2]
                if isMark, isInWord { return false }
                isInWord = !isMark
                place += isMark ? 3 : 1
            }
            return true
        }
    }

    /// Calls `body` with the words of `text[range]`, each with the spaces in front of it.
    func forEachWord(_ text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        guard endAtSpaces else { return body(range) }
        let mark = SpaceEscaping.mark
        var start = range.lowerBound
        var isInWord = false
        var index = start
        while index < range.upperBound {
            let isMark =
                text[index] == mark[0] && range.upperBound - index >= 3 && text[index + 1] == mark[1]
                && text[index + 2] == mark[2]
            if isMark, isInWord {
                body(start..<index)
                start = index
            }
            isInWord = !isMark
            index += isMark ? 3 : 1
        }
        if start < range.upperBound { body(start..<range.upperBound) }
    }
}

/// The tokens `<0x00>` to `<0xFF>` for bytes of characters that are no tokens.
struct ByteFallback: Sendable {
    private let ids: [TokenID?]
    private let unknownID: TokenID?

    /// - Parameter isUsed: false where bytes are no tokens, whatever names tokens have.
    init(tokens: TokenTable, unknownID: TokenID?, isUsed: Bool = true) {
        let digits = Array("0123456789ABCDEF".utf8)
        ids = (0..<256).map { byte in
            guard isUsed else { return nil }
            return tokens.find(Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8))
        }
        self.unknownID = unknownID
    }

    /// Appends the byte tokens of a text; the unknown token where the vocabulary lacks one of them.
    /// - Parameter unlessUnknown: leaves the unknown token out, as the one before it stands for this text too.
    /// - Returns: whether the text is unknown.
    @discardableResult
    func append(
        _ bytes: [UInt8], _ range: Range<Int>, into tokens: inout [TokenID], unlessUnknown isFused: Bool = false
    ) -> Bool {
        let found = bytes[range].compactMap { ids[Int($0)] }
        if found.count == range.count {
            tokens.append(contentsOf: found)
            return false
        }
        if let unknownID, !isFused { tokens.append(unknownID) }
        return true
    }

    /// The byte that a token's text `<0xXX>` names.
    static func byte(of text: ArraySlice<UInt8>) -> UInt8? {
        guard text.count == 6, text.starts(with: Array("<0x".utf8)), text.last == UInt8(ascii: ">") else {
            return nil
        }
        return UInt8(String(decoding: text.dropFirst(3).dropLast(), as: UTF8.self), radix: 16)
    }
}
