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

CK_INLINE void ck_decode_q8_0(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 34;
    __m512i w[8];
    ck_put_scales(sink->panel, b, 0, ck_load_half_scales(rows, at));
    for (int half = 0; half < 2; half++) {
      ck_pieces p = ck_load_transposed(rows, at + 2 + (size_t)half * 16);
      for (int k = 0; k < 4; k++) w[half * 4 + k] = _mm512_xor_si512(p.piece[k], flip);
    }
    ck_take(sink, shape, b, w);
  }
}

CK_INLINE void ck_decode_q4_0(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 18;
    ck_put_scales(sink->panel, b, 0, ck_load_half_scales(rows, at));
    ck_take_nibbles(sink, shape, b, ck_load_transposed(rows, at + 2));
  }
}

CK_INLINE void ck_decode_q4_1(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 20;
    __m512i halves = ck_load_dwords(rows, at);
    ck_put_scales(sink->panel, b, 0, ck_low_halves(halves));
    ck_put_minimums(sink->panel, b, 0, -ck_low_halves(_mm512_srli_epi32(halves, 16)));
    ck_take_nibbles(sink, shape, b, ck_load_transposed(rows, at + 4));
  }
}

// IQ4_NL and MXFP4: nibbles that index a table of 16 values; `base` is where the nibbles start in the block.
CK_INLINE void ck_take_looked_up(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces p, __m512i table) {
  const __m512i low = _mm512_set1_epi8(15);
  __m512i w[8];
  for (int k = 0; k < 4; k++) {
    w[k] = _mm512_shuffle_epi8(table, _mm512_and_si512(p.piece[k], low));
    w[k + 4] = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low));
  }
  ck_take(sink, shape, block, w);
}

// A table of signed values as unsigned bytes with zero point 128, in every 16 bytes.
CK_INLINE __m512i ck_table(const int8_t *values) {
  return _mm512_xor_si512(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)values)), _mm512_set1_epi8((char)0x80));
}

CK_INLINE void ck_decode_iq4_nl(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i table = ck_table(ck_iq4_values);
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 18;
    ck_put_scales(sink->panel, b, 0, ck_load_half_scales(rows, at));
    ck_take_looked_up(sink, shape, b, ck_load_transposed(rows, at + 2), table);
  }
}

CK_INLINE void ck_decode_mxfp4(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i table = ck_table(ck_fp4_values);
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 17;
    // 2^(e - 128): below e = 2 a subnormal, as ck_e8m0_half has it.
    __m512i e = _mm512_and_si512(ck_load_dwords(rows, at), _mm512_set1_epi32(255));
    __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(e, _mm512_set1_epi32(1)), 23);
    __m512i subnormal = _mm512_sllv_epi32(_mm512_set1_epi32(0x00200000), e);
    __mmask16 small = _mm512_cmplt_epi32_mask(e, _mm512_set1_epi32(2));
    ck_put_scales(sink->panel, b, 0, _mm512_castsi512_ps(_mm512_mask_mov_epi32(normal, small, subnormal)));
    ck_take_looked_up(sink, shape, b, ck_load_transposed(rows, at + 1), table);
  }
}

CK_INLINE void ck_decode_iq4_xs(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i table = ck_table(ck_iq4_values), low = _mm512_set1_epi32(15);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 136;
    // Bytes 0-1 scale, 2-3 high pairs, 4-7 low nibbles of the factors.
    ck_pieces p = ck_load_pieces(rows, at);
    __m512i ab = _mm512_unpacklo_epi32(p.piece[0], p.piece[1]), cd = _mm512_unpacklo_epi32(p.piece[2], p.piece[3]);
    __m512i first = _mm512_unpacklo_epi64(ab, cd), lows = _mm512_unpackhi_epi64(ab, cd);
    __m512 scale = ck_low_halves(first);
    for (uint32_t j = 0; j < 8; j++) {
      __m512i l = _mm512_and_si512(_mm512_srli_epi32(lows, 4 * j), low);
      __m512i h = _mm512_and_si512(_mm512_slli_epi32(_mm512_srli_epi32(first, 16 + 2 * j), 4), _mm512_set1_epi32(48));
      __m512i factor = _mm512_sub_epi32(_mm512_or_si512(l, h), _mm512_set1_epi32(32));
      ck_put_scales(sink->panel, b + j, 0, scale * _mm512_cvtepi32_ps(factor));
    }
    for (uint32_t j = 0; j < 8; j++)
      ck_take_looked_up(sink, shape, b + j, ck_load_transposed(rows, at + 8 + j * 16), table);
  }
}

