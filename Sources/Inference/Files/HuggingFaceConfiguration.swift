// Reads config.json of a Hugging Face model as the keys that GGUF files have.
// Keys as transformers' configuration classes name them.

/// What config.json says, under GGUF's keys.
struct HuggingFaceConfiguration {
    let architecture: String
    let metadata: [String: MetadataValue]
    let headCounts: (query: Int, key: Int)
    /// Vectors that GGUF files hold as tensors and config.json as numbers: divisors of the rotation's frequencies.
    let vectors: [String: [Float]]

    /// `model_type` to GGUF's name of the architecture.
    private static let architectures = [
        "llama": "llama", "mistral": "llama", "mixtral": "llama", "gpt2": "gpt2", "qwen2": "qwen2", "qwen3": "qwen3",
        "qwen3_moe": "qwen3moe", "gemma": "gemma", "gemma2": "gemma2", "gemma3": "gemma3", "gemma3_text": "gemma3",
        "phi3": "phi3", "smollm3": "smollm3",
    ]

    /// Integers: GGUF's key, then the names that models give it.
    private static let integers: [(key: String, names: [String])] = [
        ("context_length", ["max_position_embeddings", "n_positions"]),
        ("embedding_length", ["hidden_size", "n_embd"]),
        ("block_count", ["num_hidden_layers", "n_layer"]), ("feed_forward_length", ["intermediate_size", "n_inner"]),
        ("attention.head_count", ["num_attention_heads", "n_head"]),
        ("attention.head_count_kv", ["num_key_value_heads"]), ("attention.key_length", ["head_dim"]),
        ("attention.value_length", ["head_dim"]), ("attention.sliding_window", ["sliding_window"]),
        ("expert_count", ["num_local_experts", "num_experts"]), ("expert_used_count", ["num_experts_per_tok"]),
        ("expert_feed_forward_length", ["moe_intermediate_size"]),
    ]

    private static let numbers: [(key: String, names: [String])] = [
        ("attention.layer_norm_rms_epsilon", ["rms_norm_eps"]),
        ("attention.layer_norm_epsilon", ["layer_norm_epsilon", "layer_norm_eps"]), ("rope.freq_base", ["rope_theta"]),
        ("rope.freq_base_swa", ["rope_local_base_freq"]), ("attn_logit_softcapping", ["attn_logit_softcapping"]),
        ("final_logit_softcapping", ["final_logit_softcapping"]),
    ]

    /// - Parameter path: of config.json, for messages.
    init(_ file: JSONValue, path: String) throws {
        guard let type = file["model_type"]?.text else {
            throw ModelFileError.missingKey(path: path, key: "model_type")
        }
        guard let architecture = Self.architectures[type] else {
            throw ModelFileError.unsupportedArchitecture(
                path: path, name: type, known: Self.architectures.keys.sorted().joined(separator: ", "))
        }
        self.architecture = architecture
        // A model that also sees keeps the numbers of its text part by themselves.
        let json = file["text_config"] ?? file
        var metadata: [String: MetadataValue] = ["general.architecture": .string(Array(architecture.utf8))]
        func put(_ key: String, _ value: MetadataValue) { metadata[architecture + "." + key] = value }
        func first(_ names: [String]) -> JSONValue? {
            names.lazy.compactMap { json[$0] }.first { if case .null = $0 { false } else { true } }
        }
        for (key, names) in Self.integers {
            guard let value = first(names) else { continue }
            guard let integer = value.int else {
                throw ModelFileError.wrongType(
                    path: path, key: names[0], expected: "an integer", found: "something else")
            }
            put(key, .int64(Int64(integer)))
        }
        for (key, names) in Self.numbers {
            if let number = first(names)?.double { put(key, .float64(number)) }
        }
        if architecture == "gpt2", first(["n_inner"]) == nil, let width = first(["n_embd"])?.int,
            (0...1 << 30).contains(width)
        {
            put("feed_forward_length", .int64(Int64(4 * width)))
        }
        if let scalar = json["query_pre_attn_scalar"]?.double, scalar > 0 {
            put("attention.scale", .float64(1 / scalar.squareRoot()))
        }
        if json["use_sliding_window"]?.truth == false { metadata[architecture + ".attention.sliding_window"] = nil }
        if let kinds = json["layer_types"]?.items, kinds.contains(where: { $0.text == "sliding_attention" }) {
            let pattern = kinds.map { $0.text == "sliding_attention" ? 1 : 0 }
            put("attention.sliding_window_pattern", .array(MetadataArray(integers: pattern)))
        }
        let heads = metadata[architecture + ".attention.head_count"]?.integer ?? 0
        let headWidth =
            json["head_dim"]?.int ?? heads.quotient(of: metadata[architecture + ".embedding_length"]?.integer)
        let scaling = RotationScalingReader(json: json, path: path, headWidth: headWidth)
        if let share = scaling.rotatedShare, (1...65_536).contains(headWidth) {
            put("rope.dimension_count", .int64(Int64(share * Double(headWidth))))
        }
        let (keys, vectors) = try scaling.read()
        for (key, value) in keys { put(key, value) }
        self.vectors = vectors
        self.metadata = metadata
        headCounts = (heads, metadata[architecture + ".attention.head_count_kv"]?.integer ?? heads)
    }
}

extension Int {
    /// `total` divided by this many; 0 where either is missing.
    fileprivate func quotient(of total: Int?) -> Int { self > 0 ? (total ?? 0) / self : 0 }
}
