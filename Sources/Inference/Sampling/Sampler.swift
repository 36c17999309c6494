// Draws one token from the logits of a position.
// - The order: bias, bans, penalties, temperature, top-n-sigma, top-k, top-p, min-p, typical, epsilon, eta, XTC,
//   mirostat, draw.
// - A draw depends only on logits, options, the tokens so far and (seed, variant, position, attempt, stream).
// - The sampler works on token ids and never sees text.

import Generation
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The facts about a vocabulary that the sampler needs.
struct SamplerTokens: Sendable {
    /// Tokens that end a text.
    var ends: Set<TokenID> = []
    /// Tokens that end a run for the DRY penalty.
    var runBreakers: Set<TokenID> = []
}

/// The chain of processors on logits for one variant.
struct Sampler {
    let options: SamplingOptions
    let variant: Int
    let special: SamplerTokens
    /// The random stream; see `PhiloxRandom`.
    var stream: UInt32
    private let random: PhiloxRandom
    /// Mirostat's running limit on surprise, in bits, before each position.
    private var surpriseLimits: [Float]

    init(options: SamplingOptions, seed: UInt64, variant: Int, special: SamplerTokens = .init(), stream: UInt32 = 0) {
        self.options = options
        self.variant = variant
        self.special = special
        self.stream = stream
        random = PhiloxRandom(seed: seed)
        surpriseLimits = [2 * options.mirostatTau]
    }

    /// True if the sampler always takes the most likely token.
    var isGreedy: Bool { !(options.temperature > 0) }

    /// Applies bias, bans and penalties: all changes to logits, once for each position.
    /// - Parameters:
    ///   - tokens: prompt and answer so far.
    ///   - position: how many of them belong to the answer.
    func adjust(
        _ workspace: inout SamplingWorkspace, tokens: ArraySlice<TokenID>, position: Int
    ) {
        workspace.banNaN()
        for (token, bias) in options.logitBias where workspace.logits.indices.contains(token) {
            // As in the API that the option comes from, the lowest bias is a ban.
            workspace.logits[token] = bias <= -100 ? -.infinity : workspace.logits[token] + bias
        }
        if position < options.minTokens { for token in special.ends { workspace.ban(token) } }
        workspace.applyPenalties(options, window: tokens)
        if options.dryMultiplier > 0 {
            workspace.applyRunPenalty(
                multiplier: options.dryMultiplier, base: options.dryBase, allowedLength: options.dryAllowedLength,
                breakers: special.runBreakers, tokens: tokens)
        }
    }

    /// Draws a token from adjusted logits; `nil` if all are banned.
    /// - Parameter attempt: counts the draws at one position, so that each has its own random number.
    mutating func draw(_ workspace: inout SamplingWorkspace, position: Int, attempt: Int) -> TokenID? {
        guard let peak = workspace.peak() else { return nil }
        if isGreedy { return peak.token }
        let temperature = temperature(workspace: &workspace, peak: peak.logit)
        workspace.fillWeights(peak: peak.logit, temperature: temperature)
        let uniforms = random.uniforms(variant: variant, position: position, attempt: attempt, stream: stream)
        guard options.mirostat != 2 else {
            return drawWithSurpriseLimit(&workspace, position: position, uniform: uniforms.draw)
        }
        truncate(&workspace, peak: peak.logit, coin: uniforms.coin)
        return workspace.candidates.draw(uniform: uniforms.draw)
    }

    private func truncate(_ workspace: inout SamplingWorkspace, peak: Float, coin: Double) {
        if options.topNSigma > 0 { workspace.dropBelowSigma(options.topNSigma, peak: peak) }
        let share = max(options.topP, 0)
        if options.topK > 0 {
            workspace.candidates.takeLikeliest(options.topK, of: workspace.weights)
            if share < 1 { workspace.candidates.keepShare(share) }
        } else if share < 1 {
            workspace.candidates.takeShare(share, of: workspace.weights)
        } else {
            let cut = options.minP > 0 ? options.minP * VectorMath.maximum(of: workspace.weights) : 0
            workspace.candidates.takeAll(of: workspace.weights, atLeast: cut)
        }
        if options.minP > 0 { workspace.candidates.applyMinP(options.minP) }
        if options.typicalP < 1 { workspace.candidates.applyTypical(max(options.typicalP, 0)) }
        if options.epsilonCutoff > 0 { workspace.candidates.applyCutoff(options.epsilonCutoff) }
        if options.etaCutoff > 0 { workspace.candidates.applyEntropyCutoff(options.etaCutoff) }
        if options.xtcProbability > 0, coin < Double(options.xtcProbability) {
            workspace.candidates.applyExclusion(threshold: options.xtcThreshold)
        }
    }

    /// The fixed temperature, or one that follows the distribution's entropy.
    private func temperature(workspace: inout SamplingWorkspace, peak: Float) -> Float {
        guard options.dynamicTemperatureRange > 0 else { return min(options.temperature, 1000) }
        let entropy = workspace.relativeEntropy(peak: peak)
        let low = max(options.temperature - options.dynamicTemperatureRange, 0.01)
        let high = min(options.temperature + options.dynamicTemperatureRange, 1000)
        return low + (high - low) * powf(entropy, options.dynamicTemperatureExponent)
    }

    private mutating func drawWithSurpriseLimit(
        _ workspace: inout SamplingWorkspace, position: Int, uniform: Double
    ) -> TokenID? {
        // If a position is drawn again, it starts from the limit it had the first time.
        surpriseLimits.removeLast(max(surpriseLimits.count - position - 1, 0))
        let limit = surpriseLimits.last ?? 2 * options.mirostatTau
        workspace.candidates.takeAll(of: workspace.weights)
        workspace.candidates.applySurpriseLimit(bits: limit)
        guard let token = workspace.candidates.draw(uniform: uniform) else { return nil }
        let surprise = workspace.candidates.surpriseBits(of: token)
        surpriseLimits.append(limit - options.mirostatEta * (surprise - options.mirostatTau))
        return token
    }
}

/// The natural logarithm of the C library. It only decides which tokens typical-p and mirostat keep.
func logarithm(_ x: Double) -> Double { log(x) }

/// e to the power of `x`, by the C library. It only decides which tokens eta sampling keeps.
func exponential(_ x: Double) -> Double { exp(x) }
