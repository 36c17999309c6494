#!/usr/bin/env python3
"""Writes Sources/Inference/Tokenizers/Expressions/UnicodeClassRuns.swift: what each Unicode scalar is to a pre-tokenizer.

The classes are asked of the regex engine inside Hugging Face's `tokenizers` (Oniguruma), because that engine cut the
text the models were trained on; so the table agrees with it to the scalar. Run from the repository's top with
`pip install tokenizers` (made with 0.23.3); the output is the same on every run.
"""

from pathlib import Path

import tokenizers
from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

# Bits as in UnicodeClass.swift. A scalar is whitespace besides being anything else (U+0085 and friends are Cc).
CLASSES = [
    (1, r"[\p{Lu}\p{Lt}]"), (2, r"\p{Ll}"), (4, r"[\p{Lm}\p{Lo}]"), (8, r"\p{M}"),
    (16, r"\p{N}"), (32, r"\p{P}"), (64, r"\p{S}"), (128, r"\s"),
]
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def members(pattern: str) -> set[int]:
    """Scalars that the pattern matches: the holes between the pieces that are left when matches are removed."""
    found = set()
    for start in range(0, len(SCALARS), 65536):
        chunk = SCALARS[start:start + 65536]
        left = Split(Regex(pattern), "removed").pre_tokenize_str("".join(map(chr, chunk)))
        position = 0
        for _, (low, high) in left:
            found.update(chunk[position:low])
            position = high
        found.update(chunk[position:])
    return found


def main() -> None:
    table = bytearray(0x110000)
    for bit, pattern in CLASSES:
        for scalar in members(pattern):
            table[scalar] |= bit
    runs, last = [], None
    for scalar, value in enumerate(table):
        if value != last:
            runs.append(scalar << 8 | value)
            last = value
    lines, line = [], "       "
    for run in runs:
        item = f" 0x{run:X},"
        if len(line) + len(item) > 118:
            lines.append(line)
            line = "       "
        line += item
    lines.append(line)
    target = Path("Sources/Inference/Tokenizers/Expressions/UnicodeClassRuns.swift")
    target.write_text(
        "// Made by make_unicode_classes.py beside the tokenizer fixtures, from the regex engine of Hugging Face's\n"
        f"// tokenizers {tokenizers.__version__}; not edited by hand.\n\n"
        "extension UnicodeClass {\n"
        "    /// Runs of scalars of one class, in order: the first scalar << 8 | its class bits.\n"
        "    static let runs: [UInt32] = [\n" + "\n".join(lines) + "\n    ]\n}\n"
    )
    print(len(runs), "runs")


if __name__ == "__main__":
    main()
