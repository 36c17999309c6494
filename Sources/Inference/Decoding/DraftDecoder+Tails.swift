// Tails: several continuations of one draft near a hard limit, of which the best is kept.
// - A tail reports nothing before it is chosen, so the draft's reported text is never rolled back.
// - All tails are complete texts. A good one ends because the model ends it, not because the room is used up.

import Generation
import Text

extension DraftDecoder {
    /// True if the end should be planned from here, and nothing that is still open was reported.
    var isScarce: Bool { !isFinished && probe == nil && thoughts == nil && (limitRule?.isScarce ?? false) }

    /// Makes this decoder a tail: it draws from a stream of its own; a greedy one begins with another token.
    mutating func becomeTail(_ tail: Int) {
        stream.tail = tail
        sampler.stream = stream.number
        if sampler.isGreedy { skipped = (position: text.tokens.count, count: tail) }
    }

    /// Keeps the probability of an end that was drawn.
    mutating func noteEnd(_ token: TokenID, _ workspace: inout SamplingWorkspace) {
        guard request.keepsLikelihoods else { return }
        endLogProbability = workspace.alternatives(count: 0, chosen: token).chosen.logProbability
    }

    /// Rates a finished tail; the greater the better.
    /// - Parameter start: the token at which the tails part.
    func tailScore(fromToken start: Int) -> Double {
        let likelihoods = logProbabilities(fromToken: start)
        let body = text.body
        guard !body.isEmpty else { return -1000 }
        var score = likelihoods.isEmpty ? 0 : Double(likelihoods.reduce(0, +)) / Double(likelihoods.count)
        switch finishReason {
        case .stop: score += 2
        case .limit: score += endLogProbability == nil ? 0 : 1.5
        default: score -= 4
        }
        score += max(0.3 * Double(endLogProbability ?? -10), -3)
        score -= 100 * Double(rules.reduce(0) { $0 + $1.missingCount(in: body) })
        if TextEnds.danglingByteCount(body) > 0 || TextEnds.endsOnFunctionWord(body)
            || request.joinedNames.endsInside(String(decoding: body, as: UTF8.self))
        {
            score -= 4
        }
        if let limit = request.limits.characters {
            score -= 6 * max(0, 0.5 - Double(body.count) / Double(max(limit, 1)))
        }
        return score
    }
}
