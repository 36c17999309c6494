// All kernels for NEON. kernels_neon.c and, with CK_HAS_DOT, kernels_neon_dot.c are this file compiled.

#include <arm_neon.h>

#define CK_CONVERTS_HALVES 1
#define CK_LOOK_UP(table, nibbles) (u8x16)vqtbl1q_u8(vld1q_u8((const uint8_t *)(table)), (uint8x16_t)(nibbles))
#include "unpack.h"
#include "vectors.h"

#define CK_FLOAT_ROWS 2
#define CK_FLOAT_COLUMNS 2
#include "rows.h"
#include "attention.h"
#include "float_products.h"
#define CK_LANES 4
#define CK_SIGNED_VALUES true
#include "quantized_chunk.h"
#include "quantized_neon.h"
#include "quantized_tiles.h"

#include "table.h"
