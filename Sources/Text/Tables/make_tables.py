#!/usr/bin/env python3
"""Writes the tables of this folder from Unicode's data.

    pip install regex==2026.5.9
    python3 make_tables.py FOLDER      # FOLDER: where the Swift files go

Facts:
- WideRanges.swift: East_Asian_Width W and F of Python's unicodedata (Unicode Standard Annex 11), the ranges that the
  annex makes wide by default if nothing is assigned, and the pictograph blocks whose reserved code points become
  emoji in later versions (Unicode Technical Standard 51).
- ScriptRanges.swift: letters and numbers whose Script_Extensions hold Han, Hiragana or Katakana (Annex 24); code
  points whose Sentence_Break is STerm (Annex 29).
"""

import sys
import unicodedata

import regex

# Wide although not assigned in this version: ideographs (annex 11, section 4) and future emoji.
WIDE_BY_DEFAULT = [
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
    (0x1F6DC, 0x1F6DC), (0x1FA70, 0x1FAFF),
]
HAN_OR_KANA = regex.compile(r"[[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]&&[\p{L}\p{N}]]", regex.V1)
SENTENCE_TERMINATOR = regex.compile(r"\p{Sentence_Break=STerm}")


def is_wide(code):
    if any(first <= code <= last for first, last in WIDE_BY_DEFAULT):
        return True
    # Python gives F for what is not assigned; the annex says N.
    return unicodedata.category(chr(code)) != "Cn" and unicodedata.east_asian_width(chr(code)) in "WF"


def ranges(holds):
    first = None
    for code in range(0x110000):
        if not 0xD800 <= code < 0xE000 and holds(code):
            if first is None:
                first = code
        elif first is not None:
            yield first, code - 1
            first = None
    if first is not None:
        yield first, 0x10FFFF


def table(name, comment, holds):
    lines = [f"/// {comment}", f"let {name}: [ScalarRange] = ["]
    row = "   "
    for first, last in ranges(holds):
        item = f" ScalarRange(0x{first:X}, 0x{last:X}),"
        if len(row) + len(item) > 116:
            lines.append(row)
            row = "   "
        row += item
    return "\n".join(lines + [row, "]", ""])


def main():
    folder = sys.argv[1]
    with open(f"{folder}/WideRanges.swift", "w") as file:
        file.write(f"// Made by make_tables.py from Unicode {unicodedata.unidata_version}; do not edit.\n\n")
        file.write(table("wideRanges", "Code points that take two columns.", is_wide))
    with open(f"{folder}/ScriptRanges.swift", "w") as file:
        file.write(f"// Made by make_tables.py with regex {regex.__version__}; do not edit.\n\n")
        file.write(
            table(
                "hanOrKanaRanges", "Letters and numbers of Han, Hiragana and Katakana, by Script_Extensions.",
                lambda code: HAN_OR_KANA.match(chr(code)) is not None))
        file.write("\n")
        file.write(
            table(
                "sentenceTerminatorRanges", "Sentence_Break=STerm.",
                lambda code: SENTENCE_TERMINATOR.match(chr(code)) is not None))


if __name__ == "__main__":
    main()
