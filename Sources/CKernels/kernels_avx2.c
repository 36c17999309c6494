// The kernels for AVX2 with FMA (Haswell, Zen and later).
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_HAS_F16C 1
#include "unpack.h"
#include "vectors.h"

#define CK_(name) ck_avx2_##name
#define CK_FLOAT_ROWS 2
#define CK_FLOAT_COLUMNS 2
#include "rows.h"
#include "attention.h"
#include "float_products.h"
#include "quantized_avx2.h"

static void ck_avx2_multiply(const ck_multiply_job *job, uint32_t first_tile, uint32_t tile_count,
                             const ck_input *input, ck_panel *panel, ck_bytes ahead) {
  (void)ahead;
  bool quantized = ck_format_of(job->type).block_elements > 1;
  for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++)
    if (quantized)
      ck_multiply_quantized_tile(job, tile, input, panel);
    else
      ck_avx2_multiply_float(job, tile, input);
}

#define CK_TABLE ck_kernels_avx2
#include "table.h"

#pragma clang attribute pop
#endif
