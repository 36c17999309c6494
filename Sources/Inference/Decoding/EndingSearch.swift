// Near a limit: the places where a text could end, and the best text so far.
// - If a text fills its room to the last character, it often ends on "for the". So the decoder rewrites the last words,
//   which were not reported yet, a few times until one text ends well, and takes the best of all.

import Generation
import Text

/// The possible endings of one draft.
struct EndingSearch {
    /// A place where the text could end, with the probability of an end there.
    struct Ending: Equatable {
        var tokenCount: Int
        var share: Float
    }

    private(set) var endings: [Ending] = []
    /// The best text so far, if the last words were rewritten.
    private(set) var kept: (score: Double, text: DraftText)?
    private(set) var restartCount = 0
    /// The first tokens of the last words in earlier tries, if decoding is greedy.
    private(set) var greedyRestarts: Set<TokenID> = []
    /// The limit on characters, if there is one.
    private let characterLimit: Int?

    private static let restartLimit = 4
    /// If an end is at least this likely, the last words are not rewritten.
    private static let goodEnding: Float = 0.05

    init(limits: LengthLimits) { characterLimit = limits.characters }

    var last: Ending? { endings.last }
    var first: Ending? { endings.first }

    mutating func add(tokenCount: Int, share: Float) {
        guard endings.last?.tokenCount != tokenCount else { return }
        endings.append(Ending(tokenCount: tokenCount, share: share))
    }

    /// Drops places that turned out to be inside a unit, judging by the text after them.
    mutating func dropInvalid(in text: DraftText) {
        endings.removeAll {
            TextUnits.place(at: text.start(ofToken: $0.tokenCount), in: text.body, isComplete: true) != .end
        }
    }

    mutating func rollBack(toToken count: Int) { endings.removeAll { $0.tokenCount > count } }

    /// The best place to end a text; its end if no other place is known.
    func best(in text: DraftText, missing: (ArraySlice<UInt8>) -> Int) -> (ending: Ending, score: Double) {
        let possible = endings.filter { $0.tokenCount > 0 && $0.tokenCount <= text.tokens.count }
        let scored = possible.map { ($0, score($0, in: text, missing: missing)) }
        if let best = scored.max(by: { $0.1 < $1.1 }) { return best }
        let end = Ending(tokenCount: text.tokens.count, share: 0)
        return (end, score(end, in: text, missing: missing))
    }

    /// Keeps the text up to this ending if it is the best so far.
    mutating func keep(_ text: DraftText, endingAt best: (ending: Ending, score: Double)) {
        guard best.ending.tokenCount > 0, kept.map({ best.score > $0.score }) ?? true else { return }
        var ended = text
        ended.truncate(tokens: best.ending.tokenCount)
        // If cutting dangling words would leave nothing, this is no ending.
        if TextEnds.danglingByteCount(ended.body) < ended.body.count { kept = (best.score, ended) }
    }

    /// The token from which to rewrite the last words; `nil` if the text ends well or there were enough tries.
    func restart(_ best: Ending, in text: DraftText) -> Int? {
        guard best.share < Self.goodEnding, restartCount < Self.restartLimit, let start = first?.tokenCount,
            start < text.tokens.count, text.isUnreported(fromToken: start)
        else { return nil }
        return start
    }

    /// Counts a restart.
    /// - Returns: the tokens to ban at its first position.
    mutating func restarted(without token: TokenID, isGreedy: Bool) -> Set<TokenID>? {
        restartCount += 1
        guard isGreedy else { return nil }
        greedyRestarts.insert(token)
        return greedyRestarts
    }

    /// Rates an ending: it should be likely, complete, and not much shorter than the limit.
    private func score(_ ending: Ending, in text: DraftText, missing: (ArraySlice<UInt8>) -> Int) -> Double {
        let byteCount = text.start(ofToken: ending.tokenCount)
        var score = logarithm(Double(max(ending.share, 1e-12))) + 0.15 * Double(byteCount)
        score -= 100 * Double(missing(text.body.prefix(upTo: max(text.body.startIndex, byteCount))))
        if let characterLimit {
            score -= 20 * max(0, 0.5 - Double(byteCount) / Double(max(characterLimit, 1)))
        }
        return score
    }
}
