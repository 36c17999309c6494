// Products of quantized weights with int8 activations, AVX-512 with VNNI; lane = weight row.
// - A tile of 16 rows is decoded block by block into a panel: vector j of a block holds, in lane r, elements
//   4j..4j+3 of row r as unsigned bytes (zero point added), so one `vpdpbusd` with four broadcast activations gives
//   16 dot products. Beside it are vectors of 16 scales and 16 minimums.
// - The panel is then multiplied with all columns of the input, so a batch pays for decoding once.
// - Integer sums are exact, and the float operations are those of kernels_scalar.c in the same order, so the bits are
//   the same.

// Decodes one chunk of a tile into the panel (columns 0), or multiplies it with all columns of a small batch.
// `cells` is the first column's cell of the chunk's first block; cells of the next block follow `width` later.
typedef void ck_chunk_kernel(const uint8_t *weights, size_t stride, uint32_t blocks, ck_panel *panel,
                             const ck_cell *cells, uint32_t width, ck_stream *stream, float (*sums)[16]);

// The number that decoders add to a type's elements: its zero point, except for Q5_0 (see ck_take_fifths).
CK_INLINE int ck_decoded_zero_point(uint32_t type) { return type == CK_Q5_0 ? 128 : ck_format_of(type).zero_point; }

#define CK_CHUNK(name, type, suffix, count, near)                                                                    \
  static void ck_chunk_##name##_##suffix(const uint8_t *weights, size_t stride, uint32_t blocks, ck_panel *panel,    \
                                         const ck_cell *cells, uint32_t width, ck_stream *stream,                    \
                                         float (*sums)[16]) {                                                        \
    const ck_format format = ck_format_of(type);                                                                     \
    const ck_shape shape = {count, format.has_halves, format.has_minimums, ck_decoded_zero_point(type),              \
                            ck_block_bytes(format), near};                                                           \
    ck_sink sink = {panel, cells, width, *stream, {}};                                                               \
    for (int c = 0; c < count; c++) sink.acc[c] = _mm512_load_ps(sums[c]);                                           \
    ck_decode_##name(ck_rows_from(weights, stride), blocks, &sink, shape);                                           \
    for (int c = 0; c < count; c++) _mm512_store_ps(sums[c], sink.acc[c]);                                           \
    *stream = sink.stream;                                                                                           \
  }
// Chunk kernels by number of columns. The last one is for one column with prefetches into L1.
enum { CK_CHUNK_NEAR = CK_FUSED_COLUMNS + 1 };
#define CK_CHUNKS(name, type)                                                                                        \
  CK_CHUNK(name, type, 0, 0, false)                                                                                  \
  CK_CHUNK(name, type, 1, 1, false)                                                                                  \
  CK_CHUNK(name, type, 2, 2, false)                                                                                  \
  CK_CHUNK(name, type, 3, 3, false)                                                                                  \
  CK_CHUNK(name, type, 4, 4, false)                                                                                  \
  CK_CHUNK(name, type, 5, 5, false)                                                                                  \
  CK_CHUNK(name, type, 6, 6, false)                                                                                  \
  CK_CHUNK(name, type, 7, 7, false)                                                                                  \
  CK_CHUNK(name, type, 8, 8, false)                                                                                  \
  CK_CHUNK(name, type, near, 1, true)                                                                                \
  static ck_chunk_kernel *const ck_chunks_##name[] = {                                                               \
      ck_chunk_##name##_0, ck_chunk_##name##_1, ck_chunk_##name##_2, ck_chunk_##name##_3, ck_chunk_##name##_4,       \
      ck_chunk_##name##_5, ck_chunk_##name##_6, ck_chunk_##name##_7, ck_chunk_##name##_8, ck_chunk_##name##_near};
CK_CHUNKS(q8_0, CK_Q8_0)
CK_CHUNKS(q4_0, CK_Q4_0)
CK_CHUNKS(q4_1, CK_Q4_1)
CK_CHUNKS(q5_0, CK_Q5_0)
CK_CHUNKS(q5_1, CK_Q5_1)
CK_CHUNKS(q2_k, CK_Q2_K)
CK_CHUNKS(q3_k, CK_Q3_K)
CK_CHUNKS(q4_k, CK_Q4_K)
CK_CHUNKS(q5_k, CK_Q5_K)
CK_CHUNKS(q6_k, CK_Q6_K)
CK_CHUNKS(iq4_nl, CK_IQ4_NL)
CK_CHUNKS(iq4_xs, CK_IQ4_XS)
CK_CHUNKS(mxfp4, CK_MXFP4)

