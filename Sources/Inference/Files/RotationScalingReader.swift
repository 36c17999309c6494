// Reads how config.json stretches a model's rotation (RoPE) over a longer context, into GGUF's keys and tensors.

import Foundation

/// Reads `rope_scaling`, which newer files call `rope_parameters`.
struct RotationScalingReader {
    private let fields: JSONFields
    private let headWidth: Int
    /// `rope_theta` if the file has none.
    private let standardBase: Double
    private let type: String
    /// The parameters of all layers; of the layers without a window if the two kinds differ.
    private let parameters: JSONFields?

    init(_ fields: JSONFields, headWidth: Int, standardBase: Double) throws {
        (self.fields, self.headWidth, self.standardBase) = (fields, headWidth, standardBase)
        type = try fields.text("model_type") ?? ""
        let found = try fields.fields("rope_scaling") ?? fields.fields("rope_parameters")
        parameters = try found?.fields("full_attention") ?? found
    }

    /// The rotated share of a head; nil if all of it is rotated.
    func rotatedShare() throws -> Double? {
        // The other families rotate complete heads, whatever the file says.
        guard type == "phi3" else { return nil }
        let name = "partial_rotary_factor"
        let share = try fields.number(name) ?? parameters?.number(name)
        return share.flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    }

    /// GGUF's key without the architecture, and its name in config.json.
    typealias Key = (key: String, value: MetadataValue, name: String)

    /// The keys and vectors for GGUF.
    func read() throws -> (keys: [Key], vectors: [String: [Float]]) {
        guard let scaling = parameters else { return ([], [:]) }
        var keys: [Key] = []
        if let windowed = try fields.fields("rope_parameters")?.fields("sliding_attention") {
            if let kind = try windowed.text("rope_type"), kind != "default" {
                throw ModelFileError.unsupportedScaling(path: fields.path, name: kind)
            }
            if let base = try windowed.number("rope_theta") {
                keys.append(("rope.freq_base_swa", .float64(base), windowed.prefix + "rope_theta"))
            }
        }
        let ownBase = try scaling.number("rope_theta")
        if let ownBase { keys.append(("rope.freq_base", .float64(ownBase), scaling.prefix + "rope_theta")) }
        let originalLength = try originalLength()
        let originalName = try originalName()
        func named(_ name: String, factor: Double?, magnitude: Double = 1) {
            keys.append(("rope.scaling.type", .string(Array(name.utf8)), scaling.prefix + "rope_type"))
            if let factor { keys.append(("rope.scaling.factor", .float64(factor), scaling.prefix + "factor")) }
            if let originalLength {
                keys.append(("rope.scaling.original_context_length", .int64(Int64(originalLength)), originalName))
            }
            if magnitude != 1 {
                keys.append(("rope.scaling.attn_factor", .float64(magnitude), scaling.prefix + "attention_factor"))
            }
        }
        switch try scaling.text("rope_type") ?? scaling.text("type") ?? "default" {
        // Dynamic scaling begins after `max_position_embeddings`, and our contexts end there.
        case "default", "dynamic": return (keys, [:])
        case "linear":
            named("linear", factor: try positive(scaling, "factor"))
            return (keys, [:])
        case "yarn" where type != "phi3":
            let base = try base(scaling)
            let yarn = try yarn(scaling, base: base)
            // GGUF files have keys for some of these, but not every program reads them.
            guard yarn.fastTurns == 32, yarn.slowTurns == 1, yarn.roundsOutwards else {
                named("none", factor: nil, magnitude: yarn.magnitude)
                let divisors = yarn.divisors(base: base, width: try rotatedWidth())
                return (keys, ["rope_freqs.weight": divisors.map(Float.init)])
            }
            named("yarn", factor: yarn.factor, magnitude: yarn.magnitude / yarn.usualMagnitude)
            return (keys, [:])
        case "llama3": return (keys, ["rope_freqs.weight": try llama3(scaling)])
        // Phi 3 files of early 2024 have other names for LongRoPE.
        case "longrope", "su", "yarn":
            named("longrope", factor: try scaling.number("factor"), magnitude: try longMagnitude(scaling))
            return (
                keys,
                [
                    "rope_factors_short.weight": try factors(scaling, "short_factor"),
                    "rope_factors_long.weight": try factors(scaling, "long_factor"),
                ]
            )
        case let other: throw ModelFileError.unsupportedScaling(path: fields.path, name: other)
        }
    }

    /// The original context length. A value outside the scaling object has precedence; Phi 3 has a default of its own.
    private func originalLength() throws -> Int? {
        let name = "original_max_position_embeddings"
        return try fields.int(name) ?? HuggingFaceDefaults.number(name, of: type).map { Int($0) }
            ?? parameters?.int(name) ?? wholeLength()
    }

    private func wholeLength() throws -> Int? {
        let name = "max_position_embeddings"
        return try fields.int(name) ?? HuggingFaceDefaults.number(name, of: type).map { Int($0) }
    }

