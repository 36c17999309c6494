// The merges of a SentencePiece vocabulary, which has scores instead.
// - A merge is made for each way to cut a token into two others, best first, as transformers derives them
//   (`generate_merges`): by score, then by the lengths of both parts, longer ones first.
// - Signals and byte tokens are not made of others, so that a text cannot become one.

import Generation

/// A merge: the ids of two tokens whose texts together are a third.
struct DerivedMerges {
    struct Merge {
        var left: TokenID
        var right: TokenID
    }

    private struct Candidate {
        var merge: Merge
        var score: Double
        /// In characters.
        var leftLength: Int
        var rightLength: Int
    }

    /// - Parameters:
    ///   - tokens: their texts, with ▁ for spaces.
    ///   - scores: of each token; the highest is merged first.
    ///   - isMerged: for each token, true if it may be a part of a merge or its result.
    static func list(_ tokens: ByteStrings, scores: [Double], isMerged: @escaping (Int) -> Bool) -> [Merge] {
        let table = TokenTable(tokens, where: isMerged)
        let buffer = tokens.buffer
        var candidates: [Candidate] = []
        for index in 0..<tokens.count where isMerged(index) && scores.indices.contains(index) {
            let range = tokens.range(index)
            let starts = range.filter { buffer[$0] & 0xC0 != 0x80 }
            var own: [Candidate] = []
            for (length, cut) in starts.enumerated().dropFirst() {
                guard let left = table.find(buffer, range.lowerBound..<cut),
                    let right = table.find(buffer, cut..<range.upperBound)
                else { continue }
                own.append(
                    Candidate(
                        merge: Merge(left: left, right: right), score: scores[index], leftLength: length,
                        rightLength: starts.count - length))
            }
            candidates += own.sorted { ($0.merge.left, $0.merge.right) < ($1.merge.left, $1.merge.right) }
        }
        // The sort must keep the order of equals, so the place is the last key.
        let order = candidates.indices.sorted { one, other in
            let (a, b) = (candidates[one], candidates[other])
            return (-a.score, -a.leftLength, -a.rightLength, one) < (-b.score, -b.leftLength, -b.rightLength, other)
        }
        return order.map { candidates[$0].merge }
    }
}