// Q5_0 and Q5_1: nibbles and a dword of fifth bits; bit i belongs to element i.
CK_INLINE void ck_take_fifths(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces p, __m512i bits) {
  const __m512i low = _mm512_set1_epi8(15), select = _mm512_set1_epi32(0x08040201), fifth = _mm512_set1_epi8(16);
  __m512i w[8];
  for (int j = 0; j < 8; j++) {
    // Bits 4j..4j+3 of the lane, one to a byte: copy their byte to all four, test the nibble's own bit in each.
    const int byte = j / 2;
    const __m512i spread = _mm512_add_epi32(_mm512_set4_epi32(0x0C0C0C0C, 0x08080808, 0x04040404, 0),
                                            _mm512_set1_epi32(0x01010101 * byte));
    __m512i four = _mm512_shuffle_epi8(bits, spread);
    __mmask64 set = _mm512_test_epi8_mask(four, _mm512_slli_epi32(select, j % 2 ? 4 : 0));
    __m512i nibble = _mm512_and_si512(j < 4 ? p.piece[j] : _mm512_srli_epi16(p.piece[j - 4], 4), low);
    w[j] = _mm512_or_si512(nibble, _mm512_maskz_mov_epi8(set, fifth));
  }
  ck_take(sink, shape, block, w);
}

CK_INLINE void ck_decode_q5_0(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 22;
    ck_put_scales(sink->panel, b, 0, ck_load_half_scales(rows, at));
    ck_take_fifths(sink, shape, b, ck_load_transposed(rows, at + 6), ck_load_dwords(rows, at + 2));
  }
}

CK_INLINE void ck_decode_q5_1(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 24;
    __m512i halves = ck_load_dwords(rows, at);
    ck_put_scales(sink->panel, b, 0, ck_low_halves(halves));
    ck_put_minimums(sink->panel, b, 0, -ck_low_halves(_mm512_srli_epi32(halves, 16)));
    ck_take_fifths(sink, shape, b, ck_load_transposed(rows, at + 8), ck_load_dwords(rows, at + 4));
  }
}

// Byte i of the 16 (or 12) bytes of each row, which `p` holds transposed.
CK_INLINE __m512i ck_piece_byte(const __m512i *p, int i) {
  return _mm512_and_si512(_mm512_srli_epi32(p[i / 4], (unsigned)(8 * (i % 4))), _mm512_set1_epi32(255));
}

