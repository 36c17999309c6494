"""Writes a transformers model as GGUF, with the tensor and key names that llama.cpp's files have."""
import gguf
import numpy as np

NAMES = {
    "embed_tokens": "token_embd", "wte": "token_embd", "wpe": "position_embd", "norm": "output_norm",
    "ln_f": "output_norm", "lm_head": "output",
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.qkv_proj": "attn_qkv", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.gate_up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "mlp.gate": "ffn_gate_inp",
    "ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
    "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
    "block_sparse_moe.router": "ffn_gate_inp", "shared_mlp.output_linear": "ffn_down_shexp",
    "embedding_norm": "token_embd_norm", "operator_norm": "attn_norm", "ffn_norm": "ffn_norm",
    "self_attn.out_proj": "attn_output", "self_attn.q_layernorm": "attn_q_norm",
    "self_attn.k_layernorm": "attn_k_norm", "feed_forward.w1": "ffn_gate", "feed_forward.w2": "ffn_down",
    "feed_forward.w3": "ffn_up", "conv.conv": "shortconv.conv", "conv.in_proj": "shortconv.in_proj",
    "conv.out_proj": "shortconv.out_proj",
}
GEMMA_NAMES = NAMES | {
    "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}
INTERLEAVED = {"llama", "smollm3", "granite", "granitemoe"}     # files of these pair (2i, 2i + 1); transformers pairs (i, i + half)


def interleave(w, heads):
    """Rows of queries or keys, paired by halves in each head -> paired as neighbours."""
    rows = w.shape[0] // heads
    return w.reshape(heads, 2, rows // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def tensors(model, arch, config):
    """(GGUF name, float32 array) of each tensor."""
    names = GEMMA_NAMES if arch in ("gemma2", "gemma3") else NAMES
    state = model.state_dict()
    tied = config.tie_word_embeddings
    for key, value in state.items():
        x = value.detach().float().numpy()
        parts = key.removeprefix("model.").removeprefix("transformer.").split(".")
        block = ""
        if parts[0] in ("layers", "h"):
            block, parts = f"blk.{parts[1]}.", parts[2:]
        name = ".".join(parts)
        if name == "shared_mlp.input_linear.weight":
            half = x.shape[0] // 2
            yield block + "ffn_gate_shexp.weight", x[:half]
            yield block + "ffn_up_shexp.weight", x[half:]
            continue
        if name.startswith(("mlp.experts.", "block_sparse_moe.experts.")):
            if name.endswith("gate_up_proj"):
                half = x.shape[1] // 2
                yield block + "ffn_gate_exps.weight", x[:, :half]
                yield block + "ffn_up_exps.weight", x[:, half:]
            else:
                yield block + "ffn_down_exps.weight", x
            continue
        stem, kind = name.rsplit(".", 1)
        if stem == "lm_head" and tied:
            continue
        target = names[stem]
        if target == "shortconv.conv" and x.ndim == 3:
            x = x[:, 0]
        if arch == "gpt2" and x.ndim == 2 and stem.split(".")[-1].startswith("c_"):
            x = x.T                                             # Conv1D keeps (in, out)
        if arch in INTERLEAVED and target in ("attn_q", "attn_k"):
            x = interleave(x, config.num_attention_heads if target == "attn_q" else config.num_key_value_heads)
        if arch.startswith("gemma") and target.endswith("norm"):
            x = x + 1                                           # transformers keeps the scale less one
        yield block + target + "." + kind, x


def llama3_factors(config, rope):
    """Divisors of the frequencies as Llama 3.1 stretches them."""
    dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    out = []
    for i in range(0, dim, 2):
        wavelength = 2 * np.pi * rope["rope_theta"] ** (i / dim)
        low = rope["original_max_position_embeddings"] / rope["low_freq_factor"]
        high = rope["original_max_position_embeddings"] / rope["high_freq_factor"]
        if wavelength < high:
            out.append(1.0)
        elif wavelength > low:
            out.append(rope["factor"])
        else:
            smooth = (rope["original_max_position_embeddings"] / wavelength - rope["low_freq_factor"]) / (
                rope["high_freq_factor"] - rope["low_freq_factor"])
            out.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(out, np.float32)


def write(model, arch, path, weight_type="F32", extra=()):
    """Writes `path`; matrices as `weight_type`, norms, biases and routers as F32.

    Returns {name: values as the file gives them back}, for a reference on the very same numbers.
    """
    config = model.config
    w = gguf.GGUFWriter(path, arch)
    get = lambda *names: next((getattr(config, n) for n in names if getattr(config, n, None) is not None), None)
    w.add_context_length(get("max_position_embeddings", "n_positions"))
    w.add_embedding_length(get("hidden_size", "n_embd"))
    w.add_block_count(get("num_hidden_layers", "n_layer"))
    w.add_head_count(get("num_attention_heads", "n_head"))
    w.add_feed_forward_length(get("intermediate_size") or 4 * config.n_embd)
    rope = getattr(config, "rope_parameters", None) or {}
    rope = rope.get("full_attention", rope)
    if arch == "gpt2":
        w.add_layer_norm_eps(config.layer_norm_epsilon)
    else:
        kinds = config.layer_types if arch == "lfm2" else []
        w.add_head_count_kv([0 if k == "conv" else config.num_key_value_heads for k in kinds] or config.num_key_value_heads)
        w.add_layer_norm_rms_eps(get("rms_norm_eps", "norm_eps"))
        if arch == "lfm2":
            w.add_shortconv_l_cache(config.conv_L_cache)
        if arch.startswith("granite"):
            w.add_embedding_scale(config.embedding_multiplier)
            w.add_residual_scale(config.residual_multiplier)
            w.add_attention_scale(config.attention_multiplier)
            w.add_logit_scale(config.logits_scaling)
        w.add_rope_freq_base(rope["rope_theta"])
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        if getattr(config, "head_dim", None):
            w.add_key_length(head)
            w.add_value_length(head)
        w.add_rope_dimension_count(int(head * rope.get("partial_rotary_factor", 1.0)))
    for name, value in extra:
        getattr(w, name)(*value)
    arrays = list(tensors(model, arch, config))
    kind = rope.get("rope_type")
    if kind == "llama3":
        arrays.append(("rope_freqs.weight", llama3_factors(config, rope)))
    if kind == "longrope":
        arrays.append(("rope_factors_long.weight", np.array(rope["long_factor"], np.float32)))
        arrays.append(("rope_factors_short.weight", np.array(rope["short_factor"], np.float32)))
        original = rope["original_max_position_embeddings"]
        scale = config.max_position_embeddings / original
        w.add_rope_scaling_orig_ctx_len(original)
        w.add_rope_scaling_attn_factors(float(np.sqrt(1 + np.log(scale) / np.log(original))))
    if kind == "yarn":
        w.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        w.add_rope_scaling_factor(rope["factor"])
        w.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        for name, key in ("beta_fast", "beta_fast"), ("beta_slow", "beta_slow"), ("attention_factor", "attn_factor"):
            if name in rope:
                w.add_float32(f"{arch}.rope.scaling.yarn_{key}", rope[name])
    if kind == "linear":
        w.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        w.add_rope_scaling_factor(rope["factor"])
    q = gguf.GGMLQuantizationType[weight_type]
    back = {}
    for name, x in arrays:
        x = np.ascontiguousarray(x, np.float32)
        if x.ndim == 1 or "ffn_gate_inp" in name or "shortconv.conv" in name or weight_type == "F32":
            w.add_tensor(name, x)
            back[name] = x
        else:
            data = gguf.quants.quantize(x, q)
            w.add_tensor(name, data, raw_dtype=q)
            back[name] = gguf.quants.dequantize(data, q).reshape(x.shape)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    return back
