// Reads config.json of a Hugging Face model into the keys that GGUF files have.
// - A missing number gets the default of transformers (`HuggingFaceDefaults`); null means "none".
// - A setting that the forward pass does not have is an error that names it. None is ignored.
// Keys as transformers' configuration classes name them.

import Generation

/// The settings of config.json under GGUF's keys.
struct HuggingFaceConfiguration {
    let architecture: String
    private(set) var metadata: [String: MetadataValue]
    /// The names in config.json of the keys of `metadata`, for messages.
    private(set) var names: [String: String] = [:]
    let headCounts: (query: Int, key: Int)
    /// True if the output matrix is the embedding, unless the files hold both.
    let tiesEmbeddings: Bool
    /// Vectors that GGUF files hold as tensors and config.json as numbers: divisors of the rotation's frequencies.
    let vectors: [String: [Float]]

    private let type: String
    private let fields: JSONFields

    /// `model_type` to GGUF's name of the architecture.
    private static let architectures = [
        "llama": "llama", "mistral": "llama", "mixtral": "llama", "gpt2": "gpt2", "qwen2": "qwen2", "qwen3": "qwen3",
        "qwen3_moe": "qwen3moe", "gemma": "gemma", "gemma2": "gemma2", "gemma3": "gemma3", "gemma3_text": "gemma3",
        "phi3": "phi3", "smollm3": "smollm3", "granite": "granite", "granitemoe": "granitemoe",
        "granitemoeshared": "granitemoe", "granitemoehybrid": "granitemoe", "lfm2": "lfm2",
    ]

    /// Integers: GGUF's key, then the names of it that models use.
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

    /// - Parameter file: the complete config.json.
    init(_ file: JSONFields) throws {
        let type = try file.required("model_type", file.text("model_type"))
        guard var architecture = Self.architectures[type] else {
            throw ModelFileError.unsupportedArchitecture(
                path: file.path, name: type, known: Self.architectures.keys.sorted().joined(separator: ", "))
        }
        self.type = type
        // A model that also sees images has the numbers of its text part in an object of their own.
        let found = try file.fields("text_config") ?? file
        fields = found
        // Granite 4.0's dense models are hybrids without Mamba layers and experts.
        if type == "granitemoehybrid", try found.int("num_local_experts") == 0 { architecture = "granite" }
        self.architecture = architecture
        metadata = ["general.architecture": .string(Array(architecture.utf8))]
        tiesEmbeddings =
            try HybridSettings.tiesEmbeddings(fields, type: type)
            ?? fields.truth("tie_word_embeddings") ?? file.truth("tie_word_embeddings")
            ?? HuggingFaceDefaults.tiesEmbeddings(type)
        let numbers = try Self.readNumbers(fields, type: type)
        for (key, value) in numbers { metadata[architecture + "." + key] = value }
        for (key, names) in Self.integers + Self.numbers.map({ ($0.key, [$0.name]) }) {
            self.names[architecture + "." + key] = names.first { found.value($0) != nil } ?? names[0]
        }

        let heads = numbers["attention.head_count"]?.integer ?? 0
        headCounts = (heads, numbers["attention.head_count_kv"]?.integer ?? heads)
        let width = numbers["embedding_length"]?.integer ?? 0
        let headWidth = numbers["attention.key_length"]?.integer ?? (heads > 0 ? width / heads : 0)
        let scaling = try RotationScalingReader(
            fields, headWidth: headWidth, standardBase: HuggingFaceDefaults.number("rope_theta", of: type) ?? 10_000)
        let (keys, vectors) = try scaling.read()
        self.vectors = architecture == "gpt2" ? [:] : vectors
        for (key, value, name) in keys { put(key, value, from: name) }
        if let share = try scaling.rotatedShare(), (1...65_536).contains(headWidth) {
            put("rope.dimension_count", .int64(Int64(share * Double(headWidth))), from: "partial_rotary_factor")
        }
        try readAttention(headWidth: headWidth)
        try readExperts()
        for (key, value, name) in try HybridSettings(fields, type: type).read() { put(key, value, from: name) }
        try readActivation()
        try checkSettings(file)
    }

