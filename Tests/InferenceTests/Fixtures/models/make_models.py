"""Tiny random models and what transformers says they say: the fixtures of ModelLogitsTests.

    python -m venv v; v/bin/pip install torch==2.13.0 transformers==5.23.0 gguf==0.19.0 numpy
    # granite… and lfm2… were made with torch 2.15.0 and transformers 5.24.0
    v/bin/python make_models.py            # writes NAME.gguf, NAME.logits and models.json beside this file

Each model's seed is a hash of its name. NAME.logits: float32, little endian, one row of the vocabulary for each of `ids`.
`greedy`: 64 tokens that follow the first four of `ids`; no step's best two candidates are closer than 0.01 (the seed is
counted up until that holds). Quantized matrices are read back before the reference runs, so that it sees the same weights;
our activations are int8 there, and the test allows for that.
"""
import json
import pathlib
import sys
import zlib

import gguf
import numpy as np
import torch
import transformers as t

import hf_to_gguf

HERE = pathlib.Path(__file__).parent
POSITIONS = 24
BASE = dict(
    vocab_size=61, hidden_size=24, intermediate_size=28, num_hidden_layers=2, num_attention_heads=3,
    num_key_value_heads=1, max_position_embeddings=128, pad_token_id=0, bos_token_id=1, eos_token_id=2,
    rms_norm_eps=1e-5, tie_word_embeddings=False, attn_implementation="eager")
ROPE = dict(rope_type="default", rope_theta=10000.0)
LLAMA3 = dict(
    rope_type="llama3", rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32)
LONG = dict(
    rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=32,
    short_factor=[1.0, 1.1, 1.25, 1.5], long_factor=[1.0, 2.0, 3.5, 4.0])
WIDE = dict(hidden_size=32, intermediate_size=64, num_attention_heads=4, num_key_value_heads=2)
GPT2 = dict(
    vocab_size=61, n_embd=15, n_layer=2, n_head=5, n_positions=96, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    attn_implementation="eager")
GRANITE = dict(
    rope_parameters=ROPE, embedding_multiplier=0.7, attention_multiplier=0.6, residual_multiplier=1.6, logits_scaling=0.8)
LFM2 = dict(
    vocab_size=61, hidden_size=24, intermediate_size=28, block_auto_adjust_ff_dim=False, num_hidden_layers=5,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=128, pad_token_id=0, bos_token_id=1,
    eos_token_id=2, norm_eps=1e-5, rope_parameters=ROPE, attn_implementation="eager", tie_word_embeddings=True,
    layer_types=["conv", "full_attention", "conv", "conv", "full_attention"])
GEMMA3_ROPE = dict(
    sliding_attention=dict(rope_type="default", rope_theta=10000.0),
    full_attention=dict(rope_type="default", rope_theta=1000000.0))

