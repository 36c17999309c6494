// How config.json stretches a model's rotation over a longer context, as the keys and tensors that GGUF files have.

import Foundation

/// Reads `rope_scaling`, which newer files call `rope_parameters`.
struct RotationScalingReader {
    let json: JSONValue
    let path: String
    let headWidth: Int
    /// `rope_theta` where the file names none.
    let standardBase: Double

    /// What is said of all layers, or of those without a window where the two kinds differ.
    private var parameters: JSONValue? {
        let found = json["rope_scaling"]?.members == nil ? json["rope_parameters"] : json["rope_scaling"]
        let parameters = found?["full_attention"] ?? found
        return parameters?.members == nil ? nil : parameters
    }

    /// How much of a head is rotated, where it is not all.
    var rotatedShare: Double? {
        // The other families rotate whole heads, whatever the file says.
        guard type == "phi3" else { return nil }
        let share = json["partial_rotary_factor"]?.double ?? parameters?["partial_rotary_factor"]?.double
        return share.flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    }

    /// GGUF's keys without the architecture, and its vectors.
    func read() throws -> (keys: [(String, MetadataValue)], vectors: [String: [Float]]) {
        guard let scaling = parameters else { return ([], [:]) }
        var keys: [(String, MetadataValue)] = []
        if let windowed = json["rope_parameters"]?["sliding_attention"] {
            if let kind = windowed["rope_type"]?.text, kind != "default" {
                throw ModelFileError.unsupportedScaling(path: path, name: kind)
            }
            if let base = windowed["rope_theta"]?.double { keys.append(("rope.freq_base_swa", .float64(base))) }
        }
        let ownBase = scaling["rope_theta"]?.double
        if let ownBase { keys.append(("rope.freq_base", .float64(ownBase))) }
        let base = ownBase ?? json["rope_theta"]?.double ?? standardBase
        func named(_ name: String, factor: Double?, magnitude: Double = 1) {
            keys.append(("rope.scaling.type", .string(Array(name.utf8))))
            if let factor { keys.append(("rope.scaling.factor", .float64(factor))) }
            if let originalLength {
                keys.append(("rope.scaling.original_context_length", .int64(Int64(originalLength))))
            }
            if magnitude != 1 { keys.append(("rope.scaling.attn_factor", .float64(magnitude))) }
        }
        switch scaling["rope_type"]?.text ?? scaling["type"]?.text ?? "default" {
        // Dynamic scaling begins behind `max_position_embeddings`, where our contexts end.
        case "default", "dynamic": return (keys, [:])
        case "linear":
            named("linear", factor: try number("factor"))
            return (keys, [:])
        case "yarn" where type != "phi3":
            let yarn = try yarn(scaling, base: base)
            // GGUF files have keys for some of this, which not every program reads.
            guard yarn.fastTurns == 32, yarn.slowTurns == 1, yarn.roundsOutwards else {
                named("none", factor: nil, magnitude: yarn.magnitude)
                let divisors = yarn.divisors(base: base, width: rotatedWidth)
                return (keys, ["rope_freqs.weight": divisors.map(Float.init)])
            }
            named("yarn", factor: yarn.factor, magnitude: yarn.magnitude / yarn.usualMagnitude)
            return (keys, [:])
        case "llama3": return (keys, ["rope_freqs.weight": try llama3(base)])
        // Phi 3 files of early 2024 have other names for LongRoPE.
        case "longrope", "su", "yarn":
            named("longrope", factor: scaling["factor"]?.double, magnitude: longMagnitude(scaling))
            return (
                keys,
                [
                    "rope_factors_short.weight": try factors(scaling, "short_factor"),
                    "rope_factors_long.weight": try factors(scaling, "long_factor"),
                ]
            )
        case let other: throw ModelFileError.unsupportedScaling(path: path, name: other)
        }
    }

    /// What stands outside goes before what stands inside; Phi 3 has a number of its own where nothing stands outside.
    private var originalLength: Int? {
        let name = "original_max_position_embeddings"
        return json[name]?.int ?? HuggingFaceDefaults.number(name, of: type).map { Int($0) }
            ?? parameters?[name]?.int ?? wholeLength
    }

    private var wholeLength: Int? {
        let name = "max_position_embeddings"
        return json[name]?.int ?? HuggingFaceDefaults.number(name, of: type).map { Int($0) }
    }

    private var type: String { json["model_type"]?.text ?? "" }

    private var rotatedWidth: Int {
        guard (2...65_536).contains(headWidth) else { return 0 }
        return rotatedShare.map { Int($0 * Double(headWidth)) } ?? headWidth
    }

    /// LongRoPE, arXiv:2402.13753: the longer the context, the larger the rotated values.
    private func longMagnitude(_ scaling: JSONValue) -> Double {
        if let magnitude = scaling["attention_factor"]?.double, magnitude > 0 { return magnitude }
        guard let original = originalLength, original > 1 else { return 1 }
        let stretch = scaling["factor"]?.double ?? wholeLength.map { Double($0) / Double(original) } ?? 1
        return stretch > 1 ? (1 + log(stretch) / log(Double(original))).squareRoot() : 1
    }

    private func yarn(_ scaling: JSONValue, base: Double) throws -> YaRN {
        guard let original = originalLength, original > 0, (2...65_536).contains(rotatedWidth), base > 1 else {
            throw ModelFileError.outOfRange(
                path: path, key: "rope_scaling", value: "contradictory", allowed: "what YaRN has")
        }
        let stretch = Double(wholeLength ?? 0) / Double(original)
        let given = scaling["factor"]?.isNull == false ? try number("factor") : nil
        var yarn = YaRN(factor: given ?? max(stretch, 1), originalLength: original)
        // Zero counts as not given, as it does there.
        func other(_ name: String) -> Double? { scaling[name]?.double.flatMap { $0 > 0 ? $0 : nil } }
        yarn.fastTurns = other("beta_fast") ?? yarn.fastTurns
        yarn.slowTurns = other("beta_slow") ?? yarn.slowTurns
        yarn.roundsOutwards = scaling["truncate"]?.truth ?? true
        yarn.magnitude = yarn.usualMagnitude
        if let scale = other("mscale"), let all = other("mscale_all_dim") {
            yarn.magnitude = yarn.magnitude(scale) / yarn.magnitude(all)
        }
        if let magnitude = other("attention_factor") { yarn.magnitude = magnitude }
        return yarn
    }

    private func number(_ name: String) throws -> Double {
        guard let value = parameters?[name]?.double, value > 0 else {
            throw ModelFileError.missingKey(path: path, key: "rope_scaling." + name)
        }
        return value
    }

    private func factors(_ scaling: JSONValue, _ name: String) throws -> [Float] {
        guard let values = scaling[name]?.items?.map({ $0.double }), values.allSatisfy({ $0 != nil }) else {
            throw ModelFileError.missingKey(path: path, key: "rope_scaling." + name)
        }
        return values.compactMap { $0.map(Float.init) }
    }

    /// Divisors of the frequencies: slow rotations are slowed down, fast ones stay, those between go over smoothly.
    /// Llama 3.1, as transformers computes them (`_compute_llama3_parameters`).
    private func llama3(_ base: Double) throws -> [Float] {
        let (factor, low, high) = (
            try number("factor"), try number("low_freq_factor"), try number("high_freq_factor")
        )
        let original = Double(originalLength ?? 0)
        guard (2...65_536).contains(headWidth), base > 0, original > 0, high > low else {
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
