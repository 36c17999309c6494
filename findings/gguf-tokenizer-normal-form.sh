#!/usr/bin/env bash
# Title: transformers 5.24.0 with gguf 0.19.0: a Qwen 2 tokenizer read from a GGUF file no longer composes characters.
# Guess:  AutoTokenizer.from_pretrained(…, gguf_file=…) gives the tokenizer that the model was trained with. A GGUF file
#         names the family (`tokenizer.ggml.pre` = "qwen2"), and Qwen 2's tokenizer.json begins with the normal form NFC.
# Seen:   the tokenizer has the patterns of Qwen 2, but no normalizer. A letter with its accent behind it (e, U+0301), as
#         file names of macOS and many web pages have it, becomes other tokens than from the folder of the same model.
# Means:  ids of a GGUF file in transformers are no reference for text that is not composed. A trainer or a test that
#         compares with them must use the folder; and whoever writes a folder from a GGUF file must add NFC himself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir \
    torch==2.15.0 transformers==5.24.0 gguf==0.19.0 numpy
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import json
import sys
from pathlib import Path

import gguf
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import AutoTokenizer

# The 256 bytes, and one merge: the two bytes of é.
alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
bytes_of = lambda text: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)[0][0]
first, second = bytes_of("é")
vocabulary = {token: number for number, token in enumerate(alphabet + [first + second, "<|endoftext|>"])}

# The folder, as Qwen 2 has it.
pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[(first, second)]))
tokenizer.normalizer = normalizers.NFC()
tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
tokenizer.decoder = decoders.ByteLevel()
Path("folder").mkdir()
tokenizer.save("folder/tokenizer.json")
Path("folder/tokenizer_config.json").write_text(json.dumps(
    {"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}))

# The same vocabulary as a GGUF file, as llama.cpp's converter writes it.
writer = gguf.GGUFWriter("model.gguf", "qwen2")
for add, value in ((writer.add_context_length, 64), (writer.add_embedding_length, 8), (writer.add_block_count, 1),
                   (writer.add_feed_forward_length, 8), (writer.add_head_count, 2), (writer.add_head_count_kv, 2),
                   (writer.add_layer_norm_rms_eps, 1e-6), (writer.add_rope_freq_base, 1e6)):
    add(value)
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("qwen2")
writer.add_token_list(list(vocabulary))
writer.add_token_types([gguf.TokenType.NORMAL] * (len(vocabulary) - 1) + [gguf.TokenType.CONTROL])
writer.add_token_merges([f"{first} {second}"])
writer.add_eos_token_id(len(vocabulary) - 1)
writer.add_pad_token_id(len(vocabulary) - 1)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

from_folder, from_file = AutoTokenizer.from_pretrained("folder"), AutoTokenizer.from_pretrained(".", gguf_file="model.gguf")
print(f"transformers {transformers.__version__}")
seen = {}
for name, loaded in (("folder", from_folder), ("GGUF file", from_file)):
    composed, apart = loaded("é")["input_ids"], loaded("e\u0301")["input_ids"]
    normalizer = loaded.backend_tokenizer.normalizer
    print(f"{name:10} normalizer {normalizer}; é: {composed}, e and U+0301: {apart}")
    seen[name] = (normalizer is not None, composed == apart)
if seen != {"folder": (True, True), "GGUF file": (False, False)}:
    sys.exit("This changed: rewrite or remove the finding.")
PY
