// Products of quantized weights with int8 activations for AVX2 and NEON: a tile of 16 rows, chunk by chunk.
// - If there are few columns, rows are unpacked in registers and used at once. Otherwise a chunk is unpacked to memory
//   once for all columns.
// - Integer sums are exact, and the float operations are those of kernels_scalar.c in the same order, so the bits are
//   the same.

#include "stream.h"

enum { CK_FEW_INPUTS = 3 };

// Adds the products of one block of CK_LANES rows with each column to acc[column].
CK_INLINE void ck_block_times(const u8x32 *w, const ck_chunk *chunk, uint32_t row, uint32_t block,
                              const ck_cell *cells, int zero_point, const int columns, const ck_shape shape,
                              ck_floats *acc) {
  for (int c = 0; c < columns; c++) {
    ck_ints totals[2];
    ck_dots(w, cells[c].values, shape, totals);
    for (int part = 0; part < (shape.halves ? 2 : 1); part++)
      acc[c] = ck_add_block(chunk, block, part, row, totals[part], cells + c, zero_point, shape, acc[c]);
  }
}

// Few columns: each block of 16 rows is multiplied with all of them as soon as it is unpacked.
CK_INLINE void ck_few_times(uint32_t type, const uint8_t *const *rows, uint32_t blocks, const ck_quantized *q,
                            uint32_t first_block, const int columns, float (*sums)[CK_TILE_ROWS]) {
  const ck_format format = ck_format_of(type);
  const ck_shape shape = {format.has_halves, format.has_minimums, CK_SIGNED_VALUES || format.zero_point == 128};
  const uint32_t inner = format.block_elements / 32;
  ck_chunk chunk;   // only its scales and minimums are used
  for (uint32_t row = 0; row < CK_TILE_ROWS; row += CK_LANES) {
    ck_floats acc[4];
    for (int c = 0; c < columns; c++) acc[c] = ck_lanes(sums[c] + row);
    for (uint32_t b = 0; b < blocks; b += inner) {
      const size_t at = (size_t)(b / inner) * format.block_bytes;
      ck_unpack_scales_of_rows(type, rows, at, row, b, &chunk);
#pragma clang loop unroll(full)
      for (uint32_t part = 0; part < inner; part++) {
        u8x32 w[CK_LANES];
        for (uint32_t r = 0; r < CK_LANES; r++) w[r] = ck_values(type, rows[row + r] + at, (int)part, CK_SIGNED_VALUES);
        const ck_cell *cells = q->cells + (size_t)(first_block + b + part) * (uint32_t)columns;
        ck_block_times(w, &chunk, row, b + part, cells, format.zero_point, columns, shape, acc);
      }
    }
    for (int c = 0; c < columns; c++) memcpy(sums[c] + row, &acc[c], sizeof acc[c]);
  }
}

typedef struct {
  void (*unpack)(const uint8_t *const *rows, uint32_t blocks, ck_chunk *chunk);
  void (*few[CK_FEW_INPUTS])(const uint8_t *const *rows, uint32_t blocks, const ck_quantized *q, uint32_t first_block,
                             float (*sums)[CK_TILE_ROWS]);   // [columns - 1]
} ck_type_kernels;

#define CK_FEW(type, columns)                                                                                        \
  static void ck_few_##type##_##columns(const uint8_t *const *rows, uint32_t blocks, const ck_quantized *q,          \
                                        uint32_t first_block, float (*sums)[CK_TILE_ROWS]) {                         \
    ck_few_times(type, rows, blocks, q, first_block, columns, sums);                                                 \
  }
#define CK_TYPE(type)                                                                                                \
  CK_FEW(type, 1)                                                                                                    \
  CK_FEW(type, 2)                                                                                                    \
  CK_FEW(type, 3)                                                                                                    \
  static void ck_unpack_##type(const uint8_t *const *rows, uint32_t blocks, ck_chunk *chunk) {                       \
    ck_unpack_rows(type, rows, blocks, chunk);                                                                       \
  }                                                                                                                  \
  static const ck_type_kernels ck_kernels_##type = {ck_unpack_##type,                                                \
                                                    {ck_few_##type##_1, ck_few_##type##_2, ck_few_##type##_3}};
#define CK_TYPES(use)                                                                                                \
  use(CK_Q4_0) use(CK_Q4_1) use(CK_Q5_0) use(CK_Q5_1) use(CK_Q8_0) use(CK_Q2_K) use(CK_Q3_K) use(CK_Q4_K)            \
  use(CK_Q5_K) use(CK_Q6_K) use(CK_IQ4_NL) use(CK_IQ4_XS) use(CK_MXFP4)
CK_TYPES(CK_TYPE)

static const ck_type_kernels *ck_kernels_of(uint32_t type) {
  switch (type) {
#define CK_CASE(type) case type: return &ck_kernels_##type;
    CK_TYPES(CK_CASE)
#undef CK_CASE
    default: return NULL;
  }
}

#if !defined(CK_HAS_PANEL)
// Many columns: adds the chunk's 16 rows times `columns` columns to sums[column].
// `cells` is the first column's cell of the first block; cells of the next block follow `width` later.
CK_INLINE void ck_many_times(const ck_chunk *chunk, uint32_t blocks, const ck_cell *cells, uint32_t width,
                             int zero_point, const int columns, const ck_shape shape, float (*sums)[CK_TILE_ROWS]) {
  for (uint32_t row = 0; row < CK_TILE_ROWS; row += CK_LANES) {
    ck_floats acc[4];
    for (int c = 0; c < columns; c++) acc[c] = ck_lanes(sums[c] + row);
    for (uint32_t b = 0; b < blocks; b++) {
      u8x32 w[CK_LANES];
      for (uint32_t r = 0; r < CK_LANES; r++) memcpy(&w[r], chunk->values[row + r] + b * 32, 32);
      ck_block_times(w, chunk, row, b, cells + (size_t)b * width, zero_point, columns, shape, acc);
    }
    for (int c = 0; c < columns; c++) memcpy(sums[c] + row, &acc[c], sizeof acc[c]);
  }
}
#endif

typedef void ck_product(const ck_chunk *, uint32_t, const ck_cell *, uint32_t, int, float (*)[CK_TILE_ROWS]);

#define CK_PRODUCT(kind, columns, ...)                                                                               \
  static void ck_many_##kind##_##columns(const ck_chunk *chunk, uint32_t blocks, const ck_cell *cells,               \
                                         uint32_t width, int zero_point, float (*sums)[CK_TILE_ROWS]) {              \
    ck_many_times(chunk, blocks, cells, width, zero_point, columns, (ck_shape){__VA_ARGS__}, sums);                  \
  }
