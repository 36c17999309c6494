// The list of suggested models, models/suggested.txt.

#include "CEmbed.h"

static const uint8_t suggested[] = {
#embed "../../models/suggested.txt" if_empty(0)
};

const uint8_t *ce_suggested_bytes(void) { return suggested; }
size_t ce_suggested_byte_count(void) { return sizeof suggested; }
