// SentencePiece byte-pair encoding: joins neighbouring pieces, the best-scored token first.
// - Spaces are written as U+2581; a character that is not a token becomes the tokens of its bytes.
// - If no token has a space after another character, each word is joined alone: the result is the same, the heap small.
// SentencePiece, arXiv:1808.06226; bpe_model.cc of its source.

import Generation

/// Joins characters to tokens by the scores of the tokens.
struct SentencePieceEncoder: Sendable {
    let tokens: TokenTable
    let scores: [Float]
    let fallback: ByteFallback
    let words: WordBounds

    /// Appends the tokens of `text`, whose spaces are already escaped.
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
            // Skip a pair if one of its sides has been joined to another since: an empty piece, or another end.
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

/// The places at which a text may be cut without changing its tokens.
struct WordBounds: Sendable {
    /// True if no token has a space after another character, so that no token spans two words.
    let endAtSpaces: Bool

    /// For a vocabulary of which nothing is known.
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

    /// Calls `body` with the words of `text[range]`, each with the spaces before it.
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
