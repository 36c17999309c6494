// Settings of config.json that only Granite and LFM2 have, under GGUF's keys.
// - A layer of a kind that this program does not run, such as Mamba's, is an error that names it.

import Generation

/// Reads the factors of Granite, and the layers and widths of LFM2.
struct HybridSettings {
    private let fields: JSONFields
    private let type: String

    init(_ fields: JSONFields, type: String) { (self.fields, self.type) = (fields, type) }

    /// GGUF's key without the architecture, and its name in config.json.
    typealias Key = (key: String, value: MetadataValue, name: String)

    /// LFM2's first files have a name of their own for `tie_word_embeddings`, which goes before it.
    static func tiesEmbeddings(_ fields: JSONFields, type: String) throws -> Bool? {
        type == "lfm2" ? try fields.truth("tie_embedding") : nil
    }

    /// The keys of a model of these families; none for other models.
    func read() throws -> [Key] {
        if type.hasPrefix("granite") { return try scales() + graniteLayers() }
        return type == "lfm2" ? try convolutions() + [feedForwardWidth()] : []
    }

    private func number(_ name: String) throws -> Double? {
        try fields.number(name) ?? HuggingFaceDefaults.number(name, of: type)
    }

    private func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int {
        let standard = HuggingFaceDefaults.number(name, of: type).map { Int($0) }
        let value = try fields.required(name, fields.int(name) ?? standard)
        guard range.contains(value) else {
            throw fields.outOfRange(name, value, "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private func scales() throws -> [Key] {
        let names = [
            ("embedding_scale", "embedding_multiplier"), ("residual_scale", "residual_multiplier"),
            ("attention.scale", "attention_multiplier"), ("logit_scale", "logits_scaling"),
        ]
        return try names.map { key, name in
            let value = try fields.required(name, number(name))
            guard (1e-6...1e6).contains(value) else { throw fields.outOfRange(name, value, "from 1e-6 to 1e6") }
            return (key, .float64(value), name)
        }
    }

    /// Which layers there are, and what stands beside the experts.
    private func graniteLayers() throws -> [Key] {
        guard type == "granitemoehybrid" || type == "granitemoeshared" else { return [] }
        let width = Int64(try integer("shared_intermediate_size", in: 0...16_777_216))
        let isDense = try fields.int("num_local_experts") == 0
        let key = isDense && type == "granitemoehybrid" ? "feed_forward_length" : "expert_shared_feed_forward_length"
        var keys: [Key] = [(key, .int64(width), "shared_intermediate_size")]
        guard type == "granitemoehybrid" else { return keys }
        // If there is no list, every layer is one of Mamba.
        let kinds = try fields.required("layer_types", fields.items("layer_types"))
        if let other = kinds.first(where: { !["attention", "full_attention"].contains($0.text) }) {
            throw unsupported("layer_types", other)
        }
        switch try fields.text("position_embedding_type") {
        case "rope": break
        case nil: keys.append(("rope.scaling.finetuned", .bool(false), "position_embedding_type"))
        default: throw unsupported("position_embedding_type", fields.value("position_embedding_type"))
        }
        return keys
    }

    /// The heads of each layer, 0 in those with a convolution, and what a convolution sees.
    private func convolutions() throws -> [Key] {
        let count = try integer("num_hidden_layers", in: 1...4096)
        let heads = try integer("num_key_value_heads", in: 1...65_536)
        let isConvolution: [Bool]
        if let kinds = try fields.items("layer_types") {
            isConvolution = try kinds.map { kind in
                switch kind.text {
                case "conv": return true
                case "full_attention": return false
                default: throw unsupported("layer_types", kind)
                }
            }
        } else if let attention = try fields.integers("full_attn_idxs") {
            let places = Set(attention)
            isConvolution = (0..<count).map { !places.contains($0) }
        } else {
            isConvolution = Array(repeating: false, count: count)
        }
        return [
            (
                "attention.head_count_kv", .array(MetadataArray(integers: isConvolution.map { $0 ? 0 : heads })),
                "layer_types"
            ),
            ("shortconv.l_cache", .int64(Int64(try integer("conv_L_cache", in: 1...1024))), "conv_L_cache"),
            ("attention.layer_norm_rms_epsilon", .float64(try number("norm_eps") ?? 0), "norm_eps"),
        ]
    }

    /// The file's width, or the rounded part of it that the model has if the file does not say otherwise.
    private func feedForwardWidth() throws -> Key {
        let widths = 1...16_777_216
        let name = fields.value("block_ff_dim") == nil ? "intermediate_size" : "block_ff_dim"
        let given = try integer(name, in: widths)
        guard try fields.truth("block_auto_adjust_ff_dim") ?? true else {
            return ("feed_forward_length", .int64(Int64(given)), name)
        }
        var width = Double(2 * given / 3)
        if !fields.isNull("block_ffn_dim_multiplier") {
            width = try ((number("block_ffn_dim_multiplier") ?? 1) * width).rounded(.towardZero)
        }
        let unit = try integer("block_multiple_of", in: widths)
        let rounded = (width / Double(unit)).rounded(.up) * Double(unit)
        guard rounded >= 1, rounded <= Double(widths.upperBound) else {
            let factor = try number("block_ffn_dim_multiplier") ?? 1
            throw fields.outOfRange("block_ffn_dim_multiplier", factor, rounded < 1 ? "larger" : "smaller")
        }
        return ("feed_forward_length", .int64(Int64(rounded)), name)
    }

    private func unsupported(_ key: String, _ value: JSONValue?) -> ModelFileError {
        .unsupportedSetting(path: fields.path, key: key, value: value?.shortText ?? "missing", type: type)
    }
}
