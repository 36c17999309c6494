#!/usr/bin/env python3
"""Writes blocks.json: random blocks as gguf-py decodes them, and the errors of its quantizers.

Run it again after a change of formats: python3 make_blocks.py (needs: pip install gguf numpy).
  decode.<type>: bytes and values (Float32, little endian), both in hexadecimal; 256 elements each.
  encode.<type>: sum of squared errors of gguf-py's quantizer over `input` (its rounding of the scale included).
"""
import json
import pathlib

import gguf
import numpy as np

TYPES = ["F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K",
         "IQ4_NL", "IQ4_XS", "MXFP4"]
# Offsets of half-precision numbers in a block; random bits would make them infinite.
HALVES = {"Q4_0": [0], "Q5_0": [0], "Q8_0": [0], "IQ4_NL": [0], "IQ4_XS": [0], "Q4_1": [0, 2], "Q5_1": [0, 2],
          "Q4_K": [0, 2], "Q5_K": [0, 2], "Q2_K": [80, 82], "Q3_K": [108], "Q6_K": [208], "F16": [0]}


def main():
    rng = np.random.default_rng(20)
    decode = {}
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        elements, size = gguf.GGML_QUANT_SIZES[kind]
        blocks = rng.integers(0, 256, (256 // elements, size), dtype=np.uint8)
        for offset in HALVES.get(name, []):
            scales = rng.standard_normal(len(blocks)).astype(np.float16)
            scales[0] = 3e-6  # a subnormal one
            blocks[:, offset:offset + 2] = scales.view(np.uint8).reshape(-1, 2)
        if name == "BF16":
            blocks[:, 1] &= 0xBF  # no infinities
        if name == "MXFP4":
            blocks[:, 0] = np.array([0, 1, 2, 100, 127, 128, 130, 140])[:len(blocks)]
        values = gguf.quants.dequantize(blocks.reshape(-1), kind).astype("<f4")
        decode[name] = {"bytes": blocks.tobytes().hex(), "values": values.tobytes().hex()}
    data = rng.standard_normal(512).astype("<f4")
    data[64:96] = 0
    data[96:128] = np.abs(data[96:128]) + 3
    data[200] = 30
    encode = {}
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        try:
            back = gguf.quants.dequantize(gguf.quants.quantize(data, kind), kind)
        except NotImplementedError:
            continue
        encode[name] = float(((back.astype(np.float64) - data) ** 2).sum())
    target = pathlib.Path(__file__).parent / "blocks.json"
    target.write_text(json.dumps({"decode": decode, "encode": {"input": data.tobytes().hex(), "errors": encode}}, indent=1))


main()
