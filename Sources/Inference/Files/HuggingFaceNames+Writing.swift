// The names that transformers gives to the tensors of GGUF files: the way back from `HuggingFaceNames`.
// - A test holds both ways together: the reader finds each name that is written.

extension HuggingFaceNames {
    /// transformers' name of a tensor; nil if its models have no such tensor.
    /// - Parameter tensor: GGUF's name, such as `blk.0.attn_q.weight`.
    static func written(_ tensor: String, architecture: String) -> String? {
        let parts = tensor.split(separator: ".").map(String.init)
        guard let end = parts.last, ["weight", "bias"].contains(end) else { return nil }
        let isGPT2 = architecture == "gpt2"
        guard parts.first == "blk" else {
            guard parts.count == 2, let name = (isGPT2 ? gpt2Whole : usualWhole)[parts[0]],
                end == "weight" || isGPT2 && parts[0] == "output_norm"
            else { return nil }
            return name + "." + end
        }
        guard parts.count >= 4, let layer = Int(parts[1]) else { return nil }
        let stem = parts[2..<parts.count - 1].joined(separator: ".")
        guard let inner = inner(stem, architecture) else { return nil }
        return "\(isGPT2 ? "transformer.h" : "model.layers").\(layer).\(inner).\(end)"
    }

    /// The name inside its layer, such as `self_attn.q_proj` for `attn_q`; nil if transformers' models have none.
    static func inner(_ stem: String, _ architecture: String) -> String? {
        switch architecture {
        case "gpt2": gpt2Inner[stem]
        case "phi3": phi3Inner[stem]
        case "gemma2", "gemma3": postNormsInner[stem] ?? usualInner[stem]
        case "lfm2": lfm2Inner[stem] ?? usualInner[stem]
        // A model of the Llama family with experts is a Mixtral.
        case "llama" where stem == "ffn_gate_inp": "block_sparse_moe.gate"
        case "qwen3moe" where stem == "ffn_gate_inp": "mlp.gate"
        case "granitemoe" where stem == "ffn_gate_inp": "block_sparse_moe.router.layer"
        default: usualInner[stem]
        }
    }

    /// True for the families whose layers have modules as Llama's do.
    static func hasUsualModules(_ architecture: String) -> Bool { !["gpt2", "phi3", "lfm2"].contains(architecture) }

    private static let usualWhole = [
        "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
        "token_embd_norm": "model.embedding_norm",
    ]

    private static let gpt2Whole = [
        "token_embd": "transformer.wte", "position_embd": "transformer.wpe", "output_norm": "transformer.ln_f",
        "output": "lm_head",
    ]

    private static let usualInner = [
        "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm",
        "attn_k_norm": "self_attn.k_norm", "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
    ]

    /// Gemma 2 and 3 have norms after both blocks too.
    private static let postNormsInner = [
        "post_attention_norm": "post_attention_layernorm", "ffn_norm": "pre_feedforward_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    ]

    private static let lfm2Inner = [
        "attn_norm": "operator_norm", "ffn_norm": "ffn_norm", "attn_output": "self_attn.out_proj",
        "attn_q_norm": "self_attn.q_layernorm", "attn_k_norm": "self_attn.k_layernorm",
        "ffn_gate": "feed_forward.w1", "ffn_down": "feed_forward.w2", "ffn_up": "feed_forward.w3",
        "shortconv.conv": "conv.conv", "shortconv.in_proj": "conv.in_proj", "shortconv.out_proj": "conv.out_proj",
    ]

    private static let gpt2Inner = [
        "attn_norm": "ln_1", "attn_qkv": "attn.c_attn", "attn_output": "attn.c_proj", "ffn_norm": "ln_2",
        "ffn_up": "mlp.c_fc", "ffn_down": "mlp.c_proj",
    ]

    private static let phi3Inner = [
        "attn_norm": "input_layernorm", "attn_qkv": "self_attn.qkv_proj", "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm", "ffn_up": "mlp.gate_up_proj", "ffn_down": "mlp.down_proj",
    ]
}
