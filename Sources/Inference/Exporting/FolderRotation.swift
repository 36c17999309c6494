// How config.json describes a model's rotation (RoPE): `rope_parameters`, as transformers 5 reads them.
// - GGUF files hold Llama 3's stretching as divisors of the frequencies. The numbers that give these divisors are
//   looked for; if there are none, the divisors themselves are written, which LongRoPE takes.
// Keys as transformers' modeling_rope_utils.py reads them.

import Foundation

/// Makes the parameters of one model.
struct FolderRotation {
    let configuration: ModelConfiguration
    let factors: (short: [Float]?, long: [Float]?)

    /// The parameters of layers without a window, `rope_theta` last.
    func parameters() -> [WrittenJSON.Member] {
        var members = scaling() ?? WrittenJSON.members(["rope_type": .text("default")])
        if configuration.rotatedWidth < configuration.headWidth {
            members.set(
                "partial_rotary_factor",
                .number(Double(configuration.rotatedWidth) / Double(configuration.headWidth)))
        }
        members.set("rope_theta", .number(Float(configuration.rotationBase)))
        return members
    }

    /// The parameters without the base; nil if the rotation is not stretched.
    private func scaling() -> [WrittenJSON.Member]? {
        let magnitude = configuration.rotationMagnitude
        switch configuration.rotationScaling {
        case .none:
            guard let divisors = factors.short else {
                return magnitude == 1 ? nil : divided(by: ones, magnitude: magnitude)
            }
            let fitted = Self.llama3(
                divisors.map(Double.init), base: configuration.rotationBase, width: configuration.rotatedWidth)
            if magnitude == 1, let fitted { return fitted }
            return divided(by: divisors, magnitude: magnitude)
        case .linear(let factor):
            guard factors.short == nil, magnitude == 1 else {
                return divided(by: (factors.short ?? ones).map { $0 * Float(factor) }, magnitude: magnitude)
            }
            return WrittenJSON.members(["rope_type": .text("linear"), "factor": .number(Float(factor))])
        case .yarn(let yarn):
            guard factors.short == nil else {
                let stretched = yarn.divisors(base: configuration.rotationBase, width: configuration.rotatedWidth)
                return divided(
                    by: zip(factors.short ?? ones, stretched).map { $0 * Float($1) }, magnitude: magnitude)
            }
            return WrittenJSON.members([
                "rope_type": .text("yarn"), "factor": .number(Float(yarn.factor)),
                "original_max_position_embeddings": .whole(yarn.originalLength),
                "beta_fast": .number(Float(yarn.fastTurns)), "beta_slow": .number(Float(yarn.slowTurns)),
                "attention_factor": .number(magnitude), "truncate": .truth(yarn.roundsOutwards),
            ])
        case .longFactors(let originalLength):
            return long(
                short: factors.short ?? ones, long: factors.long ?? ones, magnitude: magnitude,
                originalLength: originalLength)
        }
    }

    private var ones: [Float] { Array(repeating: 1, count: configuration.rotatedWidth / 2) }

    private func divided(by divisors: [Float], magnitude: Double) -> [WrittenJSON.Member] {
        long(
            short: divisors, long: divisors, magnitude: magnitude, originalLength: configuration.contextLength)
    }

    private func long(
        short: [Float], long: [Float], magnitude: Double, originalLength: Int
    ) -> [WrittenJSON.Member] {
        let factor = Double(configuration.contextLength) / Double(max(originalLength, 1))
        return WrittenJSON.members([
            "rope_type": .text("longrope"), "factor": .number(max(factor, 1)),
            "original_max_position_embeddings": .whole(originalLength), "attention_factor": .number(magnitude),
            "short_factor": .list(short.map { .number($0) }), "long_factor": .list(long.map { .number($0) }),
        ])
    }

    // MARK: Llama 3

    /// Llama 3's numbers for these divisors; nil if no such numbers give them. `low_freq_factor` is 1, because another
    /// one with the other numbers in proportion means the same.
    /// - Parameter width: rotated columns of a head.
    static func llama3(_ divisors: [Double], base: Double, width: Int) -> [WrittenJSON.Member]? {
        guard let factor = divisors.last, factor > 1 else { return nil }
        let lengths = divisors.indices.map { index in
            2 * Double.pi * pow(base, 2 * Double(index) / Double(width))
        }
        // Between the two bounds the share of the unchanged frequency is original / length / (high - low) - low /
        // (high - low).
        let between = divisors.indices.filter { divisors[$0] > 1.000_1 && divisors[$0] < factor * 0.999_9 }
        func share(_ index: Int) -> Double { (1 / divisors[index] - 1 / factor) / (1 - 1 / factor) }
        // Every known model has the factors 1 and 4.
        var candidates: [(original: Double, high: Double)] = between.map { ((1 + 3 * share($0)) * lengths[$0], 4) }
        if let last = divisors.lastIndex(where: { $0 <= 1.000_1 }) { candidates.append((4 * lengths[last] + 1, 4)) }
        if let first = between.first, let last = between.last, first < last {
            let slope = (share(first) - share(last)) / (1 / lengths[first] - 1 / lengths[last])
            let offset = slope / lengths[first] - share(first)
            if offset > 0 { candidates.append((slope / offset, 1 + 1 / offset)) }
        }
        for candidate in candidates {
            guard candidate.original >= 1, candidate.original <= 16_777_216 else { continue }
            let original = candidate.original.rounded()
            let high = Float(candidate.high)
            let found = lengths.map { length in
                divisor(length, factor: factor, original: original, high: Double(high))
            }
            guard zip(found, divisors).allSatisfy({ abs($0 - $1) <= 1e-5 * $1 }) else { continue }
            return WrittenJSON.members([
                "rope_type": .text("llama3"), "factor": .number(Float(factor)),
                "low_freq_factor": .number(1.0 as Float),
                "high_freq_factor": .number(high), "original_max_position_embeddings": .whole(Int(original)),
            ])
        }
        return nil
    }

    private static func divisor(_ length: Double, factor: Double, original: Double, high: Double) -> Double {
        if length < original / high { return 1 }
        if length > original { return factor }
        let smooth = (original / length - 1) / (high - 1)
        return 1 / ((1 - smooth) / factor + smooth)
    }
}
