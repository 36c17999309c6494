// Products of quantized weights with int8 activations, AVX-512 with VNNI; lane = weight row.
// - A tile of 16 rows is decoded block by block into a panel: vector j of a block holds, in lane r, elements
//   4j..4j+3 of row r as unsigned bytes (zero point added), so that `vpdpbusd` with four activations
//   broadcast gives 16 dot products at once; with it a vector of 16 scales, and of 16 minimums.
// - The panel then meets all columns of the input: decoding is paid once for a batch.
// - Integer sums are exact, and the floats follow the chain of kernels_scalar.c, so the bits are its.

// Vectors of four 16-byte pieces: lane L of piece i is at rows[4 * L + i] + offset.
typedef struct {
  __m512i piece[4];
} ck_pieces;

CK_INLINE __m512i ck_quarters(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d) {
  // Masked broadcasts need no shuffle, which is what a tile is short of.
  __m512i v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)a));
  v = _mm512_mask_broadcast_i32x4(v, 0x00F0, _mm_loadu_si128((const __m128i *)b));
  v = _mm512_mask_broadcast_i32x4(v, 0x0F00, _mm_loadu_si128((const __m128i *)c));
  return _mm512_mask_broadcast_i32x4(v, 0xF000, _mm_loadu_si128((const __m128i *)d));
}

CK_INLINE ck_pieces ck_load_pieces(const uint8_t *const *rows, size_t offset) {
  ck_pieces p;
  for (int i = 0; i < 4; i++)
    p.piece[i] = ck_quarters(rows[i] + offset, rows[i + 4] + offset, rows[i + 8] + offset, rows[i + 12] + offset);
  return p;
}

// piece[k]: lane r = dword k of the 16 bytes of row r.
CK_INLINE ck_pieces ck_transpose(ck_pieces p) {
  __m512i a = _mm512_unpacklo_epi32(p.piece[0], p.piece[1]), b = _mm512_unpackhi_epi32(p.piece[0], p.piece[1]);
  __m512i c = _mm512_unpacklo_epi32(p.piece[2], p.piece[3]), d = _mm512_unpackhi_epi32(p.piece[2], p.piece[3]);
  return (ck_pieces){{_mm512_unpacklo_epi64(a, c), _mm512_unpackhi_epi64(a, c), _mm512_unpacklo_epi64(b, d),
                      _mm512_unpackhi_epi64(b, d)}};
}

CK_INLINE ck_pieces ck_load_transposed(const uint8_t *const *rows, size_t offset) {
  return ck_transpose(ck_load_pieces(rows, offset));
}

// Lane r = the four bytes at rows[r] + offset; reads 16 bytes of each row.
CK_INLINE __m512i ck_load_dwords(const uint8_t *const *rows, size_t offset) {
  ck_pieces p = ck_load_pieces(rows, offset);
  return _mm512_unpacklo_epi64(_mm512_unpacklo_epi32(p.piece[0], p.piece[1]),
                               _mm512_unpacklo_epi32(p.piece[2], p.piece[3]));
}

// The half floats in the low 16 bits of each lane.
CK_INLINE __m512 ck_low_halves(__m512i v) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v)); }

CK_INLINE void ck_put_line(ck_panel *panel, uint32_t block, int line, __m512i v) {
  _mm512_store_si512(panel->values + (size_t)block * 512 + line * 64, v);
}

// Scales of both halves of a block stand 32 floats apart per block; types without halves use the first 16.
CK_INLINE void ck_put_scales(ck_panel *panel, uint32_t block, int half, __m512 v) {
  _mm512_store_ps(panel->scales + (size_t)block * 32 + half * 16, v);
}

CK_INLINE void ck_put_minimums(ck_panel *panel, uint32_t block, int half, __m512 v) {
  _mm512_store_ps(panel->minimums + (size_t)block * 32 + half * 16, v);
}

CK_INLINE void ck_put_nibbles(ck_panel *panel, uint32_t block, ck_pieces p) {
  const __m512i low = _mm512_set1_epi8(15);
  for (int k = 0; k < 4; k++) {
    ck_put_line(panel, block, k, _mm512_and_si512(p.piece[k], low));
    ck_put_line(panel, block, k + 4, _mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low));
  }
}