static ck_chunk_kernel *const *ck_chunks_of(uint32_t type) {
  switch (type) {
    case CK_Q8_0: return ck_chunks_q8_0;
    case CK_Q4_0: return ck_chunks_q4_0;
    case CK_Q4_1: return ck_chunks_q4_1;
    case CK_Q5_0: return ck_chunks_q5_0;
    case CK_Q5_1: return ck_chunks_q5_1;
    case CK_Q2_K: return ck_chunks_q2_k;
    case CK_Q3_K: return ck_chunks_q3_k;
    case CK_Q4_K: return ck_chunks_q4_k;
    case CK_Q5_K: return ck_chunks_q5_k;
    case CK_Q6_K: return ck_chunks_q6_k;
    case CK_IQ4_NL: return ck_chunks_iq4_nl;
    case CK_IQ4_XS: return ck_chunks_iq4_xs;
    default: return ck_chunks_mxfp4;
  }
}

// Adds `blocks` blocks of the panel times `columns` columns of the input to sums[column].
CK_INLINE void ck_panel_times(const ck_panel *panel, uint32_t blocks, const ck_cell *cells, uint32_t width,
                              const ck_shape shape, float (*sums)[16]) {
  __m512 acc[8];
  for (int c = 0; c < shape.columns; c++) acc[c] = _mm512_load_ps(sums[c]);
  for (uint32_t b = 0; b < blocks; b++, cells += width)
    ck_block_times(ck_scaling_in(panel, b, shape), cells, (const __m512i *)(panel->values + (size_t)b * 512),
                   (ck_fetch){}, shape, acc);
  for (int c = 0; c < shape.columns; c++) _mm512_store_ps(sums[c], acc[c]);
}

typedef void ck_panel_product(const ck_panel *, uint32_t, const ck_cell *, uint32_t, float (*)[16]);

// Products differ only in `kind`: halves, minimums and zero point.
#define CK_PRODUCT(kind, columns, ...)                                                                               \
  static void ck_product_##kind##_##columns(const ck_panel *panel, uint32_t blocks, const ck_cell *cells,            \
                                            uint32_t width, float (*sums)[16]) {                                     \
    ck_panel_times(panel, blocks, cells, width, (ck_shape){columns, __VA_ARGS__, 0, false}, sums);                   \
  }
#define CK_PRODUCTS(kind, ...)                                                                                       \
  CK_PRODUCT(kind, 1, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 2, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 3, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 4, __VA_ARGS__)                                                                                   \
  CK_PRODUCT(kind, 8, __VA_ARGS__)                                                                                   \
  static ck_panel_product *const ck_products_##kind[9] = {                                                           \
      [1] = ck_product_##kind##_1, [2] = ck_product_##kind##_2, [3] = ck_product_##kind##_3,                         \
      [4] = ck_product_##kind##_4, [8] = ck_product_##kind##_8};
CK_PRODUCTS(plain_128, false, false, 128)
CK_PRODUCTS(plain_8, false, false, 8)
CK_PRODUCTS(minimum, false, true, 0)
CK_PRODUCTS(half_32, true, false, 32)
CK_PRODUCTS(half_4, true, false, 4)
CK_PRODUCTS(half_minimum, true, true, 0)

static ck_panel_product *const *ck_products_of(uint32_t type) {
  const ck_format format = ck_format_of(type);
  if (format.has_minimums) return format.has_halves ? ck_products_half_minimum : ck_products_minimum;
  switch (ck_decoded_zero_point(type)) {
    case 4: return ck_products_half_4;
    case 8: return ck_products_plain_8;
    case 32: return ck_products_half_32;
    default: return ck_products_plain_128;
  }
}

// Multiplies one group of up to 16 columns, 8, 4, 3, 2 or 1 at a time.
static void ck_panel_times_group(ck_panel_product *const *products, const ck_panel *panel, uint32_t blocks,
                                 const ck_quantized *q, uint32_t column, uint32_t first_block, float (*sums)[16]) {
  uint32_t group = column / 16 * 16, width = ck_smaller(q->rows - group, 16);
  for (uint32_t c = 0; c < width;) {
    uint32_t left = width - c, step = left >= 8 ? 8 : left >= 4 ? 4 : left;
    products[step](panel, blocks, q->cells + ck_index(q, group + c, first_block), width, sums + c);
    c += step;
  }
}

