// The names of modules of transformers for GGUF's matrices: the other way of `HuggingFaceNames`, for adapters.

/// Names of modules in one family of models.
struct PEFTNames {
    private let architecture: String
    /// Modules inside a layer by the names of matrices.
    private let inLayer: [String: String]

    init(architecture: String) {
        self.architecture = architecture
        inLayer = Self.own[architecture] ?? Self.usual
    }

    /// The module's complete name, such as `model.layers.0.self_attn.q_proj`; nil if the matrix is no module.
    func module(_ name: String) -> String? {
        guard let inner = inner(name), let layer = LoRAAdapter.layer(name) else {
            return name == "output.weight" ? "lm_head" : nil
        }
        return (architecture == "gpt2" ? "transformer.h." : "model.layers.") + "\(layer).\(inner)"
    }

    /// The module's name inside its layer, such as `self_attn.q_proj`; nil outside the layers.
    func inner(_ name: String) -> String? {
        guard let layer = LoRAAdapter.layer(name), name.hasSuffix(".weight") else { return nil }
        return inLayer[String(name.dropFirst("blk.\(layer).".count).dropLast(".weight".count))]
    }

    /// The shortest name by which PEFT finds the modules of that inner name and no others: it compares ends of names.
    func target(_ inner: String) -> String {
        guard let last = inner.split(separator: ".").last.map(String.init) else { return inner }
        return inLayer.values.count { $0 == last || $0.hasSuffix("." + last) } == 1 ? last : inner
    }

    private static let usual = [
        "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj", "ffn_gate_inp": "mlp.gate",
    ]

    private static let own = [
        "gpt2": [
            "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj", "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj",
        ],
        "phi3": [
            "attn_qkv": "self_attn.qkv_proj", "attn_output": "self_attn.o_proj", "ffn_up": "mlp.gate_up_proj",
            "ffn_down": "mlp.down_proj",
        ],
        "lfm2": [
            "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
            "attn_output": "self_attn.out_proj", "ffn_gate": "feed_forward.w1", "ffn_down": "feed_forward.w2",
            "ffn_up": "feed_forward.w3", "shortconv.in_proj": "conv.in_proj", "shortconv.out_proj": "conv.out_proj",
        ],
        // One matrix of transformers holds gate and up there, and an update of both needs one A.
        "granitemoe": [
            "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
            "attn_output": "self_attn.o_proj",
        ],
    ]
}