static void ck_panel_q8_0(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 34;
    for (int half = 0; half < 2; half++) {
      ck_pieces p = ck_load_transposed(rows, at + 2 + (size_t)half * 16);
      for (int k = 0; k < 4; k++) ck_put_line(panel, b, half * 4 + k, _mm512_xor_si512(p.piece[k], flip));
    }
    ck_put_scales(panel, b, 0, ck_low_halves(ck_load_dwords(rows, at)));
  }
}

static void ck_panel_q4_0(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 18;
    ck_put_nibbles(panel, b, ck_load_transposed(rows, at + 2));
    ck_put_scales(panel, b, 0, ck_low_halves(ck_load_dwords(rows, at)));
  }
}

static void ck_panel_q4_1(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 20;
    ck_put_nibbles(panel, b, ck_load_transposed(rows, at + 4));
    __m512i halves = ck_load_dwords(rows, at);
    ck_put_scales(panel, b, 0, ck_low_halves(halves));
    ck_put_minimums(panel, b, 0, -ck_low_halves(_mm512_srli_epi32(halves, 16)));
  }
}

// Byte i of each lane as a float.
CK_INLINE __m512 ck_byte(__m512i v, int i) {
  return _mm512_cvtepi32_ps(_mm512_and_si512(_mm512_srli_epi32(v, (unsigned)(8 * i)), _mm512_set1_epi32(255)));
}

// The 16 bytes of halves, scales and minimums that Q4_K and Q5_K open with, for the eight blocks of 32.
CK_INLINE void ck_put_k_header(const uint8_t *const *rows, size_t at, uint32_t block, ck_panel *panel) {
  ck_pieces p = ck_load_transposed(rows, at);
  __m512 scale = ck_low_halves(p.piece[0]), minimum = ck_low_halves(_mm512_srli_epi32(p.piece[0], 16));
  const __m512i six = _mm512_set1_epi8(63), low = _mm512_set1_epi8(15), high = _mm512_set1_epi8(48);
  __m512i scales[2] = {
      _mm512_and_si512(p.piece[1], six),
      _mm512_or_si512(_mm512_and_si512(p.piece[3], low), _mm512_and_si512(_mm512_srli_epi32(p.piece[1], 2), high))};
  __m512i minimums[2] = {_mm512_and_si512(p.piece[2], six),
                         _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi32(p.piece[3], 4), low),
                                         _mm512_and_si512(_mm512_srli_epi32(p.piece[2], 2), high))};
  for (int j = 0; j < 8; j++) {
    ck_put_scales(panel, block + (uint32_t)j, 0, scale * ck_byte(scales[j / 4], j % 4));
    ck_put_minimums(panel, block + (uint32_t)j, 0, minimum * ck_byte(minimums[j / 4], j % 4));
  }
}

static void ck_panel_q4_k(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  const __m512i low = _mm512_set1_epi8(15);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 144;
    ck_put_k_header(rows, at, b, panel);
    for (uint32_t j = 0; j < 4; j++)
      for (int half = 0; half < 2; half++) {
        ck_pieces p = ck_load_transposed(rows, at + 16 + j * 32 + (size_t)half * 16);
        for (int k = 0; k < 4; k++) {
          ck_put_line(panel, b + 2 * j, half * 4 + k, _mm512_and_si512(p.piece[k], low));
          ck_put_line(panel, b + 2 * j + 1, half * 4 + k, _mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low));
        }
      }
  }
}

static void ck_panel_q5_k(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  const __m512i low = _mm512_set1_epi8(15), fifth = _mm512_set1_epi8(16);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 176;
    ck_put_k_header(rows, at, b, panel);
    for (int half = 0; half < 2; half++) {
      ck_pieces high = ck_load_transposed(rows, at + 16 + (size_t)half * 16);
      for (uint32_t j = 0; j < 4; j++) {
        ck_pieces p = ck_load_transposed(rows, at + 48 + j * 32 + (size_t)half * 16);
        for (int k = 0; k < 4; k++) {
          // Bit 2j of the high bytes belongs to the low nibbles, bit 2j + 1 to the high ones; both go to bit 4.
          __m512i h = high.piece[k];
          __m512i even = j < 2 ? _mm512_slli_epi16(h, 4 - 2 * j) : _mm512_srli_epi16(h, 2 * j - 4);
          __m512i odd = j < 2 ? _mm512_slli_epi16(h, 3 - 2 * j) : _mm512_srli_epi16(h, 2 * j - 3);
          ck_put_line(panel, b + 2 * j, half * 4 + k,
                      _mm512_or_si512(_mm512_and_si512(p.piece[k], low), _mm512_and_si512(even, fifth)));
          ck_put_line(panel, b + 2 * j + 1, half * 4 + k,
                      _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low),
                                      _mm512_and_si512(odd, fifth)));
        }
      }
    }
  }
}

