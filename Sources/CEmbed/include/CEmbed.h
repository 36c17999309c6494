// The files inside the executable: the built-in model and the built-in prompt templates, as bytes.
// - All pointers are valid for the whole run and point to read-only memory; nothing is allocated.
// - The model starts on a 64-byte boundary, so its tensors are aligned as in a mapped file.
// - Templates are sorted by name, byte by byte; `templates.c` lists them and is made by `list-templates.sh`.

#ifndef CEMBED_H
#define CEMBED_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// First byte of the built-in model, a complete GGUF file.
const uint8_t *ce_model_bytes(void);
size_t ce_model_byte_count(void);

size_t ce_template_count(void);
/// Folder and name of a template without its extension, as `headlines/article-headline`.
///
/// If the index is not below `ce_template_count`, the name and the text are empty.
const char *ce_template_name(size_t index);
/// The template's file as in `templates/`; not terminated by a zero byte.
const uint8_t *ce_template_bytes(size_t index);
size_t ce_template_byte_count(size_t index);

#pragma clang assume_nonnull end

#endif
