// The model's own probabilities at a position, before its logits are changed.

import Generation
import Tensors

/// The most likely tokens of one position, and the token that was written there.
struct PositionAlternatives: Sendable, Equatable {
    /// Natural logarithms of the model's probabilities.
    struct Entry: Sendable, Equatable {
        var token: TokenID
        var logProbability: Float
    }

    /// The most likely first.
    var likeliest: [Entry] = []
    var chosen: Entry
}

extension SamplingWorkspace {
    /// Keeps the current logits for `alternatives`.
    mutating func keepModelLogits() {
        banNaN()
        modelLogits.removeAll(keepingCapacity: true)
        modelLogits.append(contentsOf: logits)
    }

    /// The most likely tokens by the kept logits; this reuses the draw's buffers.
    mutating func alternatives(count: Int, chosen: TokenID) -> PositionAlternatives {
        if count > 0 {
            weights.removeAll(keepingCapacity: true)
            weights.append(contentsOf: modelLogits)
            VectorMath.softmax(&weights)
            candidates.takeLikeliest(min(count, modelLogits.count), of: weights)
        }
        let normalizer = VectorMath.logSumExp(modelLogits)
        func entry(_ token: TokenID) -> PositionAlternatives.Entry {
            let logit = modelLogits.indices.contains(Int(token)) ? modelLogits[Int(token)] : -.infinity
            return .init(token: token, logProbability: min(logit - normalizer, 0))
        }
        return PositionAlternatives(likeliest: count > 0 ? candidates.ids.map(entry) : [], chosen: entry(chosen))
    }
}