static void ck_panel_q6_k(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  const __m512i low = _mm512_set1_epi8(15), pair = _mm512_set1_epi8(48);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 210;
    for (uint32_t n = 0; n < 2; n++)
      for (int half = 0; half < 2; half++) {
        size_t part = (size_t)half * 16;
        ck_pieces p = ck_load_transposed(rows, at + n * 64 + part), q = ck_load_transposed(rows, at + n * 64 + 32 + part);
        ck_pieces high = ck_load_transposed(rows, at + 128 + n * 32 + part);
        for (int k = 0; k < 4; k++) {
          __m512i h = high.piece[k], lows[4] = {p.piece[k], q.piece[k], _mm512_srli_epi16(p.piece[k], 4),
                                                _mm512_srli_epi16(q.piece[k], 4)};
          __m512i pairs[4] = {_mm512_slli_epi16(h, 4), _mm512_slli_epi16(h, 2), h, _mm512_srli_epi16(h, 2)};
          for (uint32_t j = 0; j < 4; j++)
            ck_put_line(panel, b + n * 4 + j, half * 4 + k,
                        _mm512_or_si512(_mm512_and_si512(lows[j], low), _mm512_and_si512(pairs[j], pair)));
        }
      }
    // The half-precision scale ends the block: read the 16 bytes that end with it.
    ck_pieces scales = ck_load_transposed(rows, at + 192), last = ck_load_transposed(rows, at + 194);
    __m512 scale = ck_low_halves(_mm512_srli_epi32(last.piece[3], 16));
    for (int j = 0; j < 16; j++) {
      __m512i byte = _mm512_srai_epi32(_mm512_slli_epi32(scales.piece[j / 4], (unsigned)(24 - 8 * (j % 4))), 24);
      ck_put_scales(panel, b + (uint32_t)j / 2, j % 2, scale * _mm512_cvtepi32_ps(byte));
    }
  }
}

// Any type: rows unpacked one by one, then transposed.
CK_INLINE void ck_panel_unpacked(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  const ck_format format = ck_format_of(type);
  const uint32_t inner = format.block_elements / 32;
  _Alignas(64) int8_t values[CK_TILE_ROWS][256];
  float scales[CK_TILE_ROWS][16], minimums[CK_TILE_ROWS][16];
  const uint8_t *unpacked[CK_TILE_ROWS];
  for (int r = 0; r < CK_TILE_ROWS; r++) unpacked[r] = (const uint8_t *)values[r];
  const __m512i zero_point = _mm512_set1_epi8((char)format.zero_point);
  for (uint32_t b = 0; b < blocks; b += inner) {
    for (int r = 0; r < CK_TILE_ROWS; r++)
      ck_unpack_block(type, rows[r] + (size_t)(b / inner) * format.block_bytes, values[r], scales[r], minimums[r]);
    for (uint32_t j = 0; j < inner; j++) {
      for (int half = 0; half < 2; half++) {
        ck_pieces p = ck_load_transposed(unpacked, j * 32 + (size_t)half * 16);
        for (int k = 0; k < 4; k++) ck_put_line(panel, b + j, half * 4 + k, _mm512_add_epi8(p.piece[k], zero_point));
        for (int r = 0; r < CK_TILE_ROWS; r++) {
          panel->scales[(size_t)(b + j) * 32 + (size_t)half * 16 + (size_t)r] = scales[r][j * 2 + (uint32_t)half];
          if (format.has_minimums)
            panel->minimums[(size_t)(b + j) * 32 + (size_t)half * 16 + (size_t)r] = minimums[r][j * 2 + (uint32_t)half];
        }
      }
    }
  }
}