# name: (architecture of the file, configuration class, model class, settings, weight type, extra keys of the file)
MODELS = {
    "llama-odd": ("llama", t.LlamaConfig, t.LlamaForCausalLM,
                  BASE | dict(head_dim=6, rope_parameters=ROPE, tie_word_embeddings=True), "F32", ()),
    "llama-wide-heads": ("llama", t.LlamaConfig, t.LlamaForCausalLM,
                         BASE | dict(num_attention_heads=4, num_key_value_heads=2, head_dim=10, attention_bias=True,
                                     mlp_bias=True, rope_parameters=LLAMA3), "F32", ()),
    "llama-linear-f16": ("llama", t.LlamaConfig, t.LlamaForCausalLM,
                         BASE | dict(rope_parameters=ROPE | dict(rope_type="linear", factor=4.0)), "F16", ()),
    "llama-q8": ("llama", t.LlamaConfig, t.LlamaForCausalLM,
                 BASE | WIDE | dict(rope_parameters=ROPE, tie_word_embeddings=True), "Q8_0", ()),
    "llama-q4": ("llama", t.LlamaConfig, t.LlamaForCausalLM, BASE | WIDE | dict(rope_parameters=ROPE), "Q4_0", ()),
    "gpt2-odd": ("gpt2", t.GPT2Config, t.GPT2LMHeadModel, GPT2, "F32", ()),
    "gpt2-untied-f16": ("gpt2", t.GPT2Config, t.GPT2LMHeadModel,
                        GPT2 | dict(n_embd=24, n_head=2, tie_word_embeddings=False), "F16", ()),
    "gpt2-q8": ("gpt2", t.GPT2Config, t.GPT2LMHeadModel, GPT2 | dict(n_embd=32, n_head=4), "Q8_0", ()),
    "qwen2": ("qwen2", t.Qwen2Config, t.Qwen2ForCausalLM, BASE | dict(rope_parameters=ROPE), "F32", ()),
    "qwen2-yarn": ("qwen2", t.Qwen2Config, t.Qwen2ForCausalLM,
                   BASE | dict(head_dim=8, tie_word_embeddings=True, rope_parameters=ROPE | dict(
                       rope_type="yarn", factor=4.0, original_max_position_embeddings=32)), "F32", ()),
    "qwen2-yarn-turns": ("qwen2", t.Qwen2Config, t.Qwen2ForCausalLM,
                         BASE | dict(head_dim=16, tie_word_embeddings=True, rope_parameters=ROPE | dict(
                             rope_type="yarn", factor=4.0, original_max_position_embeddings=32, beta_fast=3.0,
                             beta_slow=0.5, attention_factor=1.2)), "F32", ()),
    "qwen3": ("qwen3", t.Qwen3Config, t.Qwen3ForCausalLM,
              BASE | dict(head_dim=10, rope_parameters=ROPE, tie_word_embeddings=True), "F32", ()),
    "gemma": ("gemma", t.GemmaConfig, t.GemmaForCausalLM,
              BASE | dict(head_dim=10, rope_parameters=ROPE, hidden_activation="gelu_pytorch_tanh",
                          tie_word_embeddings=True), "F32", ()),
    "gemma2": ("gemma2", t.Gemma2Config, t.Gemma2ForCausalLM,
               BASE | dict(head_dim=10, query_pre_attn_scalar=10, sliding_window=5, rope_parameters=ROPE,
                           attn_logit_softcapping=2.0, final_logit_softcapping=5.0, tie_word_embeddings=True),
               "F32", (("add_sliding_window", (5,)), ("add_attn_logit_softcapping", (2.0,)),
                       ("add_final_logit_softcapping", (5.0,)))),
    "gemma3": ("gemma3", t.Gemma3TextConfig, t.Gemma3ForCausalLM,
               BASE | dict(head_dim=6, hidden_size=18, intermediate_size=20, query_pre_attn_scalar=6, sliding_window=6,
                           num_hidden_layers=7, rope_parameters=GEMMA3_ROPE, tie_word_embeddings=True),
               "F16", (("add_sliding_window", (6,)),)),
    "phi3": ("phi3", t.Phi3Config, t.Phi3ForCausalLM,
             BASE | dict(rope_parameters=ROPE | dict(partial_rotary_factor=0.75), sliding_window=9),
             "F32", (("add_sliding_window", (9,)),)),
    "phi3-long": ("phi3", t.Phi3Config, t.Phi3ForCausalLM,
                  BASE | dict(rope_parameters=LONG, original_max_position_embeddings=32), "F32",
                  (("add_sliding_window", (0,)),)),
    "smollm3": ("smollm3", t.SmolLM3Config, t.SmolLM3ForCausalLM,
                BASE | dict(hidden_size=18, num_hidden_layers=5, rope_parameters=ROPE, tie_word_embeddings=True),
                "F16", ()),
    "mixtral": ("llama", t.MixtralConfig, t.MixtralForCausalLM,
                BASE | dict(num_local_experts=4, num_experts_per_tok=2, rope_parameters=ROPE, sliding_window=None),
                "F16", (("add_expert_count", (4,)), ("add_expert_used_count", (2,)))),
    "qwen3moe": ("qwen3moe", t.Qwen3MoeConfig, t.Qwen3MoeForCausalLM,
                 BASE | dict(head_dim=6, num_experts=6, num_experts_per_tok=3, moe_intermediate_size=12,
                             norm_topk_prob=True, rope_parameters=ROPE, tie_word_embeddings=True),
                 "F16", (("add_expert_count", (6,)), ("add_expert_used_count", (3,)),
                         ("add_expert_feed_forward_length", (12,)))),
    "granite": ("granite", t.GraniteConfig, t.GraniteForCausalLM,
                BASE | GRANITE | dict(head_dim=6, tie_word_embeddings=True), "F32", ()),
    "granite-untied": ("granite", t.GraniteConfig, t.GraniteForCausalLM,
                       BASE | WIDE | GRANITE | dict(attention_bias=True, mlp_bias=True, logits_scaling=0.4,
                                                    num_hidden_layers=3, rope_parameters=LLAMA3 | dict(
                                                        rope_theta=900.0)), "F32", ()),
    "granite-q8": ("granite", t.GraniteConfig, t.GraniteForCausalLM,
                   BASE | WIDE | GRANITE | dict(
                       tie_word_embeddings=True, attention_multiplier=0.3, residual_multiplier=0.9, logits_scaling=2), "Q8_0",
                   ()),
    "granitemoe": ("granitemoe", t.GraniteMoeConfig, t.GraniteMoeForCausalLM,
                   BASE | GRANITE | dict(num_local_experts=5, num_experts_per_tok=2, tie_word_embeddings=True), "F16",
                   (("add_expert_count", (5,)), ("add_expert_used_count", (2,)))),
    "granitemoe-shared": ("granitemoe", t.GraniteMoeSharedConfig, t.GraniteMoeSharedForCausalLM,
                          BASE | GRANITE | dict(num_local_experts=4, num_experts_per_tok=3, shared_intermediate_size=20),
                          "F16", (("add_expert_count", (4,)), ("add_expert_used_count", (3,)),
                                  ("add_expert_shared_feed_forward_length", (20,)))),
    "lfm2": ("lfm2", t.Lfm2Config, t.Lfm2ForCausalLM, LFM2, "F32", ()),
    # Ends with a convolution, sees more positions, and has biases and an output matrix of its own.
    "lfm2-long-kernel": ("lfm2", t.Lfm2Config, t.Lfm2ForCausalLM,
                         LFM2 | dict(hidden_size=20, num_attention_heads=2, num_key_value_heads=1, conv_L_cache=7,
                                     conv_bias=True, tie_word_embeddings=False, num_hidden_layers=3,
                                     layer_types=["full_attention", "conv", "conv"]), "F32", ()),
    "lfm2-convolutions": ("lfm2", t.Lfm2Config, t.Lfm2ForCausalLM,
                          LFM2 | dict(hidden_size=12, num_attention_heads=2, conv_L_cache=2, num_hidden_layers=3,
                                      layer_types=["conv", "conv", "conv"]), "F16", ()),
    "lfm2-q8": ("lfm2", t.Lfm2Config, t.Lfm2ForCausalLM,
                LFM2 | dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                            layer_types=["full_attention", "conv"]), "Q8_0", ()),
}