// The 32 bytes at `offset` of each row: vector k holds bytes 4k..4k+3.
CK_INLINE void ck_load_lines(const uint8_t *const *rows, size_t offset, __m512i *lines) {
  for (int half = 0; half < 2; half++) {
    ck_pieces p = ck_load_transposed(rows, offset + (size_t)half * 16);
    for (int k = 0; k < 4; k++) lines[half * 4 + k] = p.piece[k];
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

CK_INLINE void ck_decode_q4_k(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i low = _mm512_set1_epi8(15);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 144;
    ck_put_k_header(rows, at, b, sink->panel);
    for (uint32_t j = 0; j < 4; j++) {
      __m512i both[8], w[8];
      ck_load_lines(rows, at + 16 + j * 32, both);
      for (int k = 0; k < 8; k++) w[k] = _mm512_and_si512(both[k], low);
      ck_take(sink, shape, b + 2 * j, w);
      for (int k = 0; k < 8; k++) w[k] = _mm512_and_si512(_mm512_srli_epi16(both[k], 4), low);
      ck_take(sink, shape, b + 2 * j + 1, w);
    }
  }
}

CK_INLINE void ck_decode_q5_k(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i low = _mm512_set1_epi8(15), fifth = _mm512_set1_epi8(16);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 176;
    ck_put_k_header(rows, at, b, sink->panel);
    __m512i high[8];
    ck_load_lines(rows, at + 16, high);
    for (uint32_t j = 0; j < 4; j++) {
      __m512i both[8], w[8];
      ck_load_lines(rows, at + 48 + j * 32, both);
      // Bit 2j of the high bytes belongs to the low nibbles, bit 2j + 1 to the high ones; both go to bit 4.
      for (int k = 0; k < 8; k++) {
        __m512i bit = j < 2 ? _mm512_slli_epi16(high[k], 4 - 2 * j) : _mm512_srli_epi16(high[k], 2 * j - 4);
        w[k] = _mm512_or_si512(_mm512_and_si512(both[k], low), _mm512_and_si512(bit, fifth));
      }
      ck_take(sink, shape, b + 2 * j, w);
      for (int k = 0; k < 8; k++) {
        __m512i bit = j < 2 ? _mm512_slli_epi16(high[k], 3 - 2 * j) : _mm512_srli_epi16(high[k], 2 * j - 3);
        w[k] = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(both[k], 4), low), _mm512_and_si512(bit, fifth));
      }
      ck_take(sink, shape, b + 2 * j + 1, w);
    }
  }
}

CK_INLINE void ck_decode_q6_k(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i low = _mm512_set1_epi8(15), pair = _mm512_set1_epi8(48);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 210;
    // The half-precision scale ends the block: read the 16 bytes that end with it.
    ck_pieces scales = ck_load_transposed(rows, at + 192), last = ck_load_transposed(rows, at + 194);
    __m512 scale = ck_low_halves(_mm512_srli_epi32(last.piece[3], 16));
    for (int j = 0; j < 16; j++) {
      __m512i byte = _mm512_srai_epi32(_mm512_slli_epi32(scales.piece[j / 4], (unsigned)(24 - 8 * (j % 4))), 24);
      ck_put_scales(sink->panel, b + (uint32_t)j / 2, j % 2, scale * _mm512_cvtepi32_ps(byte));
    }
    for (uint32_t n = 0; n < 2; n++) {
      __m512i nibbles[2][8], high[8], w[8];
      ck_load_lines(rows, at + n * 64, nibbles[0]);
      ck_load_lines(rows, at + n * 64 + 32, nibbles[1]);
      ck_load_lines(rows, at + 128 + n * 32, high);
      // Block j of these four: nibbles of bytes 0-31 or 32-63, low or high; and pair j of the high bits, to bit 4.
      for (uint32_t j = 0; j < 4; j++) {
        for (int k = 0; k < 8; k++) {
          __m512i nibble = j < 2 ? nibbles[j][k] : _mm512_srli_epi16(nibbles[j - 2][k], 4);
          __m512i bits = j < 2    ? _mm512_slli_epi16(high[k], 4 - 2 * j)
                         : j == 2 ? high[k]
                                  : _mm512_srli_epi16(high[k], 2);
          w[k] = _mm512_or_si512(_mm512_and_si512(nibble, low), _mm512_and_si512(bits, pair));
        }
        ck_take(sink, shape, b + n * 4 + j, w);
      }
    }
  }
}