static void ck_finish_tile(const ck_multiply_job *job, uint32_t row, uint32_t column, uint32_t count,
                           float (*sums)[16]) {
  uint32_t valid = ck_smaller(job->rows - row, CK_TILE_ROWS);
  __mmask16 mask = (__mmask16)((1u << valid) - 1);
  __m512 bias = job->bias ? _mm512_maskz_loadu_ps(mask, job->bias + row) : _mm512_setzero_ps();
  for (uint32_t c = 0; c < count; c++) {
    float *out = job->output + (size_t)(column + c) * job->output_stride + row;
    __m512 v = _mm512_load_ps(sums[c]);
    if (job->bias) v = v + bias;
    if (job->adds) v = _mm512_maskz_loadu_ps(mask, out) + v;
    _mm512_mask_storeu_ps(out, mask, v);
  }
}

// Columns summed together; blocks decoded together if there are 9 to 16 columns, and otherwise; bytes of the largest
// block of 32.
enum { CK_SUM_COLUMNS = 256, CK_FEW_BLOCKS = 8, CK_MANY_BLOCKS = 32, CK_MOST_BLOCK_BYTES = 34 };

// Copies the next `bytes` of 16 rows. Only the first `valid` rows exist; the last of them replaces the missing ones.
static void ck_complete(uint8_t *copy, const uint8_t *weights, size_t stride, uint32_t valid, size_t bytes) {
  for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
    memcpy(copy + r * bytes, weights + (r < valid ? r : valid - 1) * stride, bytes);
}

static void ck_multiply_quantized_tile(const ck_multiply_job *job, uint32_t tile, const ck_input *input,
                                       ck_panel *panel, ck_stream *stream) {
  const ck_format format = ck_format_of(job->type);
  ck_panel_product *const *products = ck_products_of(job->type);
  ck_chunk_kernel *const *chunks = ck_chunks_of(job->type);
  const uint32_t kernel = input->rows == 1 && stream->near ? CK_CHUNK_NEAR : input->rows;
  const uint32_t first = tile * CK_TILE_ROWS, valid = ck_smaller(job->rows - first, CK_TILE_ROWS);
  const ck_quantized *q = &input->quantized;
  const bool fused = input->rows <= CK_FUSED_COLUMNS;
  const uint32_t chunk = input->rows <= 16 && !fused ? CK_FEW_BLOCKS : CK_MANY_BLOCKS;
  _Alignas(64) float sums[CK_SUM_COLUMNS][16];
  uint8_t copy[CK_TILE_ROWS * CK_MANY_BLOCKS * CK_MOST_BLOCK_BYTES];
  for (uint32_t column = 0; column < input->rows; column += CK_SUM_COLUMNS) {
    const uint32_t count = ck_smaller(input->rows - column, CK_SUM_COLUMNS);
    memset(sums, 0, count * sizeof sums[0]);
    const uint8_t *weights = job->weights + (size_t)first * job->row_bytes;
    for (uint32_t block = 0; block < q->blocks; block += chunk) {
      const uint32_t blocks = ck_smaller(q->blocks - block, chunk);
      const size_t bytes = (size_t)blocks * 32 / format.block_elements * format.block_bytes;
      const ck_cell *cells = q->cells + ck_index(q, 0, block);
      const uint8_t *rows = weights;
      size_t stride = job->row_bytes;
      if (valid < CK_TILE_ROWS) {
        ck_complete(copy, weights, stride, valid, bytes);
        rows = copy;
        stride = bytes;
      }
      if (fused) {
        chunks[kernel](rows, stride, blocks, panel, cells, q->rows, stream, sums);
      } else {
        chunks[0](rows, stride, blocks, panel, cells, q->rows, stream, sums);
        for (uint32_t c = 0; c < count; c += 16)
          ck_panel_times_group(products, panel, blocks, q, column + c, block, sums + c);
      }
      weights += bytes;
    }
    ck_finish_tile(job, first, column, count, sums);
  }
}
