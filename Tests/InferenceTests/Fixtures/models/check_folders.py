"""Holds the folders that Copydesk writes against transformers: logits, load reports, and tokens.

    python -m venv v; v/bin/pip install torch==2.15.0 transformers==5.24.0 tokenizers==0.23.3 gguf==0.19.0
    v/bin/python check_folders.py logits EXPORT NAME…     # of the fixtures here; EXPORT FILE FOLDER writes a folder
    v/bin/python check_folders.py tokens FOLDER IDS       # IDS TEXTS-FILE prints the ids of each line (JSON strings) as JSON

The logits of a folder must be those that transformers gave for the model when the fixture was made (NAME.logits), to
1e-5, and loading must report no missing, unexpected or mismatched tensors.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
import transformers as t

HERE = pathlib.Path(__file__).parent
MORE_TEXTS = [
    "<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|>a<|endoftext|>", "<bos><start_of_turn>user\n"
    "Hi  there<end_of_turn>\n<start_of_turn>model\n", "<eos> <unused3> <pad>", "def f(x: int) -> str:\n    return f\"{x!r}\\n\"\n\n\n",
    "for (int i = 0; i < n; ++i) {\n\t\tsum += a[i] * b[i];  // dot\n\t}\n", "写一个关于茶的广告词：清香、自然，回味悠长。", "🏳️‍🌈🧑🏿‍🚀🇺🇳",
    "    four\n        eight\n" + " " * 40 + "many", "https://example.org/a?b=c&d=%20#e", "\n\n\n\n\nfive lines", "<table><tr><td>1</td></tr>",
]


def load(folder):
    model, report = t.AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True, attn_implementation="eager")
    faults = {key: value for key, value in report.items() if value}
    return model.eval(), faults


def check_logits(export, names):
    worst = 0.0
    for model in json.loads((HERE / "models.json").read_text()):
        name = model["name"]
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = f"{scratch}/{name}"
            done = subprocess.run([*export.split(), str(HERE / f"{name}.gguf"), folder], capture_output=True, text=True)
            if done.returncode:
                print(f"{name:18} not written: {(done.stderr or done.stdout).strip().splitlines()[-1][:150]}")
                continue
            loaded, faults = load(folder)
            with torch.no_grad():
                found = loaded(torch.tensor([model["ids"]]), use_cache=False).logits[0].float().numpy()
        expected = np.fromfile(HERE / f"{name}.logits", "<f4").reshape(found.shape)
        difference = np.abs(found - expected).max()
        worst = max(worst, difference)
        print(f"{name:18} {type(loaded).__name__:22} difference {difference:.2e}  {faults or ''}")
        if faults or difference > 1e-5:
            print(f"{name:18} WRONG")
    print(f"worst {worst:.2e}")


def check_tokens(folder, ids):
    texts = json.loads((HERE.parent / "tokenizers/folders/texts.json").read_text()) + MORE_TEXTS
    tokenizer = t.AutoTokenizer.from_pretrained(folder)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        found = json.loads(subprocess.run([*ids.split(), file.name], capture_output=True, text=True, check=True).stdout)
    wrong = 0
    for text, ours in zip(texts, found, strict=True):
        theirs = tokenizer(text, add_special_tokens=False).input_ids
        if ours != theirs:
            wrong += 1
            print(f"{text!r}\n  Copydesk     {ours}\n  transformers {theirs}")
    print(f"{len(texts)} texts, {wrong} wrong; eos {tokenizer.eos_token}, bos {tokenizer.bos_token}, "
          f"pad {tokenizer.pad_token}, length {len(tokenizer)}, "
          f"begins with {tokenizer('a').input_ids[:2]}")


if __name__ == "__main__":
    t.logging.set_verbosity_warning()
    if sys.argv[1] == "logits":
        check_logits(sys.argv[2], sys.argv[3:])
    else:
        check_tokens(sys.argv[2], sys.argv[3])
