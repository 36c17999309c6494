// What the executable carries: the built-in model and the built-in prompt templates, as bytes.
// - All pointers are valid for the whole run and point to read-only memory; nothing is allocated.
// - The model starts on a 64-byte boundary, so its tensors are as aligned as in a mapped file.
// - Templates are ordered by name, byte by byte; `templates.c` lists them and is made by `list-templates.sh`.

#ifndef CEMBED_H
#define CEMBED_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// First byte of the built-in model, a whole GGUF file.
const uint8_t *ce_model_bytes(void);
size_t ce_model_byte_count(void);

size_t ce_template_count(void);
/// Folder and name of a template without its extension, as `headlines/article-headline`.
///
/// An index that is not below `ce_template_count` gives an empty name, and an empty text below.
const char *ce_template_name(size_t index);
/// The template's file as it lies in `templates/`; not ended by a zero byte.
const uint8_t *ce_template_bytes(size_t index);
size_t ce_template_byte_count(size_t index);

#pragma clang assume_nonnull end

#endif
