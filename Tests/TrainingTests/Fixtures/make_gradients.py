"""Makes gradients/: tiny random models, a batch, and the loss and gradients that transformers and PyTorch compute for them.

    python make_gradients.py        (torch 2.15.0, transformers 5.24.0; on the CPU, seed 7)

A folder FAMILY has model/ (config.json and weights), gradient/ (the same names with the gradient of each tensor) and
batch.json: the documents with the weight of each token as a label, and the mean loss over the labels' weights.
Each document is computed alone, so nothing can leak between them.
"""
import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file
from transformers import (Gemma2ForCausalLM, Gemma2Config, Gemma3ForCausalLM, Gemma3TextConfig, GPT2Config,
                          GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config,
                          Qwen3ForCausalLM)

here = pathlib.Path(__file__).parent / "gradients"
common = dict(vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
              num_key_value_heads=2, max_position_embeddings=32, bos_token_id=0, eos_token_id=1)
families = {
    "llama": (LlamaForCausalLM, LlamaConfig(**common, rms_norm_eps=1e-5, tie_word_embeddings=False)),
    "llama-tied": (LlamaForCausalLM, LlamaConfig(**common, rms_norm_eps=1e-5, tie_word_embeddings=True)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**common, rms_norm_eps=1e-6, tie_word_embeddings=True)),
    "qwen3": (Qwen3ForCausalLM, Qwen3Config(**common, head_dim=8, rms_norm_eps=1e-6, tie_word_embeddings=False)),
    "gemma2": (Gemma2ForCausalLM, Gemma2Config(**common, head_dim=8, query_pre_attn_scalar=8, sliding_window=4,
                                               attn_logit_softcapping=5.0, final_logit_softcapping=3.0,
                                               attn_implementation="eager")),
    "gemma3": (Gemma3ForCausalLM, Gemma3TextConfig(**common, head_dim=8, query_pre_attn_scalar=8, sliding_window=4,
                                                   layer_types=["sliding_attention", "full_attention"])),
    "gpt2": (GPT2LMHeadModel, GPT2Config(vocab_size=32, n_embd=16, n_layer=2, n_head=2, n_positions=32, n_inner=24,
                                         resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, bos_token_id=0, eos_token_id=1)),
}

if here.exists():
    shutil.rmtree(here)
for name, (kind, config) in families.items():
    torch.manual_seed(7)
    # With a padding token, PyTorch would leave the gradient of its embedding out.
    config.pad_token_id = None
    model = kind(config).float().eval()
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        # Larger than usual, so that no nonlinearity stays in its straight part; norms and biases differ from 1 and 0.
        for key, p in model.named_parameters():
            p.copy_(torch.randn(p.shape, generator=generator) * (0.3 if p.dim() > 1 else 0.2) +
                    (1.0 if p.dim() == 1 and "norm" in key and not name.startswith("gemma") else 0.0))
    documents = []
    for length in (9, 1, 5, 12):
        tokens = torch.randint(0, 32, (length,), generator=generator).tolist()
        weights = [0.0 if i == 0 or (length == 9 and i < 4) else (0.5 if length == 5 else 1.0) for i in range(length)]
        documents.append({"tokens": tokens, "weights": weights})
    total = sum(sum(d["weights"]) for d in documents)
    loss = torch.zeros(())
    for d in documents:
        ids = torch.tensor([d["tokens"]])
        logits = model(ids, use_cache=False).logits[0, :-1]
        losses = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
        loss = loss + (losses * torch.tensor(d["weights"][1:])).sum()
    loss = loss / total
    loss.backward()
    tied = getattr(config, "tie_word_embeddings", True)
    for folder, tensors in (("model", {k: p.detach() for k, p in model.named_parameters()}),
                            ("gradient", {k: p.grad for k, p in model.named_parameters()})):
        path = here / name / folder
        path.mkdir(parents=True)
        config.architectures = [kind.__name__]
        (path / "config.json").write_text(json.dumps(config.to_dict(), indent=1, sort_keys=True))
        save_file({k: t.contiguous() for k, t in tensors.items() if not (tied and k == "lm_head.weight")},
                  path / "model.safetensors", {"format": "pt"})
    (here / name / "batch.json").write_text(json.dumps({"documents": documents, "loss": loss.item()}))
    print(name, loss.item(), sum(p.numel() for p in model.parameters()))
