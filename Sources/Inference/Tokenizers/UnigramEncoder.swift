// SentencePiece unigram: of all ways to cut a text into tokens, the likeliest.
// - Scores are logarithms; a character that no token covers costs `unknownScore` and becomes the unknown token.
// Subword Regularization, arXiv:1804.10959, section 3; unigram_model.cc of SentencePiece.

/// Cuts a text where the sum of its tokens' scores is highest.
struct UnigramEncoder: Sendable {
    private let tokens: TokenTable
    private let scores: [Double]
    private let unknownID: TokenID
    private let unknownScore: Double
    /// Lengths in bytes that tokens have, by their first byte, ascending.
    private let lengths: [[Int]]

    init(vocabulary: Vocabulary) {
        let candidates: (Int) -> Bool = { index in
            switch vocabulary.type(of: TokenID(index)) {
            case .normal, .userDefined, .unused: true
            case .undefined, .unknown, .control, .byte: false
            }
        }
        tokens = TokenTable(vocabulary.tokens, where: candidates)
        var scores: [Double] = []
        var least = Float.infinity
        var lengths = [Set<Int>](repeating: [], count: 256)
        for index in 0..<vocabulary.tokens.count {
            let type = vocabulary.type(of: TokenID(index))
            let score = vocabulary.scores.indices.contains(index) ? vocabulary.scores[index] : 0
            if type == .normal { least = min(least, score) }
            // Tokens that a user defined always win over cutting them further.
            scores.append(type == .userDefined ? 0 : Double(score))
            if candidates(index), let first = vocabulary.tokens[index].first {
                lengths[Int(first)].insert(vocabulary.tokens[index].count)
            }
        }
        self.scores = scores
        self.lengths = lengths.map { $0.sorted() }
        unknownID = vocabulary.unknownID ?? 0
        unknownScore = Double((least.isFinite ? least : 0) - 10)
    }

    /// Appends the tokens of `text`, normalized already.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        guard !text.isEmpty else { return }
        var best = [Step](repeating: Step(), count: text.count + 1)
        best[0] = Step(score: 0, start: 0, id: unknownID)
        var index = 0
        while index < text.count {
            let characterBytes = UTF8Step(text, at: index, end: text.count).length
            var coversCharacter = false
            let here = best[index].score
            tokens.forEachPrefix(text, at: index, lengths: lengths[Int(text[index])]) { id, length in
                if length == characterBytes { coversCharacter = true }
                best[index + length].improve(here + scores[Int(id)], index, id)
            }
            if !coversCharacter {
                best[index + characterBytes].improve(here + unknownScore, index, unknownID)
            }
            index += characterBytes
        }
        var path: [TokenID] = []
        var end = text.count
        while end > 0 {
            // Unknown characters in a row are one unknown token.
            if best[end].id != unknownID || path.last != unknownID { path.append(best[end].id) }
            end = best[end].start
        }
        ids.append(contentsOf: path.reversed())
    }

    private struct Step {
        var score = -Double.infinity
        var start = 0
        var id: TokenID = 0

        mutating func improve(_ score: Double, _ start: Int, _ id: TokenID) {
            if score > self.score { self = Step(score: score, start: start, id: id) }
        }
    }
}
