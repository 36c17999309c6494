#!/usr/bin/env python3
"""Saves tiny models as Hugging Face folders: config.json and safetensors, in one file or in several.

    v/bin/python make_folders.py [NAME…]        # the environment that ../models/make_models.py describes

FilesFolderTests hold the folders of the first list to the GGUF files of the same names in ../models. Those of the second have
settings that GGUF files do not; reference.json beside their files has ids and transformers' logits for them.
"""
import json
import pathlib
import shutil
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
import make_models  # noqa: E402

NAMES = [
    "llama-wide-heads", "gpt2-odd", "gemma3", "phi3", "mixtral", "qwen2", "granite", "granitemoe-shared", "lfm2",
    "lfm2-long-kernel"]
BASES = make_models.MODELS | {
    # Granite 4.0 without Mamba layers.
    "granitehybrid": (
        "granite", make_models.t.GraniteMoeHybridConfig, make_models.t.GraniteMoeHybridForCausalLM,
        make_models.BASE | make_models.GRANITE | dict(
            layer_types=["full_attention"] * 2, shared_intermediate_size=20, num_local_experts=0, num_experts_per_tok=0,
            position_embedding_type="rope", mamba_n_heads=4, mamba_d_head=12), "F32", ()),
}
LINEAR = dict(rope_type="linear", rope_theta=10000.0, factor=2.0)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=32)
# name: (the model it varies, its other settings, the most bytes of a file, whether config.json is of the older form)
VARIANTS = {
    "qwen3moe-unnormalized": ("qwen3moe", dict(norm_topk_prob=False, tie_word_embeddings=False), "12KB", True),
    "smollm3-unrotated": ("smollm3", dict(no_rope_layers=[1, 0, 1, 1, 0], hidden_size=12), None, False),
    "llama-yarn": ("llama-odd", dict(
        head_dim=8, rope_parameters=YARN | dict(beta_fast=16, beta_slow=2, mscale=1.2, mscale_all_dim=0.7)), None, True),
    "gemma2-uncapped": ("gemma2", dict(
        attn_logit_softcapping=None, final_logit_softcapping=None, query_pre_attn_scalar=7,
        layer_types=["full_attention", "sliding_attention"]), "16KB", False),
    "gemma3-one-base": ("gemma3", dict(num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"],
        rope_parameters=dict(sliding_attention=make_models.ROPE, full_attention=LINEAR)), None, False),
    "qwen2-windowed": ("qwen2", dict(
        use_sliding_window=True, sliding_window=5, max_window_layers=1, hidden_act="gelu"), None, True),
    "qwen3moe-dense-layer": ("qwen3moe", dict(
        mlp_only_layers=[0], use_sliding_window=True, sliding_window=7, intermediate_size=10), None, False),
    "smollm3-windowed": ("smollm3", dict(
        no_rope_layer_interval=2, use_sliding_window=True, sliding_window=4, num_hidden_layers=3), None, False),
    "gpt2-relu": ("gpt2-odd", dict(activation_function="relu", scale_attn_weights=False, n_inner=20), None, False),
    "gpt2-inverse-layers": ("gpt2-odd", dict(scale_attn_by_inverse_layer_idx=True, n_layer=3), None, False),
    "gpt2-only-inverse-layers": ("gpt2-odd", dict(
        scale_attn_by_inverse_layer_idx=True, scale_attn_weights=False, n_layer=3), None, False),
    "granite-dense-hybrid": ("granitehybrid", dict(tie_word_embeddings=True), None, False),
    "granite-unrotated-hybrid": ("granitehybrid", dict(
        position_embedding_type=None, num_local_experts=3, num_experts_per_tok=2), None, False),
    "lfm2-adjusted": ("lfm2", dict(
        intermediate_size=40, block_auto_adjust_ff_dim=True, block_ffn_dim_multiplier=1.3, block_multiple_of=6,
        conv_bias=True, num_hidden_layers=3, layer_types=None, full_attn_idxs=[1]), None, True),
}


class Saved(Exception):
    pass


def save(model, arch, path, weight_type, extra):
    folder = HERE / path.stem
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    # The rest of the script would write the GGUF file again.
    raise Saved


def older_form(path):
    """Before version 5 the rotation's numbers stood apart, and some files leave out what is usual."""
    config = json.loads(path.read_text())
    config.pop("layer_types", None)
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    rope["type"] = rope.pop("rope_type")
    config["rope_scaling"] = None if rope["type"] == "default" else rope
    if config["tie_word_embeddings"] is False:
        del config["tie_word_embeddings"]
    path.write_text(json.dumps(config, indent=2) + "\n")


def vary(name):
    base, settings, shard, is_old = VARIANTS[name]
    arch, config_class, model_class, usual, _, _ = BASES[base]
    torch.manual_seed(1)
    model = model_class(config_class(**usual | settings)).eval().float()
    make_models.randomize(model, arch, 5)
    ids = np.random.default_rng(5).integers(0, 61, 16).tolist()
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **({"max_shard_size": shard} if shard else {}))
    (folder / "generation_config.json").unlink(missing_ok=True)
    if is_old:
        older_form(folder / "config.json")
    logits = [[round(float(x), 5) for x in row] for row in make_models.logits(model, ids)]
    (folder / "reference.json").write_text(json.dumps(dict(ids=ids, logits=logits)) + "\n")


if __name__ == "__main__":
    make_models.t.logging.set_verbosity_error()
    wanted = sys.argv[1:] or [*NAMES, *VARIANTS]
    for name in wanted:
        if name in VARIANTS:
            vary(name)
            continue
        try:
            make_models.hf_to_gguf.write, write = save, make_models.hf_to_gguf.write
            make_models.make(name)
        except Saved:
            make_models.hf_to_gguf.write = write