    /// - Parameter name: the name in config.json; nil if the value is computed from several.
    private mutating func put(_ key: String, _ value: MetadataValue, from name: String? = nil) {
        metadata[architecture + "." + key] = value
        names[architecture + "." + key] = name
    }

    private static func readNumbers(_ fields: JSONFields, type: String) throws -> [String: MetadataValue] {
        var found: [String: MetadataValue] = [:]
        for (key, names) in integers {
            if let name = names.first(where: { fields.value($0) != nil }) {
                found[key] = try fields.int(name).map { .int64(Int64($0)) }
            } else if !names.contains(where: fields.isNull),
                let standard = HuggingFaceDefaults.number(names[0], of: type)
            {
                found[key] = .int64(Int64(standard))
            }
        }
        for (key, name) in numbers {
            if let number = try fields.number(name) {
                found[key] = .float64(number)
            } else if !fields.isNull(name), let standard = HuggingFaceDefaults.number(name, of: type) {
                found[key] = .float64(standard)
            }
        }
        // Null turns a cap off. A missing key in a GGUF file would mean the family's default cap instead.
        for key in ["attn_logit_softcapping", "final_logit_softcapping"] where fields.isNull(key) {
            found[key] = .float64(0)
        }
        if type == "gpt2", found["feed_forward_length"] == nil, let width = found["embedding_length"]?.integer,
            (0...1 << 30).contains(width)
        {
            found["feed_forward_length"] = .int64(Int64(4 * width))
        }
        return found
    }

    /// Reads the scale of attention, and which layers have a window or no rotation.
    private mutating func readAttention(headWidth: Int) throws {
        let scalar =
            try fields.number("query_pre_attn_scalar") ?? HuggingFaceDefaults.number("query_pre_attn_scalar", of: type)
        if let scalar, scalar > 0 {
            put("attention.scale", .float64(1 / scalar.squareRoot()), from: "query_pre_attn_scalar")
        }

        let count = metadata[architecture + ".block_count"]?.integer ?? 0
        let layers = 0..<((1...4096).contains(count) ? count : 0)
        if type == "gpt2" { try readDivisors(layers, headWidth: headWidth) }
        if architecture == "smollm3" { try readUnrotatedLayers(layers) }
        let windowKey = architecture + ".attention.sliding_window"
        switch type {
        case "gemma2", "gemma3", "gemma3_text":
            if metadata[windowKey] == nil { put("attention.sliding_window", .int64(0), from: "sliding_window") }
            if let listed = try windowedLayers() {
                put(
                    "attention.sliding_window_pattern", .array(MetadataArray(integers: listed)), from: "layer_types")
            } else if let period = try fields.int("sliding_window_pattern") ?? fields.int("_sliding_window_pattern") {
                put("attention.sliding_window_pattern", .int64(Int64(period)), from: "sliding_window_pattern")
            }
        case "qwen2", "qwen3", "qwen3_moe", "smollm3":
            guard try fields.truth("use_sliding_window") == true, metadata[windowKey] != nil else {
                metadata[windowKey] = nil
                break
            }
            // If the file does not list the layers with a window, each family has its own rule; Qwen 3 MoE reads no
            // list.
            let listed: [Int]
            switch type {
            case "qwen3_moe": listed = layers.map { _ in 1 }
            case "smollm3": listed = try windowedLayers() ?? layers.map { isRotated($0) ? 0 : 1 }
            default:
                let first = try fields.int("max_window_layers") ?? 28
                listed = try windowedLayers() ?? layers.map { $0 < first ? 0 : 1 }
            }
            put("attention.sliding_window_pattern", .array(MetadataArray(integers: listed)), from: "layer_types")
        case "llama", "lfm2", "granite", "granitemoe", "granitemoeshared", "granitemoehybrid":
            metadata[windowKey] = nil
        default: break
        }
    }

