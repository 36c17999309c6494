#!/bin/sh
# Writes templates.c, the list of built-in templates, from the files in the top-level templates/ folder.
# Run it after adding, renaming or removing a template; a test fails if the list is out of date.
#   Sources/CEmbed/list-templates.sh           writes the list
#   Sources/CEmbed/list-templates.sh --print   prints it instead
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd -P)
names=$(cd "$here/../../templates" && find . -mindepth 2 -maxdepth 2 -name '*.md' | sed 's|^\./||; s|\.md$||' | sort)

list() {
    cat <<'HEAD'
// The built-in templates, one array for each file. list-templates.sh writes this file: do not edit it.

#include "CEmbed.h"

HEAD
    index=0
    for name in $names; do
        printf 'static const uint8_t text%d[] = {\n#embed "../../templates/%s.md" if_empty(0)\n};\n' "$index" "$name"
        index=$((index + 1))
    done
    cat <<'MIDDLE'

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t byteCount;
} templates[] = {
MIDDLE
    index=0
    for name in $names; do
        printf '    {"%s", text%d, sizeof text%d},\n' "$name" "$index" "$index"
        index=$((index + 1))
    done
    cat <<'TAIL'
};

static const size_t count = sizeof templates / sizeof *templates;
static const uint8_t nothing[1] = {0};

size_t ce_template_count(void) { return count; }
const char *ce_template_name(size_t index) { return index < count ? templates[index].name : ""; }
const uint8_t *ce_template_bytes(size_t index) { return index < count ? templates[index].bytes : nothing; }
size_t ce_template_byte_count(size_t index) { return index < count ? templates[index].byteCount : 0; }
TAIL
}

if [ "${1-}" = --print ]; then
    list
else
    list > "$here/templates.c"
fi
