// Sixteen rows at once, AVX-512: their bytes transposed into vectors, and what takes decoded blocks.
// - Vector j of a block holds, in lane r, elements 4j..4j+3 of row r as unsigned bytes (zero point added), so
//   that `vpdpbusd` with four activations broadcast gives 16 dot products at once.
// - Nothing here reads past a row's own blocks.

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

CK_INLINE __m128i ck_eight_words(const uint8_t *const *rows, size_t offset) {
  uint16_t word;
  memcpy(&word, rows[0] + offset, 2);
  __m128i v = _mm_cvtsi32_si128(word);
#define CK_WORD(i)                        \
  memcpy(&word, rows[i] + offset, 2);     \
  v = _mm_insert_epi16(v, (short)word, i);
  CK_WORD(1) CK_WORD(2) CK_WORD(3) CK_WORD(4) CK_WORD(5) CK_WORD(6) CK_WORD(7)
#undef CK_WORD
  return v;
}

// Lane r = the half float at rows[r] + offset.
CK_INLINE __m512 ck_load_half_scales(const uint8_t *const *rows, size_t offset) {
  return _mm512_cvtph_ps(_mm256_set_m128i(ck_eight_words(rows + 8, offset), ck_eight_words(rows, offset)));
}

// The half floats in the low 16 bits of each lane.
CK_INLINE __m512 ck_low_halves(__m512i v) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v)); }

// Scales of both halves of a block stand 32 floats apart per block; types without halves use the first 16.
CK_INLINE void ck_put_scales(ck_panel *panel, uint32_t block, int half, __m512 v) {
  _mm512_store_ps(panel->scales + (size_t)block * 32 + half * 16, v);
}

CK_INLINE void ck_put_minimums(ck_panel *panel, uint32_t block, int half, __m512 v) {
  _mm512_store_ps(panel->minimums + (size_t)block * 32 + half * 16, v);
}

// Where decoded blocks go: into the panel, or straight into the sums of one to four columns, which spares a
// batch that small the way through the cache.
typedef struct {
  ck_panel *panel;
  const ck_quantized *q;
  size_t cell;               // index of the first column at the chunk's first block
  uint32_t width;            // how much it grows by block
  __m128i zero_shift;        // log2 of the zero point
  __m512 acc[8];
} ck_sink;

// What is known when the code is compiled; columns 0 stores to the panel.
typedef struct {
  int columns;
  bool halves, minimums;
} ck_shape;

// Column `c` at index `at`: sums of one block with the panel's scales.
CK_INLINE __m512 ck_block_times(const ck_panel *panel, const ck_quantized *q, uint32_t block, size_t at,
                                const __m512i *w, __m128i zero_shift, const ck_shape shape, __m512 acc) {
  const int parts = shape.halves ? 2 : 1, lines = 8 / parts;
  const int8_t *x = q->values + at * 32;
  __m512 input_scale = _mm512_set1_ps(q->scale[at]);
  for (int part = 0; part < parts; part++) {
    size_t half = 2 * at + (size_t)part;
    __m512i sum = _mm512_setzero_si512();
    if (!shape.minimums)
      sum = _mm512_sll_epi32(_mm512_set1_epi32(shape.halves ? q->minus_half_sum[half] : q->minus_sum[at]), zero_shift);
    for (int j = part * lines; j < (part + 1) * lines; j++) {
      int32_t four;
      memcpy(&four, x + 4 * j, 4);
      sum = _mm512_dpbusd_epi32(sum, w[j], _mm512_set1_epi32(four));
    }
    __m512 scale = _mm512_load_ps(panel->scales + (size_t)block * 32 + part * 16);
    acc = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_mul_ps(scale, input_scale), acc);
    if (shape.minimums) {
      __m512 minimum = _mm512_load_ps(panel->minimums + (size_t)block * 32 + part * 16);
      acc = _mm512_fnmadd_ps(minimum, _mm512_set1_ps(shape.halves ? q->scaled_half_sum[half] : q->scaled_sum[at]), acc);
    }
  }
  return acc;
}

CK_INLINE void ck_take(ck_sink *sink, const ck_shape shape, uint32_t block, const __m512i *w) {
  if (shape.columns == 0) {
    for (int j = 0; j < 8; j++) _mm512_store_si512(sink->panel->values + (size_t)block * 512 + j * 64, w[j]);
    return;
  }
  size_t cell = sink->cell + (size_t)block * sink->width;
  for (int c = 0; c < shape.columns; c++)
    sink->acc[c] = ck_block_times(sink->panel, sink->q, block, cell + (size_t)c, w, sink->zero_shift, shape, sink->acc[c]);
}

CK_INLINE void ck_take_nibbles(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces p) {
  const __m512i low = _mm512_set1_epi8(15);
  __m512i w[8];
  for (int k = 0; k < 4; k++) {
    w[k] = _mm512_and_si512(p.piece[k], low);
    w[k + 4] = _mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low);
  }
  ck_take(sink, shape, block, w);
}
