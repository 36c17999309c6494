// The tensors of a Hugging Face model by GGUF's tensor names.
// Names as transformers' models save them and as llama.cpp's converter (gguf-py, tensor_mapping.py) reads them.

/// Finds tensors by GGUF's names.
struct HuggingFaceNames {
    /// The tensors in the files that make up one tensor of GGUF, and the change of their layout.
    struct Place {
        var names: [String]
        var change = LayoutChange.none
    }

    private let places: [String: Place]

    /// - Parameters:
    ///   - headCounts: of queries, and of keys and values.
    ///   - pairsSideBySide: true if rotated rows go into the order of GGUF files.
    init(
        architecture: String, tensors: [String: TensorEntry], headCounts: (query: Int, key: Int),
        tiesEmbeddings: Bool, pairsSideBySide: Bool
    ) {
        var places: [String: Place] = [:]
        var experts: [String: [(index: Int, name: String)]] = [:]
        for name in tensors.keys {
            if let (gate, up) = Self.gateAndUp(name, architecture) {
                places[gate] = Place(names: [name], change: .half(0))
                places[up] = Place(names: [name], change: .half(1))
                continue
            }
            guard let (own, expert) = Self.translate(name, architecture) else { continue }
            if let expert {
                experts[own, default: []].append((expert, name))
                continue
            }
            let change = Self.change(
                own, architecture, isMatrix: tensors[name]?.shape.count == 2, pairsSideBySide ? headCounts : nil)
            places[own] = Place(names: [name], change: change)
        }
        for (own, parts) in experts {
            places[own] = Place(names: parts.sorted { $0.index < $1.index }.map(\.name))
        }
        // A model with one matrix for both may save it under either name. If both are there, both are used.
        if tiesEmbeddings, places["token_embd.weight"] == nil { places["token_embd.weight"] = places["output.weight"] }
        self.places = places
    }

    var known: [String] { Array(places.keys) }

    func places(of name: String) -> Place? { places[name] }

    /// True if a tensor of that name is one of the model's weights.
    static func isWeight(_ name: String, _ architecture: String) -> Bool {
        gateAndUp(name, architecture) != nil || translate(name, architecture) != nil
    }

    /// The matrices of GGUF that hold the outputs of one matrix of transformers: one, or two with a half of them each.
    /// - Parameter name: ends with `.weight`.
    /// - Returns: an empty list for a name that is none of the model's matrices, or that is one of an expert.
    static func matrices(_ name: String, _ architecture: String) -> [(name: String, half: Int?)] {
        if let (gate, up) = gateAndUp(name, architecture) {
            return gate.hasSuffix("_exps.weight") ? [] : [(gate, 0), (up, 1)]
        }
        guard let (own, expert) = translate(name, architecture), expert == nil else { return [] }
        return [(own, nil)]
    }

    /// - Parameter heads: nil if rotated rows keep the order of Hugging Face's files.
    static func change(
        _ name: String, _ architecture: String, isMatrix: Bool, _ heads: (query: Int, key: Int)?
    ) -> LayoutChange {
        if let heads, isRotatedByPairs(architecture) {
            if name.contains("attn_q.") { return .pairsSideBySide(headCount: heads.query) }
            if name.contains("attn_k.") { return .pairsSideBySide(headCount: heads.key) }
        }
        if name.hasSuffix("shortconv.conv.weight") { return .oneRowEach }
        if architecture == "gpt2", isMatrix, name.hasPrefix("blk.") { return .transposed }
        if architecture.hasPrefix("gemma"), name.contains("norm") { return .onePlus }
        return .none
    }

    /// True if GGUF files of the family have rotated pairs side by side.
    static func isRotatedByPairs(_ architecture: String) -> Bool {
        ["llama", "smollm3", "granite", "granitemoe"].contains(architecture)
    }

    /// GGUF's names of the gate and up matrices if one tensor holds both: (gate rows above up rows, inputs), or for all
    /// experts of a layer (experts, gate rows above up rows, inputs), as transformers 5 keeps them in memory.
    private static func gateAndUp(_ name: String, _ architecture: String) -> (gate: String, up: String)? {
        func names(_ kind: String) -> (String, String)? {
            layer(of: parts(name)).map { ("blk.\($0).ffn_gate\(kind).weight", "blk.\($0).ffn_up\(kind).weight") }
        }
        if name.hasSuffix(".experts.gate_up_proj") { return names("_exps") }
        guard architecture.hasPrefix("granite") else { return nil }
        if name.hasSuffix(".block_sparse_moe.input_linear.weight") { return names("_exps") }
        if name.hasSuffix(".shared_mlp.input_linear.weight") { return names(architecture == "granite" ? "" : "_shexp") }
        return nil
    }

