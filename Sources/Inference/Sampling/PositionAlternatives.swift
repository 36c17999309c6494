// What a model thought of a position, before anything was done to its logits.

import Generation
import Tensors

/// The likeliest tokens of one position, and the one that was written there.
struct PositionAlternatives: Sendable, Equatable {
    /// Natural logarithms of the model's probabilities.
    struct Entry: Sendable, Equatable {
        var token: TokenID
        var logProbability: Float
    }

    /// Likeliest first.
    var likeliest: [Entry] = []
    var chosen: Entry
}

extension SamplingWorkspace {
    /// Keeps the logits as they are now for `alternatives`.
    mutating func keepModelLogits() {
        banNaN()
        modelLogits.removeAll(keepingCapacity: true)
        modelLogits.append(contentsOf: logits)
    }

    /// The likeliest tokens by the logits that were kept; the draw's own buffers are used for it.
    mutating func alternatives(count: Int, chosen: TokenID) -> PositionAlternatives {
        weights.removeAll(keepingCapacity: true)
        weights.append(contentsOf: modelLogits)
        VectorMath.softmax(&weights)
        candidates.takeLikeliest(min(count, modelLogits.count), of: weights)
        let normalizer = VectorMath.logSumExp(modelLogits)
        func entry(_ token: TokenID) -> PositionAlternatives.Entry {
            let logit = modelLogits.indices.contains(Int(token)) ? modelLogits[Int(token)] : -.infinity
            return .init(token: token, logProbability: min(logit - normalizer, 0))
        }
        return PositionAlternatives(likeliest: candidates.ids.map(entry), chosen: entry(chosen))
    }
}
