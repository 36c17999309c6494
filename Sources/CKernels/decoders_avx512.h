// Decoders of a tile of 16 rows with AVX-512. Each passes its blocks to a sink, scales first.
// - Layouts are those of unpack.h. Scales and minimums are the same Float products, so the bits are the same.

CK_INLINE void ck_take_bytes(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces low, ck_pieces high,
                             __m512 scale) {
  const __m512i flip = _mm512_set1_epi8((char)0x80);
  low = ck_transpose(low);
  high = ck_transpose(high);
  __m512i w[8];
  for (int k = 0; k < 4; k++) {
    w[k] = _mm512_xor_si512(low.piece[k], flip);
    w[k + 4] = _mm512_xor_si512(high.piece[k], flip);
  }
  ck_take_whole(sink, shape, block, w, scale, ck_nothing);
}

CK_INLINE void ck_decode_q8_0(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  uint32_t b = 0;
  // Two blocks are 68 bytes, with scales at bytes 0 and 34.
  for (; b + 2 <= blocks; b += 2) {
    const size_t at = (size_t)b * 34;
    ck_piece_pair p = ck_load_pairs(rows, at);
    ck_pieces next = ck_load_pieces(rows, at + 32);
    ck_take_bytes(sink, shape, b, CK_ALIGNED(p.first, p.second, 2), CK_ALIGNED(p.second, next, 2),
                  ck_low_halves(ck_dword_of(p.first, 0)));
    p = ck_load_pairs(rows, at + 36);
    ck_take_bytes(sink, shape, b + 1, p.first, p.second, ck_high_halves(ck_dword_of(next, 0)));
  }
  for (; b < blocks; b++) {
    const size_t at = (size_t)b * 34;
    ck_piece_pair p = ck_load_pairs(rows, at + 2);
    ck_take_bytes(sink, shape, b, p.first, p.second, ck_low_halves(ck_load_dwords(rows, at)));
  }
}

// Blocks of a half float and 16 bytes of nibbles (Q4_0, IQ4_NL): four blocks are 72 bytes, read once.
#define CK_TAKE_QUADS(rows, blocks, take)                                                    \
  uint32_t b = 0;                                                                            \
  for (; b + 4 <= blocks; b += 4) {                                                          \
    const size_t at = (size_t)b * 18;                                                        \
    const ck_piece_pair p = ck_load_pairs(rows, at), q = ck_load_pairs(rows, at + 32);       \
    take(b, ck_transpose(CK_ALIGNED(p.first, p.second, 2)), ck_low_halves(ck_dword_of(p.first, 0)));        \
    take(b + 1, ck_transpose(CK_ALIGNED(p.second, q.first, 4)), ck_high_halves(ck_dword_of(p.second, 0)));  \
    take(b + 2, ck_transpose(CK_ALIGNED(q.first, q.second, 6)), ck_low_halves(ck_dword_of(q.first, 1)));    \
    take(b + 3, ck_load_transposed(rows, at + 56), ck_high_halves(ck_dword_of(q.second, 1)));               \
  }                                                                                          \
  for (; b < blocks; b++) {                                                                  \
    const size_t at = (size_t)b * 18;                                                        \
    take(b, ck_load_transposed(rows, at + 2), ck_low_halves(ck_load_dwords(rows, at)));      \
  }

CK_INLINE void ck_decode_q4_0(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
#define CK_TAKE(block, pieces, scale) ck_take_nibbles(sink, shape, block, pieces, scale, ck_nothing)
  CK_TAKE_QUADS(rows, blocks, CK_TAKE)
#undef CK_TAKE
}

CK_INLINE void ck_decode_q4_1(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 20;
    __m512i halves = ck_load_dwords(rows, at);
    ck_take_nibbles(sink, shape, b, ck_load_transposed(rows, at + 4), ck_low_halves(halves), -ck_high_halves(halves));
  }
}

// Nibbles that index a table of 16 values.
CK_INLINE void ck_look_up(ck_pieces p, __m512i table, __m512i *w) {
  const __m512i low = _mm512_set1_epi8(15);
  for (int k = 0; k < 4; k++) {
    w[k] = _mm512_shuffle_epi8(table, _mm512_and_si512(p.piece[k], low));
    w[k + 4] = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low));
  }
}

CK_INLINE void ck_take_looked_up(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces p, __m512i table,
                                 __m512 scale) {
  __m512i w[8];
  ck_look_up(p, table, w);
  ck_take_whole(sink, shape, block, w, scale, ck_nothing);
}

