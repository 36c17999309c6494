// The kernels without special instructions: the reference that all others equal bit for bit, and the ones that run if
// the machine has neither AVX2 nor NEON.

#include "unpack.h"
#include "vectors.h"

#define CK_(name) ck_scalar_##name
#define CK_FLOAT_ROWS 4
#define CK_FLOAT_COLUMNS 2
#include "rows.h"
#include "attention.h"
#include "float_products.h"

// The definition, row by row. For each block of 32 (or each half of it) of a row, in order:
// result = fma(integer dot product, weight scale * input scale, result), and if the type has minimums,
// result = fma(-minimum, input scale * sum of inputs, result).
static void ck_scalar_multiply_quantized(const ck_multiply_job *job, uint32_t row, const ck_input *input) {
  ck_format format = ck_format_of(job->type);
  const ck_quantized *q = &input->quantized;
  const int parts = format.has_halves ? 2 : 1, length = 32 / parts;
  const uint8_t *weights = job->weights + (size_t)row * job->row_bytes;
  for (uint32_t first = 0; first < input->rows; first += 16) {
    uint32_t width = input->rows - first < 16 ? input->rows - first : 16;
    float results[16] = {0}, scales[16], minimums[16];
    int8_t values[256];
    for (uint32_t block = 0; block < q->blocks; block++) {
      uint32_t within = block % (format.block_elements / 32u);
      if (within == 0)
        ck_unpack_block(job->type, weights + (size_t)block * 32 / format.block_elements * format.block_bytes, values,
                        scales, minimums);
      for (uint32_t column = 0; column < width; column++) {
        const ck_cell *cell = q->cells + ck_index(q, first + column, block);
        for (int part = 0; part < parts; part++) {
          int32_t sum = 0;
          for (int i = part * length; i < (part + 1) * length; i++)
            sum += values[within * 32 + (uint32_t)i] * cell->values[i];
          float scale = scales[within * 2 + (uint32_t)part] * cell->scale;
          results[column] = __builtin_fmaf((float)sum, scale, results[column]);
          if (format.has_minimums) {
            float inputs = format.has_halves ? cell->scaled_half_sum[part] : cell->scaled_sum;
            results[column] = __builtin_fmaf(-minimums[within * 2 + (uint32_t)part], inputs, results[column]);
          }
        }
      }
    }
    for (uint32_t column = 0; column < width; column++) ck_scalar_put(job, row, first + column, results[column]);
  }
}

static void ck_scalar_multiply(const ck_multiply_job *job, uint32_t first_tile, uint32_t tile_count,
                               const ck_input *input, ck_panel *panel, ck_bytes ahead) {
  (void)ahead;
  (void)panel;
  for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++) {
    if (ck_format_of(job->type).block_elements == 1) {
      ck_scalar_multiply_float(job, tile, input);
      continue;
    }
    for (uint32_t row = tile * CK_TILE_ROWS; row < (tile + 1) * CK_TILE_ROWS && row < job->rows; row++)
      ck_scalar_multiply_quantized(job, row, input);
  }
}

#define CK_TABLE ck_kernels_scalar
#include "table.h"
