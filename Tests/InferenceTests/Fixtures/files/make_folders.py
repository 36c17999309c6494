#!/usr/bin/env python3
"""Saves some of the tiny models of ../models as Hugging Face folders: config.json and model.safetensors.

    v/bin/python make_folders.py        # the environment that ../models/make_models.py describes

FolderTests hold each folder's tensors to those of the GGUF file of the same name.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "models"))
import make_models  # noqa: E402

NAMES = ["llama-wide-heads", "gpt2-odd", "gemma3", "phi3", "mixtral", "qwen2"]


class Saved(Exception):
    pass


def save(model, arch, path, weight_type, extra):
    folder = HERE / path.stem
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    # The rest of the script would write the GGUF file again.
    raise Saved


if __name__ == "__main__":
    make_models.hf_to_gguf.write = save
    for name in NAMES:
        try:
            make_models.make(name)
        except Saved:
            print(name)
