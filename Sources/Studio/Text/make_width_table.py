#!/usr/bin/env python3
"""Writes WideRanges.swift: the code points that take two columns in a terminal.

Facts: East_Asian_Width W and F of Python's unicodedata (Unicode Standard Annex 11), the ranges that
the annex makes wide by default where nothing is assigned, and the pictograph blocks whose reserved
code points become emoji in later versions (Unicode Technical Standard 51).

    python3 make_width_table.py > WideRanges.swift
"""

import unicodedata

# Wide although not assigned in this version: ideographs (annex 11, section 4) and future emoji.
WIDE_BY_DEFAULT = [
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
    (0x20000, 0x2FFFD), (0x30000, 0x3FFFD),
    (0x1F6DC, 0x1F6DC), (0x1FA70, 0x1FAFF),
]


def is_wide(code):
    if any(first <= code <= last for first, last in WIDE_BY_DEFAULT):
        return True
    character = chr(code)
    return unicodedata.east_asian_width(character) in "WF"


def ranges():
    first = None
    for code in range(0x110000):
        if is_wide(code):
            if first is None:
                first = code
        elif first is not None:
            yield first, code - 1
            first = None
    if first is not None:
        yield first, 0x10FFFF


def main():
    print(f"// Made by make_width_table.py from Unicode {unicodedata.unidata_version}; do not edit.")
    print()
    print("/// Code points that take two columns: first and last of each range, ascending.")
    print("let wideRanges: [(first: UInt32, last: UInt32)] = [")
    row = "   "
    for first, last in ranges():
        item = f" (0x{first:X}, 0x{last:X}),"
        if len(row) + len(item) > 116:
            print(row)
            row = "   "
        row += item
    print(row)
    print("]")


if __name__ == "__main__":
    main()