CK_INLINE void ck_decode_q2_k(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i two = _mm512_set1_epi8(3), low = _mm512_set1_epi32(15);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 84;
    __m512i halves = ck_load_transposed(rows, at + 68).piece[3];
    __m512 scale = ck_low_halves(halves), minimum = ck_low_halves(_mm512_srli_epi32(halves, 16));
    ck_pieces factors = ck_load_transposed(rows, at);
    for (int i = 0; i < 16; i++) {
      __m512i byte = ck_piece_byte(factors.piece, i);
      ck_put_scales(sink->panel, b + (uint32_t)i / 2, i % 2, scale * _mm512_cvtepi32_ps(_mm512_and_si512(byte, low)));
      ck_put_minimums(sink->panel, b + (uint32_t)i / 2, i % 2, minimum * _mm512_cvtepi32_ps(_mm512_srli_epi32(byte, 4)));
    }
    for (uint32_t n = 0; n < 2; n++) {
      __m512i pairs[8], w[8];
      ck_load_lines(rows, at + 16 + n * 32, pairs);
      for (uint32_t j = 0; j < 4; j++) {
        for (int k = 0; k < 8; k++) w[k] = _mm512_and_si512(_mm512_srli_epi16(pairs[k], 2 * j), two);
        ck_take(sink, shape, b + n * 4 + j, w);
      }
    }
  }
}

CK_INLINE void ck_decode_q3_k(const uint8_t *const *rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i two = _mm512_set1_epi8(3), four = _mm512_set1_epi8(4);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 110;
    // The last 16 bytes: two of the quants, twelve of the factors, the scale.
    ck_pieces p = ck_load_transposed(rows, at + 94);
    __m512i bytes[3];
    for (int i = 0; i < 3; i++)
      bytes[i] = _mm512_or_si512(_mm512_srli_epi32(p.piece[i], 16), _mm512_slli_epi32(p.piece[i + 1], 16));
    __m512 scale = ck_low_halves(_mm512_srli_epi32(p.piece[3], 16));
    for (int i = 0; i < 16; i++) {
      __m512i low = _mm512_and_si512(_mm512_srli_epi32(ck_piece_byte(bytes, i % 8), i < 8 ? 0 : 4), _mm512_set1_epi32(15));
      __m512i high = _mm512_and_si512(_mm512_srli_epi32(ck_piece_byte(bytes, 8 + i % 4), (unsigned)(2 * (i / 4))),
                                      _mm512_set1_epi32(3));
      __m512i factor = _mm512_sub_epi32(_mm512_or_si512(low, _mm512_slli_epi32(high, 4)), _mm512_set1_epi32(32));
      ck_put_scales(sink->panel, b + (uint32_t)i / 2, i % 2, scale * _mm512_cvtepi32_ps(factor));
    }
    __m512i high[8];
    ck_load_lines(rows, at, high);
    for (uint32_t n = 0; n < 2; n++) {
      __m512i pairs[8], w[8];
      ck_load_lines(rows, at + 32 + n * 32, pairs);
      for (uint32_t j = 0; j < 4; j++) {
        // Bit 4n + j of the high bytes, to bit 2.
        uint32_t bit = n * 4 + j;
        for (int k = 0; k < 8; k++) {
          __m512i third = bit < 2 ? _mm512_slli_epi16(high[k], 2 - bit) : _mm512_srli_epi16(high[k], bit - 2);
          w[k] = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(pairs[k], 2 * j), two),
                                 _mm512_and_si512(third, four));
        }
        ck_take(sink, shape, b + n * 4 + j, w);
      }
    }
  }
}

// One chunk of a tile: decoded to the panel (columns 0), or multiplied with all columns of a small batch.
typedef void ck_chunk_kernel(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel, const ck_quantized *q,
                             uint32_t first_block, int zero_shift, float (*sums)[16]);

#define CK_CHUNK(type, count, halves, minimums)                                                                      \
  static void ck_chunk_##type##_##count(const uint8_t *const *rows, uint32_t blocks, ck_panel *panel,                \
                                        const ck_quantized *q, uint32_t first_block, int zero_shift,                 \
                                        float (*sums)[16]) {                                                         \
    const ck_shape shape = {count, halves, minimums};                                                                \
    ck_sink sink = {panel, q, ck_cell(q, 0, first_block), q->rows, _mm_cvtsi32_si128(zero_shift), {}};               \
    for (int c = 0; c < count; c++) sink.acc[c] = _mm512_load_ps(sums[c]);                                           \
    ck_decode_##type(rows, blocks, &sink, shape);                                                                    \
    for (int c = 0; c < count; c++) _mm512_store_ps(sums[c], sink.acc[c]);                                           \
  }
