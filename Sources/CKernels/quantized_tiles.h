// Products of quantized weights with int8 activations, AVX2 and NEON: a tile of 16 rows, chunk by chunk.
// - A chunk is unpacked once and meets all columns of the input.
// - Integer sums are exact, and the floats follow the chain of kernels_scalar.c, so the bits are its.

#include "stream.h"

// The chunk's 16 rows times `columns` columns, added to sums[column].
// cell: the first column's index at the first block; from block to block it grows by `width`.
CK_INLINE void ck_rows_times(const ck_chunk *chunk, uint32_t blocks, const ck_quantized *q, size_t cell, uint32_t width,
                             int zero_point, const int columns, const ck_shape shape, float (*sums)[CK_TILE_ROWS]) {
  const int parts = shape.halves ? 2 : 1;
  for (uint32_t row = 0; row < CK_TILE_ROWS; row += CK_LANES) {
    ck_floats acc[4];
    for (int c = 0; c < columns; c++) acc[c] = ck_lanes(sums[c] + row);
    for (uint32_t b = 0; b < blocks; b++)
      for (int c = 0; c < columns; c++) {
        size_t at = cell + (size_t)b * width + (size_t)c;
        ck_ints totals[2];
        ck_dots(chunk->values[row] + b * 32, q->values + at * 32, shape, totals);
        for (int part = 0; part < parts; part++)
          acc[c] = ck_add_block(chunk, b, part, row, totals[part], q, at, zero_point, shape, acc[c]);
      }
    for (int c = 0; c < columns; c++) memcpy(sums[c] + row, &acc[c], sizeof acc[c]);
  }
}

typedef void ck_product(const ck_chunk *, uint32_t, const ck_quantized *, size_t, uint32_t, int,
                        float (*)[CK_TILE_ROWS]);

#define CK_PRODUCT(way, kind, columns, ...)                                                                          \
  static void ck_##way##_##kind##_##columns(const ck_chunk *chunk, uint32_t blocks, const ck_quantized *q,           \
                                            size_t cell, uint32_t width, int zero_point,                             \
                                            float (*sums)[CK_TILE_ROWS]) {                                           \
    ck_##way##_times(chunk, blocks, q, cell, width, zero_point, columns, (ck_shape){__VA_ARGS__}, sums);             \
  }
#define CK_PRODUCTS(way, kind, ...)                                                                                  \
  CK_PRODUCT(way, kind, 1, __VA_ARGS__)                                                                              \
  CK_PRODUCT(way, kind, 2, __VA_ARGS__)                                                                              \
  CK_PRODUCT(way, kind, 3, __VA_ARGS__)                                                                              \
  CK_PRODUCT(way, kind, 4, __VA_ARGS__)                                                                              \
  static ck_product *const ck_##way##_##kind[5] = {NULL, ck_##way##_##kind##_1, ck_##way##_##kind##_2,               \
                                                   ck_##way##_##kind##_3, ck_##way##_##kind##_4};
#define CK_WAY(way, is_signed)                                                                                       \
  CK_PRODUCTS(way, signed, false, false, true)                                                                       \
  CK_PRODUCTS(way, plain, false, false, is_signed)                                                                   \
  CK_PRODUCTS(way, minimum, false, true, is_signed)                                                                  \
  CK_PRODUCTS(way, half, true, false, is_signed)                                                                     \
  CK_PRODUCTS(way, half_minimum, true, true, is_signed)                                                              \
  static ck_product *const *ck_##way##_products(ck_format format) {                                                  \
    if (format.has_halves) return format.has_minimums ? ck_##way##_half_minimum : ck_##way##_half;                   \
    if (format.has_minimums) return ck_##way##_minimum;                                                              \
    return format.zero_point == 128 ? ck_##way##_signed : ck_##way##_plain;                                          \
  }

CK_WAY(rows, CK_SIGNED_VALUES)
#if defined(CK_PANEL_INPUTS)
CK_WAY(panel, CK_SIGNED_VALUES)
#endif

