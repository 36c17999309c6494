#!/usr/bin/env bash
# Title: PyYAML 6.0.3, with and without libyaml: U+0085 and U+2028 end a line, so one line of an editor holds several keys.
# Guess:  a line of YAML ends at a line feed; another character inside a plain value belongs to the value, and line
#         numbers are those of the editor.
# Seen:   "a: x<U+0085>b: 2<U+2028>c: 3" is three keys on lines 0, 1 and 2, though the text has one line feed, at its end.
#         U+2028 between quotes moves the line of every later mark by one.
# Means:  YAML 1.1 counts these characters as breaks, and libyaml still does. Text pasted from a web page can cut a value
#         short without an error, and a line in an error message can be beyond the last line that the editor shows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check PyYAML==6.0.3
"$folder/env/bin/python" - <<'PY'
import sys
import yaml

def places(text, loader):
    return [(key.value, value.value, key.start_mark.line) for key, value in yaml.compose(text, Loader=loader).value]

loaders = [yaml.SafeLoader] + ([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])
for loader in loaders:
    one_line = places("a: x\u0085b: 2\u2028c: 3\n", loader)
    quoted = places("a: 'x\u2028y'\nb: 2\n", loader)
    print(f"PyYAML {yaml.__version__}, {loader.__name__}: {one_line}; after a quoted U+2028: {quoted[1]}")
    if one_line != [("a", "x", 0), ("b", "2", 1), ("c", "3", 2)] or quoted[1] != ("b", "2", 2):
        sys.exit("This changed: rewrite or remove the finding.")
PY