// A table of 16 signed values as unsigned bytes with zero point 128, repeated in every 16 bytes.
CK_INLINE __m512i ck_table(const int8_t *values) {
  return _mm512_xor_si512(_mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)values)), _mm512_set1_epi8((char)0x80));
}

CK_INLINE void ck_decode_iq4_nl(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i table = ck_table(ck_iq4_values);
#define CK_TAKE(block, pieces, scale) ck_take_looked_up(sink, shape, block, pieces, table, scale)
  CK_TAKE_QUADS(rows, blocks, CK_TAKE)
#undef CK_TAKE
}

CK_INLINE void ck_decode_mxfp4(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i table = ck_table(ck_fp4_values);
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 17;
    // 2^(e - 128), which is subnormal if e < 2, as in ck_e8m0_half.
    __m512i e = _mm512_and_si512(ck_load_dwords(rows, at), _mm512_set1_epi32(255));
    __m512i normal = _mm512_slli_epi32(_mm512_sub_epi32(e, _mm512_set1_epi32(1)), 23);
    __m512i subnormal = _mm512_sllv_epi32(_mm512_set1_epi32(0x00200000), e);
    __mmask16 small = _mm512_cmplt_epi32_mask(e, _mm512_set1_epi32(2));
    __m512 scale = _mm512_castsi512_ps(_mm512_mask_mov_epi32(normal, small, subnormal));
    ck_take_looked_up(sink, shape, b, ck_load_transposed(rows, at + 1), table, scale);
  }
}

CK_INLINE void ck_decode_iq4_xs(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i table = ck_table(ck_iq4_values), low = _mm512_set1_epi32(15);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 136;
    // Bytes 0-1: scale; 2-3: high pairs of bits; 4-7: low nibbles of the factors.
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
    for (uint32_t j = 0; j < 8; j++) {
      __m512i w[8];
      ck_look_up(ck_load_transposed(rows, at + 8 + j * 16), table, w);
      ck_take(sink, shape, b + j, w);
    }
  }
}

// Q5_0 and Q5_1: nibbles and a dword of fifth bits; bit i belongs to element i. Without minimums (Q5_0) the zero point is
// moved from 16 to 128, because cells hold the sum for 128: a stored 16 becomes 0x80, and 0 becomes 0x70.
CK_INLINE void ck_take_fifths(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces p, __m512i bits,
                              __m512 scale, __m512 minimum) {
  const __m512i low = _mm512_set1_epi8(15);
  // Entry i has bit k of i as bit 4 of its byte k.
  const __m512i bit_of = _mm512_set_epi32(0x10101010, 0x10101000, 0x10100010, 0x10100000, 0x10001010, 0x10001000,
                                          0x10000010, 0x10000000, 0x00101010, 0x00101000, 0x00100010, 0x00100000,
                                          0x00001010, 0x00001000, 0x00000010, 0x00000000);
  const __m512i spread = shape.minimums ? bit_of : _mm512_add_epi8(bit_of, _mm512_set1_epi8(0x70));
  __m512i w[8];
  p = ck_transpose(p);
  for (int j = 0; j < 8; j++) {
    // The permutation takes the low four bits of its index: bits 4j..4j+3 of the lane.
    __m512i fifth = _mm512_permutexvar_epi32(_mm512_srli_epi32(bits, (unsigned)(4 * j)), spread);
    __m512i nibble = _mm512_and_si512(j < 4 ? p.piece[j] : _mm512_srli_epi16(p.piece[j - 4], 4), low);
    w[j] = _mm512_or_si512(nibble, fifth);
  }
  ck_take_whole(sink, shape, block, w, scale, minimum);
}

CK_INLINE void ck_decode_q5_0(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  uint32_t b = 0;
  // Four blocks are 88 bytes, read once. Each block is a scale, four bytes of fifth bits and the nibbles.
  for (; b + 4 <= blocks; b += 4) {
    const size_t at = (size_t)b * 22;
    const ck_piece_pair p = ck_load_pairs(rows, at), q = ck_load_pairs(rows, at + 32);
    __m512i head = ck_dword_of(p.first, 0);
    __m512i bits = ck_middle(head, ck_dword_of(p.first, 1));
    ck_take_fifths(sink, shape, b, CK_ALIGNED(p.first, p.second, 6), bits, ck_low_halves(head), ck_nothing);
    ck_take_fifths(sink, shape, b + 1, CK_ALIGNED(p.second, q.first, 12), ck_dword_of(p.second, 2),
                   ck_high_halves(ck_dword_of(p.second, 1)), ck_nothing);
    const ck_pieces last = ck_load_pieces(rows, at + 64);
    head = ck_dword_of(q.first, 3);
    bits = ck_middle(head, ck_dword_of(q.second, 0));
    ck_take_fifths(sink, shape, b + 2, CK_ALIGNED(q.second, last, 2), bits, ck_low_halves(head), ck_nothing);
    ck_take_fifths(sink, shape, b + 3, ck_load_pieces(rows, at + 72), ck_dword_of(last, 1),
                   ck_high_halves(ck_dword_of(last, 0)), ck_nothing);
  }
  for (; b < blocks; b++) {
    const size_t at = (size_t)b * 22;
    ck_take_fifths(sink, shape, b, ck_load_pieces(rows, at + 6), ck_load_dwords(rows, at + 2),
                   ck_low_halves(ck_load_dwords(rows, at)), ck_nothing);
  }
}

