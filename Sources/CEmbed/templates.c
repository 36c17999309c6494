// The built-in templates, one array a file. Made by list-templates.sh: run that instead of editing this.

#include "CEmbed.h"

static const uint8_t text0[] = {
#embed "../../templates/headlines/article-headline.md" if_empty(0)
};

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t byteCount;
} templates[] = {
    {"headlines/article-headline", text0, sizeof text0},
};

static const size_t count = sizeof templates / sizeof *templates;
static const uint8_t nothing[1] = {0};

size_t ce_template_count(void) { return count; }
const char *ce_template_name(size_t index) { return index < count ? templates[index].name : ""; }
const uint8_t *ce_template_bytes(size_t index) { return index < count ? templates[index].bytes : nothing; }
size_t ce_template_byte_count(size_t index) { return index < count ? templates[index].byteCount : 0; }
