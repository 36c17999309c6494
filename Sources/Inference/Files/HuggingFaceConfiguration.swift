// Reads config.json of a Hugging Face model as the keys that GGUF files have.
// - What a file leaves out is what transformers takes for it (`HuggingFaceDefaults`); null means "none".
// - A setting that the forward pass does not have is refused by name, never passed over.
// Keys as transformers' configuration classes name them.

/// What config.json says, under GGUF's keys.
struct HuggingFaceConfiguration {
    let architecture: String
    private(set) var metadata: [String: MetadataValue]
    let headCounts: (query: Int, key: Int)
    /// Whether the output is the embedding again, whatever other tensors the files hold.
    let tiesEmbeddings: Bool
    /// Vectors that GGUF files hold as tensors and config.json as numbers: divisors of the rotation's frequencies.
    let vectors: [String: [Float]]

    private let type: String
    private let json: JSONValue
    private let path: String

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

    private static let numbers: [(key: String, name: String)] = [
        ("attention.layer_norm_rms_epsilon", "rms_norm_eps"), ("attention.layer_norm_epsilon", "layer_norm_epsilon"),
        ("rope.freq_base", "rope_theta"), ("rope.freq_base_swa", "rope_local_base_freq"),
        ("attn_logit_softcapping", "attn_logit_softcapping"), ("final_logit_softcapping", "final_logit_softcapping"),
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
        self.type = type
        self.path = path
        // A model that also sees keeps the numbers of its text part by themselves.
        json = file["text_config"] ?? file
        metadata = ["general.architecture": .string(Array(architecture.utf8))]
        tiesEmbeddings =
            (json["tie_word_embeddings"] ?? file["tie_word_embeddings"])?.truth
            ?? HuggingFaceDefaults.tiesEmbeddings(type)
        let numbers = try Self.readNumbers(json, type: type, path: path)
        for (key, value) in numbers { metadata[architecture + "." + key] = value }

        let heads = numbers["attention.head_count"]?.integer ?? 0
        headCounts = (heads, numbers["attention.head_count_kv"]?.integer ?? heads)
        let width = numbers["embedding_length"]?.integer ?? 0
        let headWidth = numbers["attention.key_length"]?.integer ?? (heads > 0 ? width / heads : 0)
        let scaling = RotationScalingReader(
            json: json, path: path, headWidth: headWidth,
            standardBase: HuggingFaceDefaults.number("rope_theta", of: type) ?? 10_000)
        let (keys, vectors) = try scaling.read()
        self.vectors = architecture == "gpt2" ? [:] : vectors
        for (key, value) in keys { put(key, value) }
        if let share = scaling.rotatedShare, (1...65_536).contains(headWidth) {
            put("rope.dimension_count", .int64(Int64(share * Double(headWidth))))
        }
        try readAttention()
        try readExperts()
        try checkSettings(file)
    }

    private mutating func put(_ key: String, _ value: MetadataValue) { metadata[architecture + "." + key] = value }

    /// The first of these names that the file has and that is not null.
    private static func first(_ names: [String], in json: JSONValue) -> JSONValue? {
        names.lazy.compactMap { json[$0] }.first { !$0.isNull }
    }

    private static func readNumbers(
        _ json: JSONValue, type: String, path: String
    ) throws -> [String: MetadataValue] {
        var found: [String: MetadataValue] = [:]
        for (key, names) in integers {
            if let value = first(names, in: json) {
                guard let integer = value.int else {
                    let name = names.first { json[$0] != nil } ?? names[0]
                    throw ModelFileError.wrongType(
                        path: path, key: name, expected: "an integer", found: value.kindName)
                }
                found[key] = .int64(Int64(integer))
            } else if names.allSatisfy({ json[$0] == nil }),
                let standard = HuggingFaceDefaults.number(names[0], of: type)
            {
                found[key] = .int64(Int64(standard))
            }
        }
        for (key, name) in numbers {
            if let value = json[name], !value.isNull {
                guard let number = value.double else {
                    throw ModelFileError.wrongType(path: path, key: name, expected: "a number", found: value.kindName)
                }
                found[key] = .float64(number)
            } else if json[name] == nil, let standard = HuggingFaceDefaults.number(name, of: type) {
                found[key] = .float64(standard)
            }
        }
        // Null turns a cap off, where a GGUF file without the key has the family's own.
        for key in ["attn_logit_softcapping", "final_logit_softcapping"] where json[key]?.isNull == true {
            found[key] = .float64(0)
        }
        if type == "gpt2", found["feed_forward_length"] == nil, let width = found["embedding_length"]?.integer,
            (0...1 << 30).contains(width)
        {
            found["feed_forward_length"] = .int64(Int64(4 * width))
        }
        return found
    }