#define CK_CHUNKS(type, halves, minimums)                                                                            \
  CK_CHUNK(type, 0, halves, minimums)                                                                                \
  CK_CHUNK(type, 1, halves, minimums)                                                                                \
  CK_CHUNK(type, 2, halves, minimums)                                                                                \
  CK_CHUNK(type, 3, halves, minimums)                                                                                \
  CK_CHUNK(type, 4, halves, minimums)                                                                                \
  static ck_chunk_kernel *const ck_chunks_##type[5] = {ck_chunk_##type##_0, ck_chunk_##type##_1,                     \
                                                       ck_chunk_##type##_2, ck_chunk_##type##_3,                     \
                                                       ck_chunk_##type##_4};
CK_CHUNKS(q8_0, false, false)
CK_CHUNKS(q4_0, false, false)
CK_CHUNKS(q4_1, false, true)
CK_CHUNKS(q5_0, false, false)
CK_CHUNKS(q5_1, false, true)
CK_CHUNKS(q2_k, true, true)
CK_CHUNKS(q3_k, true, false)
CK_CHUNKS(q4_k, false, true)
CK_CHUNKS(q5_k, false, true)
CK_CHUNKS(q6_k, true, false)
CK_CHUNKS(iq4_nl, false, false)
CK_CHUNKS(iq4_xs, false, false)
CK_CHUNKS(mxfp4, false, false)

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

// `blocks` blocks of the panel times `columns` columns of the input, added to sums[column].
// cell: the first column's index at the first block; from block to block it grows by `width`.
CK_INLINE void ck_panel_times(const ck_panel *panel, uint32_t blocks, const ck_quantized *q, size_t cell,
                              uint32_t width, int zero_shift, const ck_shape shape, float (*sums)[16]) {
  const __m128i shift = _mm_cvtsi32_si128(zero_shift);
  __m512 acc[16];
  for (int c = 0; c < shape.columns; c++) acc[c] = _mm512_load_ps(sums[c]);
  for (uint32_t b = 0; b < blocks; b++, cell += width) {
    __m512i w[8];
    for (int j = 0; j < 8; j++) w[j] = _mm512_load_si512(panel->values + (size_t)b * 512 + j * 64);
    for (int c = 0; c < shape.columns; c++)
      acc[c] = ck_block_times(panel, q, b, cell + (size_t)c, w, shift, shape, acc[c]);
  }
  for (int c = 0; c < shape.columns; c++) _mm512_store_ps(sums[c], acc[c]);
}

typedef void ck_panel_product(const ck_panel *, uint32_t, const ck_quantized *, size_t, uint32_t, int, float (*)[16]);

#define CK_PRODUCT(kind, columns, halves, minimums)                                                                  \
  static void ck_product_##kind##_##columns(const ck_panel *panel, uint32_t blocks, const ck_quantized *q,           \
                                            size_t cell, uint32_t width, int shift, float (*sums)[16]) {             \
    ck_panel_times(panel, blocks, q, cell, width, shift, (ck_shape){columns, halves, minimums}, sums);               \
  }
#define CK_PRODUCTS(kind, halves, minimums)                                                                          \
  CK_PRODUCT(kind, 1, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 2, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 3, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 4, halves, minimums)                                                                              \
  CK_PRODUCT(kind, 8, halves, minimums)                                                                              \
  static ck_panel_product *const ck_products_##kind[9] = {                                                           \
      [1] = ck_product_##kind##_1, [2] = ck_product_##kind##_2, [3] = ck_product_##kind##_3,                         \
      [4] = ck_product_##kind##_4, [8] = ck_product_##kind##_8};
