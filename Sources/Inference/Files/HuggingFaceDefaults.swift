// The numbers that config.json means if it leaves them out.
// - Only those that our forward pass reads. A name that a family does not use has no default.
// Defaults as transformers' configuration classes state them (configuration_*.py, version 5).

enum HuggingFaceDefaults {
    /// - Parameter type: `model_type`.
    static func number(_ name: String, of type: String) -> Double? {
        table[type == "gemma3" ? "gemma3_text" : type]?[name] ?? (type.hasPrefix("granite") ? granite[name] : nil)
    }

    /// True if the output matrix is the embedding.
    static func tiesEmbeddings(_ type: String) -> Bool {
        type.hasPrefix("gemma") || ["gpt2", "smollm3", "lfm2"].contains(type)
    }

    /// Of all Granite models.
    private static let granite: [String: Double] = [
        "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000, "embedding_multiplier": 1,
        "residual_multiplier": 1, "attention_multiplier": 1, "logits_scaling": 1, "bos_token_id": 1, "eos_token_id": 2,
    ]

    private static let table: [String: [String: Double]] = [
        "llama": ["max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000],
        "mistral": [
            "max_position_embeddings": 131_072, "rms_norm_eps": 1e-6, "rope_theta": 10_000,
            "num_key_value_heads": 8, "sliding_window": 4096,
        ],
        "mixtral": [
            "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 1_000_000,
            "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
        ],
        "gpt2": [
            "max_position_embeddings": 1024, "hidden_size": 768, "num_hidden_layers": 12,
            "num_attention_heads": 12, "layer_norm_epsilon": 1e-5, "bos_token_id": 50_256, "eos_token_id": 50_256,
        ],
        "qwen2": [
            "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 10_000, "num_key_value_heads": 32,
            "sliding_window": 4096,
        ],
        "qwen3": [
            "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 10_000, "num_key_value_heads": 32,
            "head_dim": 128, "sliding_window": 4096,
        ],
        "qwen3_moe": [
            "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 10_000, "num_key_value_heads": 4,
            "num_local_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
            "sliding_window": 4096,
        ],
        "gemma": [
            "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "rope_theta": 10_000, "head_dim": 256,
            "num_attention_heads": 16, "num_key_value_heads": 16,
        ],
        "gemma2": [
            "max_position_embeddings": 8192, "rms_norm_eps": 1e-6, "rope_theta": 10_000, "head_dim": 256,
            "num_attention_heads": 8, "num_key_value_heads": 4, "sliding_window": 4096,
            "query_pre_attn_scalar": 256, "attn_logit_softcapping": 50, "final_logit_softcapping": 30,
        ],
        "gemma3_text": [
            "max_position_embeddings": 131_072, "rms_norm_eps": 1e-6, "rope_theta": 1_000_000,
            "rope_local_base_freq": 10_000, "head_dim": 256, "num_attention_heads": 8, "num_key_value_heads": 4,
            "sliding_window": 4096, "query_pre_attn_scalar": 256,
        ],
        "phi3": [
            "max_position_embeddings": 4096, "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
            "rope_theta": 10_000, "bos_token_id": 1, "eos_token_id": 32_000,
        ],
        "smollm3": [
            "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 2_000_000,
            "num_key_value_heads": 4, "no_rope_layer_interval": 4, "bos_token_id": 128_000, "eos_token_id": 128_001,
        ],
        "granitemoe": ["num_local_experts": 8, "num_experts_per_tok": 2],
        "granitemoeshared": ["num_local_experts": 8, "num_experts_per_tok": 2, "shared_intermediate_size": 0],
        "granitemoehybrid": ["num_local_experts": 8, "num_experts_per_tok": 2, "shared_intermediate_size": 1024],
        "lfm2": [
            "max_position_embeddings": 128_000, "hidden_size": 2560, "intermediate_size": 12_288,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "norm_eps": 1e-5,
            "rope_theta": 1_000_000, "conv_L_cache": 3, "block_multiple_of": 256, "block_ffn_dim_multiplier": 1,
            "bos_token_id": 1, "eos_token_id": 2,
        ],
    ]
}