    /// The scale of attention, and which layers have a window or no rotation.
    private mutating func readAttention() throws {
        let scalar =
            json["query_pre_attn_scalar"]?.double ?? HuggingFaceDefaults.number("query_pre_attn_scalar", of: type)
        if let scalar, scalar > 0 { put("attention.scale", .float64(1 / scalar.squareRoot())) }

        let windowKey = architecture + ".attention.sliding_window"
        let window = metadata[windowKey]?.integer ?? 0
        let kinds = json["layer_types"]?.items
        switch architecture {
        case "gemma2", "gemma3":
            if metadata[windowKey] == nil { put("attention.sliding_window", .int64(0)) }
            if let kinds {
                let pattern = kinds.map { $0.text == "sliding_attention" ? 1 : 0 }
                put("attention.sliding_window_pattern", .array(MetadataArray(integers: pattern)))
            } else if let period = (json["sliding_window_pattern"] ?? json["_sliding_window_pattern"])?.int {
                put("attention.sliding_window_pattern", .int64(Int64(period)))
            }
        case "qwen2", "qwen3", "qwen3moe", "smollm3":
            metadata[windowKey] = nil
            // These run without windows; up to a window's width the numbers are the same.
            if json["use_sliding_window"]?.truth == true, window > 0,
                let context = metadata[architecture + ".context_length"]?.integer
            {
                put("context_length", .int64(Int64(min(context, window))))
            }
        default: break
        }
        guard architecture == "smollm3" else { return }
        if let layers = json["no_rope_layers"]?.items {
            let rotated = layers.map { $0.int == 0 ? 0 : 1 }
            put("attention.rope_pattern", .array(MetadataArray(integers: rotated)))
        } else if let interval = json["no_rope_layer_interval"]?.int {
            put("attention.rope_pattern", .int64(Int64(interval)))
        }
    }

    private mutating func readExperts() throws {
        guard architecture == "qwen3moe" else { return }
        put("expert_weights_norm", .bool(json["norm_topk_prob"]?.truth ?? false))
        if let step = json["decoder_sparse_step"]?.double, step != 1 {
            throw unsupported("decoder_sparse_step", json["decoder_sparse_step"])
        }
        if let layers = json["mlp_only_layers"]?.items, !layers.isEmpty {
            throw ModelFileError.unsupportedSetting(
                path: path, key: "mlp_only_layers", value: "a list of \(layers.count)", type: type)
        }
    }

    /// Refuses what would make other numbers than the reference's.
    private func checkSettings(_ file: JSONValue) throws {
        if let method = file["quantization_config"] ?? json["quantization_config"], !method.isNull {
            throw unsupported("quantization_config.quant_method", method["quant_method"] ?? method)
        }
        let activations: Set<String>
        switch architecture {
        case "gpt2": activations = ["gelu_new", "gelu_pytorch_tanh"]
        case "gemma", "gemma2", "gemma3": activations = ["gelu_pytorch_tanh", "gelu_new"]
        default: activations = ["silu", "swish"]
        }
        // Gemma's first files say "gelu" under the one name and mean what stands under the other.
        let names = architecture.hasPrefix("gemma") ? ["hidden_activation"] : ["hidden_act", "activation_function"]
        for name in names {
            guard let value = json[name], !value.isNull else { continue }
            guard let text = value.text, activations.contains(text) else { throw unsupported(name, value) }
        }
        for name in ["scale_attn_by_inverse_layer_idx", "use_bidirectional_attention"]
        where json[name]?.truth == true { throw unsupported(name, json[name]) }
        if json["scale_attn_weights"]?.truth == false {
            throw unsupported("scale_attn_weights", json["scale_attn_weights"])
        }
        if architecture != "gemma2", let cap = json["attn_logit_softcapping"], (cap.double ?? 0) != 0 {
            throw unsupported("attn_logit_softcapping", cap)
        }
        if !architecture.hasPrefix("gemma"), let cap = json["final_logit_softcapping"], (cap.double ?? 0) != 0 {
            throw unsupported("final_logit_softcapping", cap)
        }
    }

    private func unsupported(_ key: String, _ value: JSONValue?) -> ModelFileError {
        .unsupportedSetting(path: path, key: key, value: value?.shortText ?? "missing", type: type)
    }
}