    /// Reads GPT-2's divisors of attention scores, which may depend on the layer; by default the square root of a
    /// head's width.
    private mutating func readDivisors(_ layers: Range<Int>, headWidth: Int) throws {
        let isScaled = try fields.truth("scale_attn_weights") ?? true
        let scale = isScaled && headWidth > 0 ? 1 / Double(headWidth).squareRoot() : 1
        if try fields.truth("scale_attn_by_inverse_layer_idx") == true {
            put("attention.scale", .array(MetadataArray(floats: layers.map { Float(scale / Double($0 + 1)) })))
        } else if !isScaled {
            put("attention.scale", .float64(scale))
        }
    }

    /// For each layer 1 (windowed) or 0, if the file lists the kinds of layers.
    private func windowedLayers() throws -> [Int]? {
        try fields.items("layer_types")?.map { kind in
            switch kind.text {
            case "sliding_attention": return 1
            case "full_attention": return 0
            default: throw unsupported("layer_types", kind)
            }
        }
    }

    private mutating func readUnrotatedLayers(_ layers: Range<Int>) throws {
        let interval = try fields.int("no_rope_layer_interval") ?? 4
        let rotated =
            try fields.integers("no_rope_layers")?.map { $0 == 0 ? 0 : 1 }
            ?? layers.map { interval > 0 && ($0 + 1) % interval == 0 ? 0 : 1 }
        put("attention.rope_pattern", .array(MetadataArray(integers: rotated)), from: "no_rope_layers")
    }

    private func isRotated(_ layer: Int) -> Bool {
        guard case .array(let pattern)? = metadata[architecture + ".attention.rope_pattern"],
            let rotated = pattern.integers, rotated.indices.contains(layer)
        else { return true }
        return rotated[layer] != 0
    }

    /// Reads the numbers of experts. Layers without experts are recognized by their tensors.
    private mutating func readExperts() throws {
        guard architecture == "qwen3moe" else { return }
        put("expert_weights_norm", .bool(try fields.truth("norm_topk_prob") ?? false))
    }

    /// Reads the activation if it is not the family's default.
    private mutating func readActivation() throws {
        let key =
            switch architecture {
            case "gpt2": "activation_function"
            case "gemma2", "gemma3": "hidden_activation"
            default: "hidden_act"
            }
        // LFM2 has one activation, whatever the file says.
        guard architecture != "lfm2" else { return }
        // Gemma's first files say "gelu" and mean its tanh approximation.
        guard let value = fields.value(key), !(type == "gemma" && value.text == "gelu") else { return }
        guard let name = value.text, let activation = Architecture.activations[name] else {
            throw unsupported(key, value)
        }
        guard activation != Architecture.named(architecture)?.activation else { return }
        put("hidden_activation", .string(Array(name.utf8)))
    }

    /// Refuses settings under which the forward pass would compute other numbers than the reference.
    private func checkSettings(_ file: JSONFields) throws {
        if let method = file.value("quantization_config") ?? fields.value("quantization_config") {
            throw unsupported("quantization_config.quant_method", method["quant_method"] ?? method)
        }
        // Newer families have keys for attention in both directions.
        if let value = fields.value("use_bidirectional_attention"), value.truth != false {
            throw unsupported("use_bidirectional_attention", value)
        }
        // Gemma 3 has this key and never uses it.
        if !["gemma2", "gemma3"].contains(architecture), try fields.number("attn_logit_softcapping") ?? 0 != 0 {
            throw unsupported("attn_logit_softcapping", fields.value("attn_logit_softcapping"))
        }
        if !architecture.hasPrefix("gemma"), try fields.number("final_logit_softcapping") ?? 0 != 0 {
            throw unsupported("final_logit_softcapping", fields.value("final_logit_softcapping"))
        }
        // The number is only checked: the embedding's own row count is used.
        if let count = try fields.int("vocab_size"), !(1...Int(Int32.max)).contains(count) {
            throw fields.outOfRange("vocab_size", count, "from 1 to \(Int32.max)")
        }
    }

    private func unsupported(_ key: String, _ value: JSONValue?) -> ModelFileError {
        .unsupportedSetting(path: fields.path, key: key, value: value?.shortText ?? "missing", type: type)
    }
}