    /// The parts of a name, without the prefix of the text model.
    private static func parts(_ name: String) -> ArraySlice<String> {
        name.split(separator: ".").map(String.init).drop { ["model", "language_model", "transformer"].contains($0) }
    }

    private static func layer(of parts: ArraySlice<String>) -> Int? {
        guard let first = parts.first, first == "layers" || first == "h", parts.count >= 3 else { return nil }
        return Int(parts[parts.startIndex + 1]).flatMap { (0..<65_536).contains($0) ? $0 : nil }
    }

    /// GGUF's name of a tensor, and the number of its expert; nil for tensors that are not used.
    static func translate(_ name: String, _ architecture: String) -> (String, expert: Int?)? {
        if name.hasSuffix(".experts.down_proj"), let layer = layer(of: parts(name)) {
            return ("blk.\(layer).ffn_down_exps.weight", nil)
        }
        var parts = Array(parts(name))
        guard let end = parts.popLast(), end == "weight" || end == "bias" else { return nil }
        guard parts.first == "layers" || parts.first == "h" else {
            return whole[parts.joined(separator: ".")].map { ($0 + "." + end, nil) }
        }
        guard let layer = layer(of: parts[...]) else { return nil }
        var inner = parts[2...].joined(separator: ".")
        var expert: Int?
        if let place = parts.firstIndex(of: "experts"), place + 2 < parts.count, let index = Int(parts[place + 1]) {
            expert = index
            inner = "experts." + parts[(place + 2)...].joined(separator: ".")
        }
        return (own[architecture]?[inner] ?? inLayer[inner]).map { ("blk.\(layer).\($0).\(end)", expert) }
    }

    private static let whole = [
        "embed_tokens": "token_embd", "wte": "token_embd", "wpe": "position_embd", "norm": "output_norm",
        "ln_f": "output_norm", "lm_head": "output", "embedding_norm": "token_embd_norm",
    ]

    /// The names inside a layer, without those of single families.
    static let inLayer = [
        "input_layernorm": "attn_norm", "ln_1": "attn_norm", "post_attention_layernorm": "ffn_norm",
        "ln_2": "ffn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "self_attn.qkv_proj": "attn_qkv", "attn.c_attn": "attn_qkv",
        "attn.c_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
        "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
        "mlp.gate_up_proj": "ffn_up", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down", "mlp.gate": "ffn_gate_inp",
        "block_sparse_moe.gate": "ffn_gate_inp", "experts.w1": "ffn_gate_exps", "experts.w2": "ffn_down_exps",
        "experts.w3": "ffn_up_exps", "experts.gate_proj": "ffn_gate_exps", "experts.up_proj": "ffn_up_exps",
        "experts.down_proj": "ffn_down_exps",
    ]

    /// Names that only some architectures have, or that mean something else there.
    private static let own = [
        "gemma2": postNorms, "gemma3": postNorms, "granitemoe": graniteExperts,
        "granite": ["shared_mlp.output_linear": "ffn_down"],
        "lfm2": [
            "operator_norm": "attn_norm", "ffn_norm": "ffn_norm", "self_attn.out_proj": "attn_output",
            "self_attn.q_layernorm": "attn_q_norm", "self_attn.k_layernorm": "attn_k_norm",
            "feed_forward.w1": "ffn_gate", "feed_forward.w2": "ffn_down", "feed_forward.w3": "ffn_up",
            "conv.conv": "shortconv.conv", "conv.in_proj": "shortconv.in_proj", "conv.out_proj": "shortconv.out_proj",
        ],
    ]

    private static let graniteExperts = [
        "block_sparse_moe.router": "ffn_gate_inp", "block_sparse_moe.router.layer": "ffn_gate_inp",
        "block_sparse_moe.output_linear": "ffn_down_exps", "shared_mlp.output_linear": "ffn_down_shexp",
    ]

    /// Gemma 2 and 3 have norms after both blocks too, and another name for the one before the feed-forward block.
    private static let postNorms = [
        "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
        "post_feedforward_layernorm": "post_ffw_norm",
    ]
}
