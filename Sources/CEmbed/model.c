// The built-in model. `built-in.gguf` was trained for Copydesk (CC0-1.0).

#include "CEmbed.h"

_Alignas(64) static const uint8_t model[] = {
#embed "built-in.gguf"
};

const uint8_t *ce_model_bytes(void) { return model; }
size_t ce_model_byte_count(void) { return sizeof model; }