static void ck_panel_of(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  switch (type) {
    case CK_Q8_0: ck_panel_q8_0(rows, blocks, panel); break;
    case CK_Q4_0: ck_panel_q4_0(rows, blocks, panel); break;
    case CK_Q4_1: ck_panel_q4_1(rows, blocks, panel); break;
    case CK_Q4_K: ck_panel_q4_k(rows, blocks, panel); break;
    case CK_Q5_K: ck_panel_q5_k(rows, blocks, panel); break;
    case CK_Q6_K: ck_panel_q6_k(rows, blocks, panel); break;
    case CK_Q5_0: ck_panel_unpacked(CK_Q5_0, rows, blocks, panel); break;
    case CK_Q5_1: ck_panel_unpacked(CK_Q5_1, rows, blocks, panel); break;
    case CK_Q2_K: ck_panel_unpacked(CK_Q2_K, rows, blocks, panel); break;
    case CK_Q3_K: ck_panel_unpacked(CK_Q3_K, rows, blocks, panel); break;
    case CK_IQ4_NL: ck_panel_unpacked(CK_IQ4_NL, rows, blocks, panel); break;
    case CK_IQ4_XS: ck_panel_unpacked(CK_IQ4_XS, rows, blocks, panel); break;
    default: ck_panel_unpacked(CK_MXFP4, rows, blocks, panel); break;
  }
}

// `blocks` blocks of the panel times `columns` columns of the input, added to sums[column].
// cell: the first column's index at the first block; from block to block it grows by `width`.
CK_INLINE void ck_panel_times(const ck_panel *panel, uint32_t blocks, const ck_quantized *q, size_t cell,
                              uint32_t width, int zero_shift, const int columns, const bool halves, const bool minimums,
                              float (*sums)[16]) {
  const int parts = halves ? 2 : 1, lines = 8 / parts;
  const __m128i shift = _mm_cvtsi32_si128(zero_shift);
  __m512 acc[16];
  for (int c = 0; c < columns; c++) acc[c] = _mm512_load_ps(sums[c]);
  for (uint32_t b = 0; b < blocks; b++, cell += width) {
    __m512i w[8];
    for (int j = 0; j < 8; j++) w[j] = _mm512_load_si512(panel->values + (size_t)b * 512 + j * 64);
    for (int c = 0; c < columns; c++) {
      size_t at = cell + (size_t)c;
      const int8_t *x = q->values + at * 32;
      __m512 input_scale = _mm512_set1_ps(q->scale[at]);
      for (int part = 0; part < parts; part++) {
        __m512i sum = _mm512_setzero_si512();
        if (!minimums)
          sum = _mm512_sll_epi32(
              _mm512_set1_epi32(halves ? q->minus_half_sum[2 * at + (size_t)part] : q->minus_sum[at]), shift);
        for (int j = part * lines; j < (part + 1) * lines; j++) {
          int32_t four;
          memcpy(&four, x + 4 * j, 4);
          sum = _mm512_dpbusd_epi32(sum, w[j], _mm512_set1_epi32(four));
        }
        __m512 scale = _mm512_load_ps(panel->scales + (size_t)b * 32 + part * 16);
        acc[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_mul_ps(scale, input_scale), acc[c]);
        if (minimums) {
          __m512 minimum = _mm512_load_ps(panel->minimums + (size_t)b * 32 + part * 16);
          __m512 inputs = _mm512_set1_ps(halves ? q->scaled_half_sum[2 * at + (size_t)part] : q->scaled_sum[at]);
          acc[c] = _mm512_fnmadd_ps(minimum, inputs, acc[c]);
        }
      }
    }
  }
  for (int c = 0; c < columns; c++) _mm512_store_ps(sums[c], acc[c]);
}

typedef void ck_panel_product(const ck_panel *, uint32_t, const ck_quantized *, size_t, uint32_t, int, float (*)[16]);

#define CK_PRODUCT(kind, columns, halves, minimums)                                                                  \
  static void ck_product_##kind##_##columns(const ck_panel *panel, uint32_t blocks, const ck_quantized *q,           \
                                            size_t cell, uint32_t width, int shift, float (*sums)[16]) {             \
    ck_panel_times(panel, blocks, q, cell, width, shift, columns, halves, minimums, sums);                           \
  }
