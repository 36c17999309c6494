#!/usr/bin/env bash
# Title: transformers 5.24.0 with torch 2.15.0: the token that config.json names as padding is never learned as an input.
# Guess:  pad_token_id says which token fills short rows; whether a token is trained depends on masks and labels. So with
#         the usual pad_token_id = eos_token_id, an end of text in the middle of a row (a conversation, packed documents)
#         trains its embedding as any other token does.
# Seen:   in Llama, Qwen 2 and Gemma 3 the row of that token gets a gradient of exactly 0 as an input, without a word,
#         although the rows are not padded: the number becomes `padding_idx` of the embedding. In GPT-2 it does not. With
#         tied embeddings the row moves, but only by what the output matrix adds, so it looks trained.
# Means:  a trainer that is held against transformers must compare models without pad_token_id, or leave that gradient
#         out; and a model with pad = eos, trained there, never learns what its own end of turn means.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir torch==2.15.0 transformers==5.24.0 numpy
"$folder/env/bin/python" - <<'PY'
import sys
import torch, transformers
from transformers import (Gemma3ForCausalLM, Gemma3TextConfig, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM,
                          Qwen2Config, Qwen2ForCausalLM)

common = dict(vocab_size=16, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
              num_key_value_heads=2, bos_token_id=0, eos_token_id=1, tie_word_embeddings=False)
families = [
    ("llama", LlamaConfig, LlamaForCausalLM, common), ("qwen2", Qwen2Config, Qwen2ForCausalLM, common),
    ("gemma3", Gemma3TextConfig, Gemma3ForCausalLM, dict(common, head_dim=4)),
    ("gpt2", GPT2Config, GPT2LMHeadModel,
     dict(vocab_size=16, n_embd=8, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=1, tie_word_embeddings=False)),
]
tokens = torch.tensor([[3, 4, 1, 5, 6, 1, 7]])  # the end of text, 1, stands in the middle; nothing is padded
print(f"torch {torch.__version__}, transformers {transformers.__version__}: gradient of the end token's embedding")
learned = {}
for name, configuration, model, values in families:
    for padding in (None, 1):
        torch.manual_seed(0)
        net = model(configuration(**values, pad_token_id=padding)).train()
        table = net.get_input_embeddings()
        with torch.no_grad():
            table.weight[1].normal_()
        net(tokens, labels=tokens).loss.backward()
        norm = table.weight.grad[1].norm().item()
        learned[name, padding] = norm > 0
        print(f"{name:7} pad_token_id {str(padding):5} {norm:.6f}")
expected = {(name, padding): padding is None or name == "gpt2" for name, *_ in families for padding in (None, 1)}
if learned != expected:
    sys.exit("This changed: rewrite or remove the finding.")
PY
