// The kernels for AVX-512 with VNNI (Ice Lake, Zen 4 and later).
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), \
    apply_to = function)

#define CK_CONVERTS_HALVES 1
#include "unpack.h"
#include "vectors.h"

#define CK_(name) ck_avx512_##name
#define CK_FLOAT_ROWS 4
#define CK_FLOAT_COLUMNS 4
#include "rows.h"
#include "attention.h"
#include "float_products.h"
#include "stream.h"
#include "tile_avx512.h"
#include "decoders_avx512.h"
#include "quantized_avx512.h"

static void ck_avx512_multiply(const ck_multiply_job *job, uint32_t first_tile, uint32_t tile_count,
                               const ck_input *input, ck_panel *panel, ck_bytes ahead) {
  if (ck_format_of(job->type).block_elements == 1) {
    for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++)
      ck_avx512_multiply_float(job, tile, input);
    return;
  }
  ck_stream stream = ck_stream_of(job, first_tile, tile_count, ahead);
  for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++)
    ck_multiply_quantized_tile(job, tile, input, panel, &stream);
}

#define CK_TABLE ck_kernels_avx512
#include "table.h"

#pragma clang attribute pop
#endif