CK_INLINE void ck_decode_q5_1(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  for (uint32_t b = 0; b < blocks; b++) {
    size_t at = (size_t)b * 24;
    ck_pieces p = ck_load_pieces(rows, at);
    __m512i halves = ck_dword_of(p, 0);
    ck_take_fifths(sink, shape, b, ck_load_pieces(rows, at + 8), ck_dword_of(p, 1), ck_low_halves(halves),
                   -ck_high_halves(halves));
  }
}

// Byte i of each row's 16 (or 12) bytes, which are transposed in `p`.
CK_INLINE __m512i ck_piece_byte(const __m512i *p, int i) {
  return _mm512_and_si512(_mm512_srli_epi32(p[i / 4], (unsigned)(8 * (i % 4))), _mm512_set1_epi32(255));
}

// Byte i of each lane as a float.
CK_INLINE __m512 ck_byte(__m512i v, int i) {
  return _mm512_cvtepi32_ps(_mm512_and_si512(_mm512_srli_epi32(v, (unsigned)(8 * i)), _mm512_set1_epi32(255)));
}

// Unpacks the first 16 bytes of a Q4_K or Q5_K block (halves, scales and minimums) for its eight blocks of 32.
CK_INLINE void ck_put_k_header(const ck_rows rows, size_t at, uint32_t block, ck_panel *panel) {
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

CK_INLINE void ck_decode_q4_k(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
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

CK_INLINE void ck_decode_q5_k(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i low = _mm512_set1_epi8(15), fifth = _mm512_set1_epi8(16);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 176;
    ck_put_k_header(rows, at, b, sink->panel);
    __m512i high[8];
    ck_load_lines(rows, at + 16, high);
    for (uint32_t j = 0; j < 4; j++) {
      __m512i both[8], w[8];
      ck_load_lines(rows, at + 48 + j * 32, both);
      // Bit 2j of the high bytes belongs to the low nibbles, bit 2j + 1 to the high nibbles. Both move to bit 4.
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

CK_INLINE void ck_decode_q6_k(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i low = _mm512_set1_epi8(15), pair = _mm512_set1_epi8(48);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 210;
    // The half-precision scale is at the end of the block, after 16 factors: read the block's last 32 bytes.
    const ck_piece_pair end = ck_load_pairs(rows, at + 178);
    const ck_pieces scales = ck_transpose(CK_ALIGNED(end.first, end.second, 14));
    __m512 scale = ck_high_halves(ck_dword_of(end.second, 3));
    for (int j = 0; j < 16; j++) {
      __m512i byte = _mm512_srai_epi32(_mm512_slli_epi32(scales.piece[j / 4], (unsigned)(24 - 8 * (j % 4))), 24);
      ck_put_scales(sink->panel, b + (uint32_t)j / 2, j % 2, scale * _mm512_cvtepi32_ps(byte));
    }
    for (uint32_t n = 0; n < 2; n++) {
      __m512i nibbles[2][8], high[8], w[8];
      ck_load_lines(rows, at + n * 64, nibbles[0]);
      ck_load_lines(rows, at + n * 64 + 32, nibbles[1]);
      ck_load_lines(rows, at + 128 + n * 32, high);
      // Block j of these four: low or high nibbles of bytes 0-31 or 32-63, with pair j of the high bits moved to bit 4.
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

CK_INLINE void ck_decode_q2_k(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
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

CK_INLINE void ck_decode_q3_k(const ck_rows rows, uint32_t blocks, ck_sink *sink, const ck_shape shape) {
  const __m512i two = _mm512_set1_epi8(3), four = _mm512_set1_epi8(4);
  for (uint32_t b = 0; b < blocks; b += 8) {
    size_t at = (size_t)b / 8 * 110;
    // The last 16 bytes: two bytes of quants, twelve of factors, the scale.
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
        // Bit 4n + j of the high bytes moves to bit 2.
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
