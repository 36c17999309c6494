// From logits to probabilities.
// - Probabilities are finite and sum to 1 within rounding, for any logits; a banned token has 0.
// - The arithmetic comes from `Tensors`: the same bits with every instruction set.

import Generation
import Tensors

extension SamplingWorkspace {
    /// The largest logit and the first token that has it; `nil` if every token is banned.
    func peak() -> (token: TokenID, logit: Float)? {
        let logit = VectorMath.maximum(of: logits)
        guard logit > -.infinity, let index = logits.firstIndex(of: logit) else { return nil }
        return (TokenID(index), logit)
    }

    /// True if any logit is finite; usually the first one already is.
    var holdsNumbers: Bool { logits.first?.isFinite ?? false || logits.contains(where: \.isFinite) }

    /// Bans tokens whose logit is NaN.
    mutating func banNaN() {
        var hasNaN: UInt32 = 0
        for logit in logits { hasNaN |= logit == logit ? 0 : 1 }
        guard hasNaN != 0 else { return }
        for index in logits.indices where logits[index].isNaN { logits[index] = -.infinity }
    }

    /// Fills `weights` with probabilities.
    mutating func fillWeights(peak: Float, temperature: Float) {
        // Infinity minus infinity is NaN, so infinite logits share the whole weight.
        guard peak < .infinity else {
            let count = Float(logits.count { $0 == .infinity })
            weights = logits.map { $0 == .infinity ? 1 / count : 0 }
            return
        }
        weights.removeAll(keepingCapacity: true)
        weights.append(contentsOf: logits)
        VectorMath.softmax(&weights, temperature: temperature)
    }
}
