// The kernels for AVX2 with FMA (Haswell, Zen and later).
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_CONVERTS_HALVES 1
#define CK_LOOK_UP(table, nibbles) \
  (u8x16)_mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(table)), (__m128i)(nibbles))
#include "unpack.h"
#include "vectors.h"

#define CK_(name) ck_avx2_##name
#define CK_FLOAT_ROWS 2
#define CK_FLOAT_COLUMNS 2
#include "rows.h"
#include "attention.h"
#include "float_products.h"
#define CK_LANES 8
#define CK_SIGNED_VALUES false
#define CK_HAS_PANEL 1
#include "quantized_chunk.h"
#include "quantized_avx2.h"
#include "quantized_tiles.h"

#define CK_TABLE ck_kernels_avx2
#include "table.h"

#pragma clang attribute pop
#endif
