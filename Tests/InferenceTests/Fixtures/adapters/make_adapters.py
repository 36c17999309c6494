#!/usr/bin/env python3
"""Saves LoRA adapters as PEFT does, and the logits that PEFT computes with them: the fixtures of AdapterReferenceTests.

    python -m venv v; v/bin/pip install torch==2.15.0 transformers==5.24.0 peft==0.21.2 gguf==0.19.0 numpy safetensors
    v/bin/python make_adapters.py [NAME…]

The models are the folders of ../files (llama-q8 is made as make_models.py makes it), the ids those of models.json.
NAME/: the adapter. NAME.logits: float32, little endian, a row of the vocabulary for each id. adapters.json lists them.
A and B are large enough that the adapter changes every logit by much. check_written.py goes the other way.
"""
import json
import pathlib
import shutil
import sys
import zlib

import numpy as np
import peft
import torch
import transformers as t

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
import make_models  # noqa: E402

MODELS = json.loads((HERE.parent / "models/models.json").read_text())
GATED = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

# name: (model, settings of the adapter)
ADAPTERS = {
    "llama": ("llama-wide-heads", dict(r=3, lora_alpha=6, target_modules=GATED)),
    "llama-root": ("llama-wide-heads", dict(r=4, lora_alpha=4, target_modules=["q_proj", "v_proj"], use_rslora=True)),
    "llama-patterns": ("llama-wide-heads", dict(
        r=4, lora_alpha=4, target_modules=GATED, rank_pattern={"q_proj": 2, "^model.layers.1.mlp.down_proj": 5},
        alpha_pattern={"v_proj": 20, "layers.0.mlp.up_proj": 1})),
    "llama-half": ("llama-wide-heads", dict(r=2, lora_alpha=2, target_modules=["k_proj", "o_proj", "lm_head"])),
    "llama-q8": ("llama-q8", dict(r=4, lora_alpha=8, target_modules=GATED)),
    "qwen2": ("qwen2", dict(r=4, lora_alpha=8, target_modules=GATED)),
    "gemma3": ("gemma3", dict(r=1, lora_alpha=2, target_modules=GATED)),
    "gpt2": ("gpt2-odd", dict(
        r=4, lora_alpha=8, target_modules=["c_attn", "attn.c_proj", "c_fc", "mlp.c_proj"], fan_in_fan_out=True)),
    "phi3": ("phi3", dict(r=4, lora_alpha=8, target_modules=["qkv_proj", "o_proj", "gate_up_proj", "down_proj"])),
    "lfm2": ("lfm2", dict(r=4, lora_alpha=8, target_modules=[
        "q_proj", "k_proj", "v_proj", "out_proj", "in_proj", "w1", "w2", "w3"])),
}


def load(model):
    if (HERE.parent / "files" / model).exists():
        return t.AutoModelForCausalLM.from_pretrained(
            HERE.parent / "files" / model, dtype=torch.float32, attn_implementation="eager")
    entry = next(m for m in MODELS if m["name"] == model)
    known = np.fromfile(HERE.parent / f"models/{model}.logits", "<f4")
    arch, config_class, model_class, settings, weight_type, _ = make_models.MODELS[model]
    first = zlib.crc32(model.encode())
    for seed in range(first, first + 100):
        made = model_class(config_class(**settings)).eval().float()
        make_models.randomize(made, arch, seed)
        make_models.quantize_in_place(made, arch, weight_type)
        if np.abs(logits(made, entry["ids"]).ravel() - known).max() < 1e-3:
            return made
    raise SystemExit(f"{model}: no seed gives the model of the GGUF file")


def logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids]), use_cache=False).logits[0].float().numpy()


def make(name):
    base, settings = ADAPTERS[name]
    ids = next(m for m in MODELS if m["name"] == base)["ids"]
    model = load(base)
    before = logits(model, ids)
    known = np.fromfile(HERE.parent / f"models/{base}.logits", "<f4").reshape(before.shape)
    assert np.abs(before - known).max() < 1e-4 * max(1, np.abs(known).max()), "the model that the tests have"
    adapted = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", **settings)).eval()
    generator = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    with torch.no_grad():
        for key, p in adapted.named_parameters():
            if "lora_" in key:
                p.copy_(0.35 * torch.randn(p.shape, generator=generator) / p.shape[1] ** 0.5)
    if name == "llama-half":
        # As large adapters are saved; PEFT computes with the rounded values.
        with torch.no_grad():
            for key, p in adapted.named_parameters():
                if "lora_" in key:
                    p.copy_(p.to(torch.bfloat16).float())
    expected = logits(adapted, ids)
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = base
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    if name == "llama-half":
        from safetensors.torch import load_file, save_file
        tensors = load_file(folder / "adapter_model.safetensors")
        # PEFT also saves a copy of the frozen output matrix, as lm_head.base_layer.weight.
        save_file({k: v.to(torch.bfloat16) if "lora_" in k else v for k, v in tensors.items()},
                  folder / "adapter_model.safetensors", metadata={"format": "pt"})
    # As PEFT itself would load it.
    again = logits(peft.PeftModel.from_pretrained(load(base), folder).eval(), ids)
    print(f"{name}: changes logits by up to {np.abs(expected - before).max():.2f}, "
          f"loaded again {np.abs(again - expected).max():.1e}")
    again.astype("<f4").tofile(HERE / f"{name}.logits")
    return dict(name=name, model=base)


def make_two():
    """The first and the second adapter on one model, with factors of their own."""
    base, _ = ADAPTERS["llama"]
    model = peft.PeftModel.from_pretrained(load(base), HERE / "llama", adapter_name="first")
    model.load_adapter(HERE / "llama-root", adapter_name="second")
    model.base_model.set_adapter(["first", "second"])
    for module in model.modules():
        if isinstance(module, peft.tuners.lora.LoraLayer):
            for adapter, factor in (("first", 0.5), ("second", -0.75)):
                if adapter in module.scaling:
                    module.scaling[adapter] *= factor
    ids = next(m for m in MODELS if m["name"] == base)["ids"]
    logits(model.eval(), ids).astype("<f4").tofile(HERE / "llama-two.logits")


if __name__ == "__main__":
    t.logging.set_verbosity_error()
    index = HERE / "adapters.json"
    known = {a["name"]: a for a in json.loads(index.read_text())} if index.exists() else {}
    for name in sys.argv[1:] or ADAPTERS:
        known[name] = make(name)
    make_two()
    index.write_text("[\n" + ",\n".join(json.dumps(known[n]) for n in ADAPTERS if n in known) + "\n]\n")
