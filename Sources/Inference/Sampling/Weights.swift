// From logits to unnormalised probabilities.
// - The likeliest token has weight 1; all weights are in 0...1 and finite, whatever the logits are.
// - Only products and sums in a fixed order: the same bits on every machine.

/// Weights below exp(-40) are 0: 150,000 of them are less than a double's rounding of the sum.
private let smallestExponent: Float = -40

extension SamplingWorkspace {
    /// The largest logit and the first token that has it; `nil` if every token is banned.
    func peak() -> (token: TokenID, logit: Float)? {
        var best = -Float.infinity
        var bestIndex = -1
        for index in logits.indices where logits[index] > best {
            best = logits[index]
            bestIndex = index
        }
        return bestIndex < 0 ? nil : (TokenID(bestIndex), best)
    }

    /// Fills `weights`, as long as `logits`.
    mutating func fillWeights(peak: Float, temperature: Float) {
        if weights.count != logits.count { weights = [Float](repeating: 0, count: logits.count) }
        // Infinity minus infinity is no number: an infinite peak takes everything.
        guard peak < .infinity else {
            for index in logits.indices { weights[index] = logits[index] == .infinity ? 1 : 0 }
            return
        }
        let scale = 1 / temperature
        for index in logits.indices {
            let exponent = (logits[index] - peak) * scale
            weights[index] = exponent >= smallestExponent ? exponential(exponent) : 0
        }
    }
}

/// e to the power x for x in -40...0, within 2 units in the last place.
///
/// x = k ln 2 + r with |r| <= ln 2 / 2, then a polynomial in r (Cephes' expf coefficients), then 2^k.
@inline(__always)
func exponential(_ x: Float) -> Float {
    let rounder: Float = 12_582_912  // 1.5 * 2^23: adding it rounds to a whole number
    let k = (x * 1.442_695_04 + rounder) - rounder
    let r = (x - k * 0.693_359_375) - k * -2.121_944_40e-4
    var p: Float = 1.987_569_15e-4
    p = p * r + 1.398_199_95e-3
    p = p * r + 8.333_451_91e-3
    p = p * r + 4.166_579_59e-2
    p = p * r + 1.666_666_55e-1
    p = p * r + 5.000_000_12e-1
    let mantissa = p * (r * r) + r + 1
    return mantissa * Float(bitPattern: UInt32(truncatingIfNeeded: Int32(k) &+ 127) << 23)
}
