// The bytes built into the executable: the built-in model, the built-in prompt templates, the suggested models.
// - All pointers stay valid until the program ends and point to read-only memory; nothing is allocated.
// - The model starts on a 64-byte boundary, so its tensors are aligned as in a mapped file.
// - Templates are sorted by the bytes of their names. `list-templates.sh` writes their list, `templates.c`.

#ifndef CEMBED_H
#define CEMBED_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The first byte of the built-in model, a complete GGUF file.
const uint8_t *ce_model_bytes(void);
size_t ce_model_byte_count(void);

size_t ce_template_count(void);
/// The folder and name of a template without extension, such as `headlines/article-headline`.
///
/// If the index is not below `ce_template_count`, the name and the bytes below are empty.
const char *ce_template_name(size_t index);
/// The bytes of the template's file in `templates/`, without a zero byte at the end.
const uint8_t *ce_template_bytes(size_t index);
size_t ce_template_byte_count(size_t index);

/// The text of `models/suggested.txt`, without a zero byte at the end.
const uint8_t *ce_suggested_bytes(void);
size_t ce_suggested_byte_count(void);

#pragma clang assume_nonnull end

#endif
