// The processors that drop tokens, each in the terms of its source.
// - All work on the remaining candidates; none leaves an empty set.

import Generation

extension Candidates {
    /// Drops tokens less likely than `minP` times the most likely one. arXiv:2407.01082.
    mutating func applyMinP(_ minP: Float) {
        guard let most = weights.max() else { return }
        let likeliest = weights.firstIndex(of: most)
        keep { place, weight in weight >= minP * most || place == likeliest }
    }

    /// Drops tokens with a probability below `least`, except the most likely one. arXiv:2210.15191, section 4.
    mutating func applyCutoff(_ least: Float) {
        guard let most = weights.max() else { return }
        let cut = Double(least) * totalWeight
        let likeliest = weights.firstIndex(of: most)
        keep { place, weight in Double(weight) >= cut || place == likeliest }
    }

    /// `applyCutoff` at epsilon or at sqrt(epsilon) * exp(-entropy in nats), whichever is less, so that an even
    /// distribution keeps more tokens. Eta sampling, arXiv:2210.15191, section 4.
    mutating func applyEntropyCutoff(_ epsilon: Float) {
        let total = totalWeight
        let entropy = weights.reduce(0.0) { $0 - Double($1) / total * logarithm(Double($1) / total) }
        applyCutoff(min(epsilon, epsilon.squareRoot() * Float(exponential(-entropy))))
    }

    /// Keeps the tokens whose surprise is nearest to the expected one, up to a share. arXiv:2202.00666.
    mutating func applyTypical(_ share: Float) {
        let total = totalWeight
        let surprises = weights.map { -logarithm(Double($0) / total) }
        var entropy = 0.0
        for (weight, surprise) in zip(weights, surprises) { entropy += Double(weight) / total * surprise }
        let distances = surprises.map { abs($0 - entropy) }
        let ids = ids
        reorder { left, right in
            distances[left] != distances[right] ? distances[left] < distances[right] : ids[left] < ids[right]
        }
        keepShare(share)
    }

    /// If two or more tokens have at least `threshold`, drops all of them except the least likely.
    ///
    /// Exclude Top Choices, text-generation-webui pull request 6335; the caller tosses the coin.
    mutating func applyExclusion(threshold: Float) {
        let total = totalWeight
        let likely = (0..<count).filter { Double(weights[$0]) / total >= Double(threshold) }
        guard likely.count >= 2 else { return }
        let spared = likely.min { left, right in
            weights[left] != weights[right] ? weights[left] < weights[right] : ids[left] > ids[right]
        }
        let excluded = Set(likely)
        keep { place, _ in place == spared || !excluded.contains(place) }
    }

    /// Keeps the tokens whose surprise in bits is at most `bits`. Mirostat 2, arXiv:2007.14966, algorithm 2.
    mutating func applySurpriseLimit(bits: Float) {
        let total = totalWeight
        let likeliest = weights.max().flatMap { weights.firstIndex(of: $0) }
        keep { place, weight in -logarithm(Double(weight) / total) / logarithm(2) <= Double(bits) || place == likeliest
        }
    }

    /// The surprise of a token among the candidates, in bits.
    func surpriseBits(of token: TokenID) -> Float {
        guard let place = ids.firstIndex(of: token) else { return 0 }
        return Float(-logarithm(Double(weights[place]) / totalWeight) / logarithm(2))
    }
}

extension SamplingWorkspace {
    /// Drops tokens further below the peak than `factor` standard deviations of all logits. arXiv:2411.07641.
    mutating func dropBelowSigma(_ factor: Float, peak: Float) {
        var sum = 0.0
        var count = 0.0
        for logit in logits where logit.isFinite {
            sum += Double(logit)
            count += 1
        }
        guard count > 0 else { return }
        let mean = sum / count
        var squares = 0.0
        for logit in logits where logit.isFinite { squares += (Double(logit) - mean) * (Double(logit) - mean) }
        let threshold = peak - factor * Float((squares / count).squareRoot())
        for index in logits.indices where logits[index] < threshold { weights[index] = 0 }
    }

    /// The entropy of the distribution at temperature 1, relative to that of an even one; 0 to 1. arXiv:2309.02772.
    mutating func relativeEntropy(peak: Float) -> Float {
        fillWeights(peak: peak, temperature: 1)
        var weighted = 0.0
        var count = 0.0
        var most: Float = 0
        for index in weights.indices where weights[index] > 0 {
            weighted += Double(weights[index]) * Double(logits[index] - peak)
            most = max(most, weights[index])
            count += 1
        }
        guard count > 1, weighted.isFinite else { return 0 }
        // ln p = logit - peak + ln p(peak)
        let entropy = -weighted - logarithm(Double(most))
        return Float(min(max(entropy / logarithm(count), 0), 1))
    }
}
