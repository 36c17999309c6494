// Near a limit: the places where a text could end, and the best text so far.
// - A text that fills its room to the last character often ends on "for the". So the last words, which were not
//   reported yet, are written again a few times, until one text ends well; the best of all is taken.

import Generation
import Text

/// The endings of one draft.
struct EndingSearch {
    /// A place where the text could end, and how likely an end is there.
    struct Ending: Equatable {
        var tokenCount: Int
        var share: Float
    }

    private(set) var endings: [Ending] = []
    /// The best text of those that were written again.
    private(set) var kept: (score: Double, text: DraftText)?
    private(set) var restartCount = 0
    /// The tokens that began the last words of earlier tries, if the most likely token is always taken.
    private(set) var greedyRestarts: Set<TokenID> = []
    /// The most characters that the text may have.
    private let characterLimit: Int?

    private static let restartLimit = 4
    /// From which probability of an end on a text is not written again.
    private static let goodEnding: Float = 0.05

    init(limits: LengthLimits) { characterLimit = limits.characters }

    var last: Ending? { endings.last }
    var first: Ending? { endings.first }

    mutating func note(tokenCount: Int, share: Float) {
        guard endings.last?.tokenCount != tokenCount else { return }
        endings.append(Ending(tokenCount: tokenCount, share: share))
    }

    /// Forgets the places that what was written behind them has shown to be inside a unit.
    mutating func dropInvalid(in text: DraftText) {
        endings.removeAll {
            TextUnits.place(at: text.start(ofToken: $0.tokenCount), in: text.body, isComplete: true) != .end
        }
    }

    mutating func rollBack(toToken count: Int) { endings.removeAll { $0.tokenCount > count } }

    /// The best place to end a text, which is its end if no other is known.
    func best(in text: DraftText, missing: (ArraySlice<UInt8>) -> Int) -> (ending: Ending, score: Double) {
        let possible = endings.filter { $0.tokenCount > 0 && $0.tokenCount <= text.tokens.count }
        let scored = possible.map { ($0, score($0, in: text, missing: missing)) }
        if let best = scored.max(by: { $0.1 < $1.1 }) { return best }
        let end = Ending(tokenCount: text.tokens.count, share: 0)
        return (end, score(end, in: text, missing: missing))
    }

    /// Keeps a text that ends at a place, if it is the best so far.
    mutating func keep(_ text: DraftText, endingAt best: (ending: Ending, score: Double)) {
        guard best.ending.tokenCount > 0, kept.map({ best.score > $0.score }) ?? true else { return }
        var ended = text
        ended.truncate(tokens: best.ending.tokenCount)
        // A text that would be cut off completely is no ending.
        if TextEnds.danglingByteCount(ended.body) < ended.body.count { kept = (best.score, ended) }
    }

    /// The token from which the last words are written again; `nil` if the text ends well or was tried enough.
    func restart(_ best: Ending, in text: DraftText) -> Int? {
        guard best.share < Self.goodEnding, restartCount < Self.restartLimit, let start = first?.tokenCount,
            start < text.tokens.count, text.isUnreported(fromToken: start)
        else { return nil }
        return start
    }

    /// Takes note of a restart.
    /// - Returns: the tokens that are not written there again.
    mutating func restarted(without token: TokenID, isGreedy: Bool) -> Set<TokenID>? {
        restartCount += 1
        guard isGreedy else { return nil }
        greedyRestarts.insert(token)
        return greedyRestarts
    }

    /// How good an ending is: likely, complete, and not much shorter than there is room for.
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
