#!/usr/bin/env bash
# Title: tokenizers 0.23.3: \w in a tokenizer.json takes six number signs and leaves out all others of their kind.
# Guess:  \w holds letters, marks, decimal digits and connectors, as UTS 18 has it; then no U+00B2 (superscript two), or
#         by another reading every character of category No, as Python's re has it.
# Seen:   of the 232 characters of category No from U+0080 to U+2FFF, \w holds exactly U+00B2, B3, B9, BC, BD and BE.
#         "a²" is one word, "b②" is the word "b". \d holds none of them.
# Means:  a pre-tokenizer with \w cannot be rebuilt from Unicode's properties alone: the six need a list of their own.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check tokenizers==0.23.3
"$folder/env/bin/python" - <<'PY'
import sys, unicodedata
import tokenizers
from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

def holds(pattern, character):
    return bool(Split(Regex(pattern), "removed", invert=True).pre_tokenize_str(character))

numbers = [chr(code) for code in range(0x80, 0x3000) if unicodedata.category(chr(code)) == "No"]
taken = [f"U+{ord(c):04X}" for c in numbers if holds(r"\w", c)]
digits = [f"U+{ord(c):04X}" for c in numbers if holds(r"\d", c)]
words = [text for text, _ in Split(Regex(r"\w+"), "removed", invert=True).pre_tokenize_str("a² b②")]
print(f"tokenizers {tokenizers.__version__}: of {len(numbers)} characters of category No, \\w holds {taken}, \\d holds {digits}")
print("words of 'a² b②':", words)
expected = ["U+00B2", "U+00B3", "U+00B9", "U+00BC", "U+00BD", "U+00BE"]
if taken != expected or digits or words != ["a²", "b"]:
    sys.exit("This changed: rewrite or remove the finding.")
PY