#define CK_PRODUCTS(kind, ...)                                                                                       \
  CK_PRODUCT(kind, 1, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 2, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 3, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 4, __VA_ARGS__)                                                                                   \
  static ck_product *const ck_many_##kind[5] = {NULL, ck_many_##kind##_1, ck_many_##kind##_2, ck_many_##kind##_3,    \
                                                ck_many_##kind##_4};
CK_PRODUCTS(signed, false, false, true)
CK_PRODUCTS(plain, false, false, CK_SIGNED_VALUES)
CK_PRODUCTS(minimum, false, true, CK_SIGNED_VALUES)
CK_PRODUCTS(half, true, false, CK_SIGNED_VALUES)
CK_PRODUCTS(half_minimum, true, true, CK_SIGNED_VALUES)

static ck_product *const *ck_products_of(ck_format format) {
  if (format.has_halves) return format.has_minimums ? ck_many_half_minimum : ck_many_half;
  if (format.has_minimums) return ck_many_minimum;
  return format.zero_point == 128 ? ck_many_signed : ck_many_plain;
}

// Multiplies columns column..<column + count of the input, four at a time, then the rest.
static void ck_chunk_times(ck_product *const *products, const ck_chunk *chunk, uint32_t first_block, uint32_t blocks,
                           const ck_quantized *q, uint32_t column, uint32_t count, int zero_point,
                           float (*sums)[CK_TILE_ROWS]) {
  for (uint32_t group = column; group < column + count; group += 16) {
    uint32_t width = q->rows - group < 16 ? q->rows - group : 16;
    for (uint32_t c = 0, step; c < width; c += step) {
      step = width - c < 4 ? width - c : 4;
      const ck_cell *cells = q->cells + ck_index(q, group + c, first_block);
      products[step](chunk, blocks, cells, width, zero_point, sums + (group - column + c));
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
  const ck_type_kernels *kernels = ck_kernels_of(job->type);
  ck_product *const *products = ck_products_of(format);
  const uint32_t first = tile * CK_TILE_ROWS;
  const size_t chunk_bytes = (size_t)CK_CHUNK_ELEMENTS / format.block_elements * format.block_bytes;
  ck_chunk chunk;
  chunk.panel = panel->values;
  _Alignas(64) float sums[sum_columns][CK_TILE_ROWS];
  for (uint32_t column = 0; column < input->rows; column += sum_columns) {
    uint32_t count = input->rows - column < sum_columns ? input->rows - column : sum_columns;
    memset(sums, 0, count * sizeof sums[0]);
    // Rows past the end repeat the last row; their results are not stored.
    const uint8_t *rows[CK_TILE_ROWS];
    for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
      rows[r] = job->weights + (size_t)(first + r < job->rows ? first + r : job->rows - 1) * job->row_bytes;
    for (uint32_t block = 0; block < q->blocks; block += CK_CHUNK_BLOCKS) {
      uint32_t blocks = q->blocks - block < CK_CHUNK_BLOCKS ? q->blocks - block : CK_CHUNK_BLOCKS;
      const size_t ahead = ck_block_bytes(format) * blocks;
      ck_fetch fetch = ck_next_fetch(stream, ahead);
      for (size_t line = 0; line * 64 < ahead; line++) ck_fetch_line(fetch, line, ahead, false);
      if (input->rows <= CK_FEW_INPUTS) {
        kernels->few[input->rows - 1](rows, blocks, q, block, sums);
      } else {
        kernels->unpack(rows, blocks, &chunk);
#if defined(CK_HAS_PANEL)
        ck_transpose_chunk(&chunk, blocks);
#endif
        ck_chunk_times(products, &chunk, block, blocks, q, column, count, format.zero_point, sums);
      }
      for (int r = 0; r < CK_TILE_ROWS; r++) rows[r] += chunk_bytes;
    }
    ck_finish_tile(job, first, column, count, sums);
  }
}

static void CK_(multiply)(const ck_multiply_job *job, uint32_t first_tile, uint32_t tile_count, const ck_input *input,
                          ck_panel *panel, ck_bytes ahead) {
  if (ck_format_of(job->type).block_elements == 1) {
    for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++) CK_(multiply_float)(job, tile, input);
    return;
  }
  ck_stream stream = ck_stream_of(job, first_tile, tile_count, ahead);
  for (uint32_t tile = first_tile; tile < first_tile + tile_count; tile++)
    ck_multiply_quantized_tile(job, tile, input, panel, &stream);
}