    /// The name in config.json of the key that holds the original length.
    private func originalName() throws -> String {
        let name = "original_max_position_embeddings"
        if try fields.int(name) != nil || HuggingFaceDefaults.number(name, of: type) != nil { return name }
        return try parameters?.int(name) == nil ? "max_position_embeddings" : (parameters?.prefix ?? "") + name
    }

    /// - Throws: `ModelFileError` if the length is missing or out of range.
    private func checkedOriginalLength() throws -> Int {
        guard let length = try originalLength() else {
            throw ModelFileError.missingKey(path: fields.path, key: try originalName())
        }
        guard (1...16_777_216).contains(length) else {
            throw ModelFileError.outOfRange(
                path: fields.path, key: try originalName(), value: "\(length)", allowed: "from 1 to 16777216")
        }
        return length
    }

    private func base(_ scaling: JSONFields) throws -> Double {
        let name = "rope_theta"
        let place = try scaling.number(name) == nil ? fields : scaling
        let base = try place.number(name) ?? standardBase
        guard base > 1, base <= 1e12 else { throw place.outOfRange(name, base, "above 1 and at most 1e12") }
        return base
    }

    /// - Throws: `ModelFileError` if a head has nothing to rotate; it names the key that says so.
    private func checkedHeadWidth() throws -> Int {
        guard (2...65_536).contains(headWidth) else {
            if let given = try fields.int("head_dim") { throw fields.outOfRange("head_dim", given, "from 2 to 65536") }
            let name = "num_attention_heads"
            let heads = try fields.int(name).map { "\($0)" } ?? "missing"
            throw fields.outOfRange(name, heads, "at least 1 and at most half of hidden_size")
        }
        return headWidth
    }

    private func rotatedWidth() throws -> Int {
        let headWidth = try checkedHeadWidth()
        return try rotatedShare().map { Int($0 * Double(headWidth)) } ?? headWidth
    }

    /// LongRoPE, arXiv:2402.13753: the longer the context, the larger the rotated values.
    private func longMagnitude(_ scaling: JSONFields) throws -> Double {
        if let magnitude = try scaling.number("attention_factor"), magnitude > 0 { return magnitude }
        guard let original = try originalLength(), original > 1 else { return 1 }
        let stretch = try scaling.number("factor") ?? wholeLength().map { Double($0) / Double(original) } ?? 1
        return stretch > 1 ? (1 + log(stretch) / log(Double(original))).squareRoot() : 1
    }

    private func yarn(_ scaling: JSONFields, base: Double) throws -> YaRN {
        let original = try checkedOriginalLength()
        _ = try checkedHeadWidth()
        let stretch = Double(try wholeLength() ?? 0) / Double(original)
        let given = try scaling.number("factor") == nil ? nil : try positive(scaling, "factor")
        var yarn = YaRN(factor: given ?? max(stretch, 1), originalLength: original)
        // Zero counts as missing, as in transformers.
        func other(_ name: String) throws -> Double? { try scaling.number(name).flatMap { $0 > 0 ? $0 : nil } }
        yarn.fastTurns = try other("beta_fast") ?? yarn.fastTurns
        yarn.slowTurns = try other("beta_slow") ?? yarn.slowTurns
        yarn.roundsOutwards = try scaling.truth("truncate") ?? true
        yarn.magnitude = yarn.usualMagnitude
        if let scale = try other("mscale"), let all = try other("mscale_all_dim") {
            yarn.magnitude = yarn.magnitude(scale) / yarn.magnitude(all)
        }
        if let magnitude = try other("attention_factor") { yarn.magnitude = magnitude }
        return yarn
    }

    private func positive(_ scaling: JSONFields, _ name: String) throws -> Double {
        let value = try scaling.required(name, scaling.number(name))
        guard value > 0 else { throw scaling.outOfRange(name, value, "above 0") }
        return value
    }

    private func factors(_ scaling: JSONFields, _ name: String) throws -> [Float] {
        try scaling.required(name, scaling.numbers(name)).map(Float.init)
    }

    /// Divisors of the frequencies: low frequencies are divided, high ones stay, and those between are interpolated.
    /// Llama 3.1, as transformers computes them (`_compute_llama3_parameters`).
    private func llama3(_ scaling: JSONFields) throws -> [Float] {
        let factor = try positive(scaling, "factor")
        let low = try positive(scaling, "low_freq_factor")
        let high = try positive(scaling, "high_freq_factor")
        guard high > low else { throw scaling.outOfRange("high_freq_factor", high, "above low_freq_factor, \(low)") }
        let original = Double(try checkedOriginalLength())
        let (headWidth, base) = (try checkedHeadWidth(), try base(scaling))
        return (0..<headWidth / 2).map { index in
            let wavelength = 2 * Double.pi * pow(base, 2 * Double(index) / Double(headWidth))
            if wavelength < original / high { return 1 }
            if wavelength > original / low { return Float(factor) }
            let smooth = (original / wavelength - low) / (high - low)
            return Float(1 / ((1 - smooth) / factor + smooth))
        }
    }
}