def randomize(model, arch, seed):
    """Weights large enough for every part to matter: attention far from uniform, logits a few units apart."""
    g = torch.Generator().manual_seed(seed)
    draw = lambda p: torch.randn(p.shape, generator=g)
    with torch.no_grad():
        for name, p in model.named_parameters():
            stem = name.rsplit(".", 1)[0]
            gemma = arch.startswith("gemma")
            if name.endswith("bias"):
                p.copy_(0.3 * draw(p))
            elif "norm" in stem or stem.split(".")[-1].startswith("ln_"):
                # gemma keeps the scale less one; its last one is large, because its embeddings are small.
                centre = 3.0 if gemma and name == "model.norm.weight" else 0.0 if gemma else 1.0
                p.copy_(centre + 0.2 * draw(p))
            elif name.endswith("conv.conv.weight"):
                # Of the largest size, so that every position that a convolution sees matters.
                p.copy_(1.5 * draw(p))
            elif "embed" in stem or stem.split(".")[-1] in ("wte", "wpe", "lm_head"):
                p.copy_((0.15 if gemma else 0.5) * draw(p))
            else:
                inputs = p.shape[0] if arch == "gpt2" else p.shape[-1]
                p.copy_(1.3 * draw(p) / inputs ** 0.5)


def quantize_in_place(model, arch, weight_type):
    """Rounds every matrix to what `weight_type` can hold."""
    if weight_type == "F32":
        return
    q = gguf.GGMLQuantizationType[weight_type]
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.ndim == 1 or name.endswith(("mlp.gate.weight", "router.weight", "conv.conv.weight")):
                continue
            x = p.float().numpy()
            turned = arch == "gpt2" and x.ndim == 2 and name.rsplit(".", 2)[-2].startswith("c_")
            x = np.ascontiguousarray(x.T if turned else x)
            x = gguf.quants.dequantize(gguf.quants.quantize(x, q), q).reshape(x.shape)
            p.copy_(torch.from_numpy(np.ascontiguousarray(x.T if turned else x)))


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0].float().numpy()


def make(name):
    arch, config_class, model_class, settings, weight_type, extra = MODELS[name]
    first = seed = zlib.crc32(name.encode())
    while True:
        model = model_class(config_class(**settings)).eval().float()
        randomize(model, arch, seed)
        quantize_in_place(model, arch, weight_type)
        ids = np.random.default_rng(seed).integers(0, 61, POSITIONS).tolist()
        text, margin = ids[:4], 1e9
        for _ in range(64):
            row = logits(model, text)[-1]
            best = np.sort(row)[-2:]
            margin = min(margin, best[1] - best[0])
            text.append(int(row.argmax()))
        if margin > 0.01 and len(set(text)) > (6 if arch.startswith("gemma") else 10):
            break
        if seed - first > 100:
            raise SystemExit(f"{name}: no seed gives a lively text with clear winners")
        seed += 1
    hf_to_gguf.write(model, arch, HERE / f"{name}.gguf", weight_type, extra)
    expected = logits(model, ids)
    expected.astype("<f4").tofile(HERE / f"{name}.logits")
    print(f"{name}: {(HERE / f'{name}.gguf').stat().st_size} bytes, logits {expected.std():.2f}, margin {margin:.3f}, "
          f"{len(set(text))} different tokens, seed {seed}")
    return dict(name=name, architecture=arch, weights=weight_type, vocabulary=61, ids=ids, greedy=text[4:])


if __name__ == "__main__":
    t.logging.set_verbosity_error()
    index = HERE / "models.json"
    known = {m["name"]: m for m in json.loads(index.read_text())} if index.exists() else {}
    for name in sys.argv[1:] or MODELS:
        known[name] = make(name)
    ordered = [known[name] for name in MODELS if name in known]
    index.write_text("[\n" + ",\n".join(json.dumps(m) for m in ordered) + "\n]\n")