CK_PRODUCTS(plain, false, false)
CK_PRODUCTS(minimum, false, true)
CK_PRODUCTS(half, true, false)
CK_PRODUCTS(half_minimum, true, true)

// One group of up to 16 columns, by products of 8, 4, 3, 2 and 1.
static void ck_panel_times_group(ck_panel_product *const *products, const ck_panel *panel, uint32_t blocks,
                                 const ck_quantized *q, uint32_t column, uint32_t first_block, int shift,
                                 float (*sums)[16]) {
  uint32_t group = column / 16 * 16, width = q->rows - group < 16 ? q->rows - group : 16;
  for (uint32_t c = 0; c < width;) {
    uint32_t left = width - c, step = left >= 8 ? 8 : left >= 4 ? 4 : left;
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

// Columns summed at once, and blocks decoded at once for few and for many columns.
enum { CK_SUM_COLUMNS = 256, CK_FEW_BLOCKS = 8, CK_MANY_BLOCKS = 32 };

// Weights stream into the second-level cache CK_LEAD_BYTES (and at least a tile) before they are read, at the pace
// at which they are read: a tile is one stretch of memory, and no hardware follows 16 rows. After this worker's
// tiles come the first bytes of those it takes next.
enum { CK_LEAD_BYTES = 32768 };

typedef struct {
  ck_bytes now, then;
} ck_stream;

CK_INLINE ck_stream ck_stream_of(const ck_multiply_job *job, uint32_t tile, uint32_t count, ck_bytes ahead) {
  size_t tile_bytes = CK_TILE_ROWS * job->row_bytes, lead = tile_bytes > CK_LEAD_BYTES ? tile_bytes : CK_LEAD_BYTES;
  size_t total = job->rows * job->row_bytes, from = tile * tile_bytes + lead, to = (tile + count) * tile_bytes;
  if (to > total) to = total;
  if (from > to) from = to;
  if ((size_t)(ahead.end - ahead.start) > lead) ahead.end = ahead.start + lead;
  return (ck_stream){{job->weights + from, job->weights + to}, ahead};
}

CK_INLINE void ck_fetch(ck_stream *stream, size_t bytes) {
  for (size_t done = 0; done < bytes; done += 64) {
    if (stream->now.start >= stream->now.end) {
      if (stream->then.start >= stream->then.end) return;
      stream->now = stream->then;
      stream->then.start = stream->then.end;
    }
    _mm_prefetch((const char *)stream->now.start, _MM_HINT_T1);
    stream->now.start += 64;
  }
}

static void ck_multiply_quantized_tile(const ck_multiply_job *job, uint32_t tile, const ck_input *input,
                                       ck_panel *panel, ck_stream *stream) {
  const ck_format format = ck_format_of(job->type);
  ck_panel_product *const *products = format.has_halves ? format.has_minimums ? ck_products_half_minimum : ck_products_half
                                      : format.has_minimums ? ck_products_minimum
                                                            : ck_products_plain;
  ck_chunk_kernel *const *chunks = ck_chunks_of(job->type);
  const int shift = __builtin_ctz(format.zero_point | 256u);
  const uint8_t *rows[CK_TILE_ROWS];
  uint32_t first = tile * CK_TILE_ROWS;
  for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
    rows[r] = job->weights + (size_t)(first + r < job->rows ? first + r : job->rows - 1) * job->row_bytes;
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
      ck_fetch(stream, chunk_bytes * CK_TILE_ROWS);
      if (input->rows <= 4) {
        chunks[input->rows](at, blocks, panel, q, block, shift, sums);
      } else {
        chunks[0](at, blocks, panel, q, block, shift, sums);
        for (uint32_t c = 0; c < count; c += 16)
          ck_panel_times_group(products, panel, blocks, q, column + c, block, shift, sums + c);
      }
      for (int r = 0; r < CK_TILE_ROWS; r++) at[r] += chunk_bytes;
    }
    ck_finish_tile(job, first, column, count, sums);
  }
}
