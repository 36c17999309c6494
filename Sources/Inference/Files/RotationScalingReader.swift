// How config.json stretches a model's rotation over a longer context, as the keys and tensors that GGUF files have.

import Foundation

/// Reads `rope_scaling`, which newer files call `rope_parameters`.
struct RotationScalingReader {
    let json: JSONValue
    let path: String
    let headWidth: Int

    /// What is said of all layers, or of those without a window where the two kinds differ.
    private var parameters: JSONValue? {
        let found = json["rope_scaling"]?.members == nil ? json["rope_parameters"] : json["rope_scaling"]
        let parameters = found?["full_attention"] ?? found
        return parameters?.members == nil ? nil : parameters
    }

    /// How much of a head is rotated, where it is not all.
    var rotatedShare: Double? {
        let share = json["partial_rotary_factor"]?.double ?? parameters?["partial_rotary_factor"]?.double
        return share.flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    }

    /// GGUF's keys without the architecture, and its vectors.
    func read() throws -> (keys: [(String, MetadataValue)], vectors: [String: [Float]]) {
        guard let scaling = parameters else { return ([], [:]) }
        var keys: [(String, MetadataValue)] = []
        if let base = json["rope_parameters"]?["sliding_attention"]?["rope_theta"]?.double {
            keys.append(("rope.freq_base_swa", .float64(base)))
        }
        let base = scaling["rope_theta"]?.double
        if let base { keys.append(("rope.freq_base", .float64(base))) }
        let type = scaling["rope_type"]?.text ?? scaling["type"]?.text ?? "default"
        let original = scaling["original_max_position_embeddings"]?.int ?? json["original_max_position_embeddings"]?.int
        let factor = scaling["factor"]?.double
        func named(_ name: String) {
            keys.append(("rope.scaling.type", .string(Array(name.utf8))))
            if let factor { keys.append(("rope.scaling.factor", .float64(factor))) }
            if let original { keys.append(("rope.scaling.original_context_length", .int64(Int64(original)))) }
        }
        switch type {
        case "default": return (keys, [:])
        case "linear", "yarn":
            named(type)
            return (keys, [:])
        case "llama3":
            return (keys, ["rope_freqs.weight": try llama3(scaling, base ?? json["rope_theta"]?.double ?? 10_000)])
        case "longrope", "su":
            named("longrope")
            if let original, let whole = json["max_position_embeddings"]?.int, whole > original, original > 1 {
                // LongRoPE, arXiv:2402.13753: the longer the context, the larger the rotated values.
                let stretch = (1 + log(Double(whole) / Double(original)) / log(Double(original))).squareRoot()
                keys.append(("rope.scaling.attn_factor", .float64(stretch)))
            }
            return (
                keys,
                [
                    "rope_factors_short.weight": try factors(scaling, "short_factor"),
                    "rope_factors_long.weight": try factors(scaling, "long_factor"),
                ]
            )
        default: throw ModelFileError.unsupportedScaling(path: path, name: type)
        }
    }

    private func factors(_ scaling: JSONValue, _ name: String) throws -> [Float] {
        guard let values = scaling[name]?.items?.map({ $0.double }), values.allSatisfy({ $0 != nil }) else {
            throw ModelFileError.missingKey(path: path, key: "rope_scaling." + name)
        }
        return values.compactMap { $0.map(Float.init) }
    }

    /// Divisors of the frequencies: slow rotations are slowed down, fast ones stay, those between go over smoothly.
    /// Llama 3.1, as transformers computes them (`_compute_llama3_parameters`).
    private func llama3(_ scaling: JSONValue, _ base: Double) throws -> [Float] {
        func number(_ name: String) throws -> Double {
            guard let value = scaling[name]?.double, value > 0 else {
                throw ModelFileError.missingKey(path: path, key: "rope_scaling." + name)
            }
            return value
        }
        let (factor, low, high) = (
            try number("factor"), try number("low_freq_factor"), try number("high_freq_factor")
        )
        let original = try number("original_max_position_embeddings")
        guard (2...65_536).contains(headWidth), base > 0, high > low else {
            throw ModelFileError.outOfRange(
                path: path, key: "rope_scaling", value: "contradictory", allowed: "what Llama 3 has")
        }
        return (0..<headWidth / 2).map { index in
            let wavelength = 2 * Double.pi * pow(base, 2 * Double(index) / Double(headWidth))
            if wavelength < original / high { return 1 }
            if wavelength > original / low { return Float(factor) }
            let smooth = (original / wavelength - low) / (high - low)
            return Float(1 / ((1 - smooth) / factor + smooth))
        }
    }
}