#define CK_PRODUCTS(kind, halves, minimums)                                                                          \
  CK_PRODUCT(kind, 1, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 2, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 3, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 4, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 8, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 16, halves, minimums)                                                                             \
  static ck_panel_product *const ck_products_##kind[17] = {                                                          \
      [1] = ck_product_##kind##_1, [2] = ck_product_##kind##_2, [3] = ck_product_##kind##_3,                         \
      [4] = ck_product_##kind##_4, [8] = ck_product_##kind##_8, [16] = ck_product_##kind##_16};
CK_PRODUCTS(plain, false, false)
CK_PRODUCTS(minimum, false, true)
CK_PRODUCTS(half, true, false)
CK_PRODUCTS(half_minimum, true, true)

// One group of up to 16 columns, by products of 16, 8, 4, 3, 2 and 1.
static void ck_panel_times_group(ck_panel_product *const *products, const ck_panel *panel, uint32_t blocks,
                                 const ck_quantized *q, uint32_t column, uint32_t first_block, int shift,
                                 float (*sums)[16]) {
  uint32_t group = column / 16 * 16, width = q->rows - group < 16 ? q->rows - group : 16;
  for (uint32_t c = 0; c < width;) {
    uint32_t left = width - c, step = left >= 16 ? 16 : left >= 8 ? 8 : left >= 4 ? 4 : left;
    products[step](panel, blocks, q, ck_cell(q, group + c, first_block), width, shift, sums + c);
    c += step;
  }
}

static void ck_finish_tile(const ck_multiply_job *job, uint32_t row, uint32_t column, uint32_t count,
                           float (*sums)[16]) {
  uint32_t valid = job->rows - row < CK_TILE_ROWS ? job->rows - row : CK_TILE_ROWS;
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

enum { CK_SUM_COLUMNS = 256, CK_FEW_BLOCKS = 8, CK_MANY_BLOCKS = 32 };

static void ck_multiply_quantized_tile(const ck_multiply_job *job, uint32_t tile, const ck_input *input,
                                       ck_panel *panel) {
  const ck_format format = ck_format_of(job->type);
  ck_panel_product *const *products = format.has_halves ? format.has_minimums ? ck_products_half_minimum : ck_products_half
                                      : format.has_minimums ? ck_products_minimum
                                                            : ck_products_plain;
  const int shift = __builtin_ctz(format.zero_point | 256);
  const uint8_t *rows[CK_TILE_ROWS];
  uint32_t first = tile * CK_TILE_ROWS;
  for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
    rows[r] = job->weights + (size_t)(first + r < job->rows ? first + r : job->rows - 1) * job->row_bytes;
  // The tile after this one is fetched while this one is worked on, evenly: its bytes are one stretch.
  const uint8_t *ahead = job->weights + (size_t)(first + CK_TILE_ROWS) * job->row_bytes;
  const uint8_t *end = job->weights + (size_t)job->rows * job->row_bytes;
  if (end > ahead + CK_TILE_ROWS * job->row_bytes) end = ahead + CK_TILE_ROWS * job->row_bytes;

  const ck_quantized *q = &input->quantized;
  const uint32_t chunk = input->rows <= 16 ? CK_FEW_BLOCKS : CK_MANY_BLOCKS;
  const size_t chunk_bytes = (size_t)chunk * 32 / format.block_elements * format.block_bytes;
  _Alignas(64) float sums[CK_SUM_COLUMNS][16];
  for (uint32_t column = 0; column < input->rows; column += CK_SUM_COLUMNS) {
    uint32_t count = input->rows - column < CK_SUM_COLUMNS ? input->rows - column : CK_SUM_COLUMNS;
    memset(sums, 0, count * sizeof sums[0]);
    const uint8_t *at[CK_TILE_ROWS];
    memcpy(at, rows, sizeof at);
    for (uint32_t block = 0; block < q->blocks; block += chunk) {
      uint32_t blocks = q->blocks - block < chunk ? q->blocks - block : chunk;
      for (size_t line = 0; line < chunk_bytes * CK_TILE_ROWS && ahead < end; line += 64, ahead += 64)
        _mm_prefetch((const char *)ahead, _MM_HINT_T1);
      ck_panel_of(job->type, at, blocks, panel);
      for (uint32_t c = 0; c < count; c += 16)
        ck_panel_times_group(products, panel, blocks, q, column + c, block, shift, sums + c);
      for (int r = 0; r < CK_TILE_ROWS; r++) at[r] += chunk_bytes;
    }
    ck_finish_tile(job, first, column, count, sums);
  }
}
