// SentencePiece unigram: cuts a text into tokens in the most likely way.
// - Scores are logarithms. A character that no token covers costs `unknownScore` and becomes the unknown token.
// Subword Regularization, arXiv:1804.10959, section 3; unigram_model.cc of SentencePiece.

import Generation

/// Cuts a text so that the sum of its tokens' scores is highest.
struct UnigramEncoder: Sendable {
    private let tokens: TokenTable
    private let scores: [Double]
    private let unknownScore: Double
    /// Encodes characters that no token covers: as the tokens of their bytes, or as the unknown token.
    private let fallback: ByteFallback
    /// The lengths of tokens in bytes by their first byte, ascending.
    private let lengths: [[Int]]

    init(vocabulary: Vocabulary, fallback: ByteFallback) {
        self.fallback = fallback
        let candidates: (Int) -> Bool = { index in
            switch vocabulary.type(of: TokenID(index)) {
            case .normal, .unused: true
            // With a tokenizer.json, user-defined tokens were found before, unless their rules forbid it; byte tokens
            // match by
            // name, as any other.
            case .userDefined: vocabulary.pipeline == nil
            case .byte: vocabulary.pipeline != nil
            case .undefined, .unknown, .control: false
            }
        }
        tokens = TokenTable(vocabulary.tokens, where: candidates)
        var scores: [Double] = []
        var least = Double.infinity
        var lengths = [Set<Int>](repeating: [], count: 256)
        for index in 0..<vocabulary.tokens.count {
            let type = vocabulary.type(of: TokenID(index))
            let score = vocabulary.scores.indices.contains(index) ? vocabulary.scores[index] : 0
            if type == .normal || vocabulary.pipeline != nil { least = min(least, score) }
            // A user-defined token always wins over cutting it further.
            scores.append(type == .userDefined ? 0 : score)
            if candidates(index), let first = vocabulary.tokens[index].first {
                lengths[Int(first)].insert(vocabulary.tokens[index].count)
            }
        }
        self.scores = scores
        self.lengths = lengths.map { $0.sorted() }
        unknownScore = (least.isFinite ? least : 0) - 10
    }

    /// Appends the tokens of `text`, which is already normalized.
    func encode(_ text: [UInt8], into ids: inout [TokenID]) {
        guard !text.isEmpty else { return }
        var best = [Step](repeating: Step(), count: text.count + 1)
        best[0] = Step(score: 0, start: 0)
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
                best[index + characterBytes].improve(here + unknownScore, index, -1)
            }
            index += characterBytes
        }
        var path: [(id: TokenID, range: Range<Int>)] = []
        var end = text.count
        while end > 0 {
            let step = best[end]
            // Neighbouring characters that no token covers are one piece.
            if step.isUnknown, let last = path.last, last.id < 0 {
                path[path.count - 1].range = step.start..<last.range.upperBound
            } else {
                path.append((step.isUnknown ? -1 : step.id, step.start..<end))
            }
            end = step.start
        }
        for (id, range) in path.reversed() {
            if id >= 0 { ids.append(id) } else { fallback.append(text, range, into: &ids) }
        }
    }

    private struct Step {
        var score = -Double.infinity
        var start = 0
        /// -1 if no token covers the character.
        var id: TokenID = -1

        var isUnknown: Bool { id < 0 }

        mutating func improve(_ score: Double, _ start: Int, _ id: TokenID) {
            if score > self.score { self = Step(score: score, start: start, id: id) }
        }
    }
}
