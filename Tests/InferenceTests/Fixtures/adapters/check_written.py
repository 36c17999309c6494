#!/usr/bin/env python3
"""Loads the adapters of written/ with PEFT and with llama.cpp, and compares with the logits that PEFT computed for the
adapters that they were made of. By hand; the environment is that of make_adapters.py.

    v/bin/python check_written.py [LLAMA_SERVER]

Differences of logarithms of probabilities: from PEFT, from llama.cpp on a model in F32, and for comparison that of the
model alone in llama.cpp. Wrong files of the same adapter follow: each must be far away.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

import gguf
import numpy as np
import peft
import torch
import transformers as t

import make_adapters

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
import hf_to_gguf  # noqa: E402
import make_models  # noqa: E402

PORT = 18431
LENGTHS = (5, 11, 24)


def log_probabilities(x):
    x = np.asarray(x, np.float64)
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def llama_cpp(server, model, ids, lora=(), scale=None):
    """Logarithms of probabilities behind the first tokens of `ids`, for each of LENGTHS."""
    more = [] if not lora else ["--lora-scaled", f"{lora}:{scale}"] if scale else ["--lora", str(lora)]
    process = subprocess.Popen(
        [server, "-m", model, "--port", str(PORT), "-ctk", "f32", "-ctv", "f32", "-fa", "off", "-c", "128", "-t", "2",
         "--no-warmup", *more], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health").read()
                break
            except OSError:
                if process.poll() is not None:
                    lines = [line for line in process.stderr.read().splitlines() if "error" in line.lower()]
                    return lines[0] if lines else "it ended"
                time.sleep(0.1)
        rows = []
        for length in LENGTHS:
            body = dict(prompt=ids[:length], n_predict=1, n_probs=61, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0,
                        samplers=[], cache_prompt=False, seed=1)
            request = urllib.request.Request(f"http://127.0.0.1:{PORT}/completion", json.dumps(body).encode())
            answer = json.load(urllib.request.urlopen(request))
            top = answer["completion_probabilities"][0]["top_logprobs"]
            row = np.full(61, np.nan)
            for entry in top:
                row[entry["id"]] = entry["logprob"]
            rows.append(row)
        return np.array(rows)
    finally:
        process.terminate()
        process.wait()


def difference(found, expected):
    return found if isinstance(found, str) else f"{np.nanmax(np.abs(found - expected)):.1e}"


def vocabulary():
    """Enough of one for llama.cpp; its texts do not matter."""
    return (("add_tokenizer_model", ("gpt2",)), ("add_tokenizer_pre", ("gpt-2",)),
            ("add_token_list", ([f"t{i}" for i in range(61)],)), ("add_token_types", ([1] * 61,)),
            ("add_token_merges", (["t 0"],)), ("add_bos_token_id", (1,)), ("add_eos_token_id", (2,)))


def rewritten(source, target, change):
    """A copy of an adapter in GGUF format; `change` gets the alpha and the tensors."""
    reader = gguf.GGUFReader(source)
    text = lambda key: str(bytes(reader.fields[key].parts[-1]), "utf-8")
    tensors = {x.name: np.array(x.data).reshape(x.shape[::-1]) for x in reader.tensors}
    alpha = change(float(reader.fields["adapter.lora.alpha"].parts[-1][0]), tensors)
    w = gguf.GGUFWriter(target, text("general.architecture"))
    w.add_type("adapter")
    w.add_string("adapter.type", "lora")
    w.add_float32("adapter.lora.alpha", alpha)
    for name, x in tensors.items():
        w.add_tensor(name, np.ascontiguousarray(x, np.float32))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def main():
    t.logging.set_verbosity_error()
    server = sys.argv[1] if len(sys.argv) > 1 else shutil.which("llama-server")
    for name in sorted(p.name for p in (HERE / "written").iterdir()):
        base = make_adapters.ADAPTERS[name][0]
        ids = next(m for m in make_adapters.MODELS if m["name"] == base)["ids"]
        all_rows = np.fromfile(HERE / f"{name}.logits", "<f4").reshape(len(ids), -1)
        expected = log_probabilities(all_rows)
        model = make_adapters.load(base)
        again = peft.PeftModel.from_pretrained(make_adapters.load(base), HERE / "written" / name).eval()
        found = log_probabilities(make_adapters.logits(again, ids))
        line = f"{name}: PEFT {np.abs(found - expected).max():.1e}"
        if server:
            rows = expected[[n - 1 for n in LENGTHS]]
            arch, extra = make_models.MODELS[base][0], make_models.MODELS[base][5]
            with tempfile.TemporaryDirectory() as scratch:
                file, ours = f"{scratch}/model.gguf", HERE / "written" / name / "adapter.gguf"
                hf_to_gguf.write(model, arch, file, "F32", tuple(extra) + vocabulary())
                alone = log_probabilities(make_adapters.logits(model, ids))[[n - 1 for n in LENGTHS]]
                line += f", llama.cpp {difference(llama_cpp(server, file, ids, ours), rows)}"
                line += f" (the model alone {difference(llama_cpp(server, file, ids), alone)})"

                def wrong(label, change):
                    rewritten(ours, f"{scratch}/wrong.gguf", change)
                    found = llama_cpp(server, file, ids, f"{scratch}/wrong.gguf")
                    return f"; {label} {difference(found, rows)}"

                def unpermuted(alpha, tensors):
                    for key, heads in (("attn_q", 4), ("attn_k", 2)):
                        for tensor in [k for k in tensors if key in k and k.endswith("lora_b")]:
                            x = tensors[tensor]
                            half = x.shape[0] // heads // 2
                            tensors[tensor] = x.reshape(heads, half, 2, -1).swapaxes(1, 2).reshape(x.shape)
                    return alpha

                if name == "llama":
                    line += wrong("rows not in pairs", unpermuted)
                    line += wrong("alpha 0", lambda alpha, tensors: 0.0)
                if name == "llama-root":
                    line += wrong("the root of the rank ignored", lambda alpha, tensors: alpha / 2)
        print(line, flush=True)


main()