// Columns column..<column + count of the input, by products of four and what is left.
static void ck_chunk_times(ck_product *const *products, const ck_chunk *chunk, uint32_t first_block, uint32_t blocks,
                           const ck_quantized *q, uint32_t column, uint32_t count, int zero_point,
                           float (*sums)[CK_TILE_ROWS]) {
  for (uint32_t group = column; group < column + count; group += 16) {
    uint32_t width = q->rows - group < 16 ? q->rows - group : 16;
    for (uint32_t c = 0, step; c < width; c += step) {
      step = width - c < 4 ? width - c : 4;
      products[step](chunk, blocks, q, ck_cell(q, group + c, first_block), width, zero_point, sums + (group - column + c));
    }
  }
}

static void ck_finish_tile(const ck_multiply_job *job, uint32_t row, uint32_t column, uint32_t count,
                           float (*sums)[CK_TILE_ROWS]) {
  uint32_t valid = job->rows - row < CK_TILE_ROWS ? job->rows - row : CK_TILE_ROWS;
  for (uint32_t c = 0; c < count; c++)
    if (valid < CK_TILE_ROWS) {
      for (uint32_t r = 0; r < valid; r++) CK_(put)(job, row + r, column + c, sums[c][r]);
    } else {
      float *out = job->output + (size_t)(column + c) * job->output_stride + row;
      f32x16 v = ck_load(sums[c]);
      if (job->bias) v = v + ck_load(job->bias + row);
      ck_store(out, job->adds ? ck_load(out) + v : v);
    }
}

static void ck_multiply_quantized_tile(const ck_multiply_job *job, uint32_t tile, const ck_input *input,
                                       ck_panel *panel, ck_stream *stream) {
  enum { sum_columns = 256 };
  const ck_format format = ck_format_of(job->type);
  const ck_quantized *q = &input->quantized;
  ck_product *const *products = ck_rows_products(format);
#if defined(CK_PANEL_INPUTS)
  const bool transposes = input->rows >= CK_PANEL_INPUTS;
  if (transposes) products = ck_panel_products(format);
#endif
  const uint32_t first = tile * CK_TILE_ROWS;
  const size_t chunk_bytes = (size_t)CK_CHUNK_ELEMENTS / format.block_elements * format.block_bytes;
  ck_chunk chunk;
  chunk.panel = panel->values;
  _Alignas(64) float sums[sum_columns][CK_TILE_ROWS];
  for (uint32_t column = 0; column < input->rows; column += sum_columns) {
    uint32_t count = input->rows - column < sum_columns ? input->rows - column : sum_columns;
    memset(sums, 0, count * sizeof sums[0]);
    // Rows past the end repeat the last one and are not stored.
    const uint8_t *rows[CK_TILE_ROWS];
    for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
      rows[r] = job->weights + (size_t)(first + r < job->rows ? first + r : job->rows - 1) * job->row_bytes;
    for (uint32_t block = 0; block < q->blocks; block += CK_CHUNK_BLOCKS) {
      uint32_t blocks = q->blocks - block < CK_CHUNK_BLOCKS ? q->blocks - block : CK_CHUNK_BLOCKS;
      ck_fetch(stream, chunk_bytes * CK_TILE_ROWS);
      ck_unpack_chunk(job->type, rows, blocks, &chunk);
#if defined(CK_PANEL_INPUTS)
      if (transposes) ck_transpose_chunk(&chunk, blocks);
#endif
      ck_chunk_times(products, &chunk, block, blocks, q, column, count, format.zero_point, sums);
      for (int r = 0; r < CK_TILE_ROWS; r++) rows[r] += chunk_bytes;
    }
    ck_finish_tile(job, first, column, count, sums);
  }
}

static void CK_(multiply)(const ck_multiply_job *job, uint32_t first_tile, uint32_t tile_count, const ck_input *input,
                          ck_panel *panel, ck_bytes ahead) {
  const bool quantized = ck_format_of(job->type).block_elements > 1;
  ck_stream stream = ck_stream_of(job, first_tile, tile_count, ahead);
  for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++)
    if (quantized)
      ck_multiply_quantized_tile(job, tile, input, panel, &stream);
    else
      CK_(multiply_float)(job, tile, input);
}
