// Sixteen rows at a time with AVX-512: transposing their bytes into vectors, and the sink that takes decoded blocks.
// - Vector j of a block holds, in lane r, elements 4j..4j+3 of row r as unsigned bytes (zero point added), so one
//   `vpdpbusd` with four broadcast activations gives 16 dot products.
// - Nothing here reads past the end of a row's blocks.

// Sixteen rows, `stride` bytes apart; quarter[L] is the start of row 4 * L.
typedef struct {
  const uint8_t *quarter[4];
  size_t stride;
} ck_rows;

CK_INLINE ck_rows ck_rows_from(const uint8_t *start, size_t stride) {
  return (ck_rows){{start, start + 4 * stride, start + 8 * stride, start + 12 * stride}, stride};
}

// Four vectors of four 16-byte pieces: lane L of piece i belongs to row 4 * L + i.
typedef struct {
  __m512i piece[4];
} ck_pieces;

CK_INLINE ck_pieces ck_load_pieces(const ck_rows rows, size_t offset) {
  ck_pieces p;
  for (size_t i = 0; i < 4; i++) {
    __m128i part[4];
    for (int l = 0; l < 4; l++) part[l] = _mm_loadu_si128((const __m128i *)(rows.quarter[l] + i * rows.stride + offset));
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(part[0]), part[1], 1);
    __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(part[2]), part[3], 1);
    p.piece[i] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
  }
  return p;
}

// piece[k]: lane r = dword k of the 16 bytes of row r.
CK_INLINE ck_pieces ck_transpose(ck_pieces p) {
  __m512i a = _mm512_unpacklo_epi32(p.piece[0], p.piece[1]), b = _mm512_unpackhi_epi32(p.piece[0], p.piece[1]);
  __m512i c = _mm512_unpacklo_epi32(p.piece[2], p.piece[3]), d = _mm512_unpackhi_epi32(p.piece[2], p.piece[3]);
  return (ck_pieces){{_mm512_unpacklo_epi64(a, c), _mm512_unpackhi_epi64(a, c), _mm512_unpacklo_epi64(b, d),
                      _mm512_unpackhi_epi64(b, d)}};
}

CK_INLINE ck_pieces ck_load_transposed(const ck_rows rows, size_t offset) {
  return ck_transpose(ck_load_pieces(rows, offset));
}

// Dword `d` (0 to 3) of each row, in the order of rows.
CK_INLINE __m512i ck_dword_of(ck_pieces p, const int d) {
  __m512i a = d < 2 ? _mm512_unpacklo_epi32(p.piece[0], p.piece[1]) : _mm512_unpackhi_epi32(p.piece[0], p.piece[1]);
  __m512i b = d < 2 ? _mm512_unpacklo_epi32(p.piece[2], p.piece[3]) : _mm512_unpackhi_epi32(p.piece[2], p.piece[3]);
  return d % 2 ? _mm512_unpackhi_epi64(a, b) : _mm512_unpacklo_epi64(a, b);
}

// Lane r = the four bytes at `offset` in row r; reads 16 bytes of each row.
CK_INLINE __m512i ck_load_dwords(const ck_rows rows, size_t offset) {
  return ck_dword_of(ck_load_pieces(rows, offset), 0);
}

// The half floats in the low 16 bits of each lane.
CK_INLINE __m512 ck_low_halves(__m512i v) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(v)); }
CK_INLINE __m512 ck_high_halves(__m512i v) { return ck_low_halves(_mm512_srli_epi32(v, 16)); }

// The 16 bytes at `offset` of each row and the 16 after them: half as many loads, because loads are the bottleneck.
typedef struct {
  ck_pieces first, second;
} ck_piece_pair;

CK_INLINE ck_piece_pair ck_load_pairs(const ck_rows rows, size_t offset) {
  ck_piece_pair p;
  for (size_t i = 0; i < 4; i++) {
    __m512i half[2];
    for (int h = 0; h < 2; h++) {
      const uint8_t *even = rows.quarter[2 * h] + i * rows.stride + offset;
      const uint8_t *odd = rows.quarter[2 * h + 1] + i * rows.stride + offset;
      half[h] = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)even)),
                                   _mm256_loadu_si256((const __m256i *)odd), 1);
    }
    p.first.piece[i] = _mm512_shuffle_i64x2(half[0], half[1], 0x88);
    p.second.piece[i] = _mm512_shuffle_i64x2(half[0], half[1], 0xDD);
  }
  return p;
}

// The 32 bytes at `offset` of each row: vector k holds bytes 4k..4k+3.
CK_INLINE void ck_load_lines(const ck_rows rows, size_t offset, __m512i *lines) {
  const ck_piece_pair p = ck_load_pairs(rows, offset);
  const ck_pieces first = ck_transpose(p.first), second = ck_transpose(p.second);
  for (int k = 0; k < 4; k++) {
    lines[k] = first.piece[k];
    lines[4 + k] = second.piece[k];
  }
}

// The upper half of `low` with the lower half of `high`, in each lane.
CK_INLINE __m512i ck_middle(__m512i low, __m512i high) {
  return _mm512_or_si512(_mm512_srli_epi32(low, 16), _mm512_slli_epi32(high, 16));
}

// 16 bytes of each row, starting at byte `shift` of `low` and ending in `high`.
#define CK_ALIGNED(low, high, shift)                                            \
  ((ck_pieces){{_mm512_alignr_epi8((high).piece[0], (low).piece[0], shift),     \
                _mm512_alignr_epi8((high).piece[1], (low).piece[1], shift),     \
                _mm512_alignr_epi8((high).piece[2], (low).piece[2], shift),     \
                _mm512_alignr_epi8((high).piece[3], (low).piece[3], shift)}})

// Each block has 32 scales, 16 for each half. Types without halves use the first 16.
CK_INLINE void ck_put_scales(ck_panel *panel, uint32_t block, int half, __m512 v) {
  _mm512_store_ps(panel->scales + (size_t)block * 32 + half * 16, v);
}

CK_INLINE void ck_put_minimums(ck_panel *panel, uint32_t block, int half, __m512 v) {
  _mm512_store_ps(panel->minimums + (size_t)block * 32 + half * 16, v);
}

// The compile-time constants of a decoder. If `columns` is 0, blocks are stored in the panel.
typedef struct {
  int columns;
  bool halves, minimums;
  int zero_point;
  size_t block_bytes;        // of all 16 rows
  bool near;                 // see ck_stream
} ck_shape;

// The most columns that are multiplied with blocks as they are decoded.
enum { CK_FUSED_COLUMNS = 8 };

// Takes decoded blocks: stores them in the panel or, if there are few columns, multiplies them at once, which saves the
// way through the cache.
typedef struct {
  ck_panel *panel;
  const ck_cell *cells;      // cells of all columns for the chunk's first block
  uint32_t width;            // cells from one block to the next
  ck_stream stream;
  __m512 acc[CK_FUSED_COLUMNS];
} ck_sink;

// Four activations in all lanes.
CK_INLINE __m512i ck_four(const int8_t *x) {
  int32_t four;
  memcpy(&four, x, 4);
  return _mm512_set1_epi32(four);
}

#define ck_nothing _mm512_setzero_ps()

// One block's scales and minimums, one for each half. Blocks without halves use the first.
typedef struct {
  __m512 scale[2], minimum[2];
} ck_scaling;

CK_INLINE ck_scaling ck_scaling_in(const ck_panel *panel, uint32_t block, const ck_shape shape) {
  ck_scaling s = {};
  for (int part = 0; part < (shape.halves ? 2 : 1); part++) {
    s.scale[part] = _mm512_load_ps(panel->scales + (size_t)block * 32 + part * 16);
    if (shape.minimums) s.minimum[part] = _mm512_load_ps(panel->minimums + (size_t)block * 32 + part * 16);
  }
  return s;
}

// The zero point's negative part of a column's product with a block, or with half of it.
CK_INLINE __m512i ck_zero_point_sum(const ck_cell *cell, int part, const ck_shape shape) {
  if (shape.minimums) return _mm512_setzero_si512();
  if (!shape.halves) return _mm512_set1_epi32(shape.zero_point == 8 ? cell->minus_sum_8 : cell->minus_sum_128);
  __m512i sum = _mm512_set1_epi32(cell->minus_half_sum_32[part]);
  return shape.zero_point == 32 ? sum : _mm512_srai_epi32(sum, 3);
}

// Adds one block's products with all columns to `acc`, and prefetches later weights.
CK_INLINE void ck_block_times(const ck_scaling scaling, const ck_cell *cells, const __m512i *w, ck_fetch fetch,
                              const ck_shape shape, __m512 *acc) {
  const int parts = shape.halves ? 2 : 1, lines = 8 / parts;
  for (int part = 0; part < parts; part++) {
    // Columns are interleaved, because each sum waits for the one before it. A single column uses two chains of sums.
    __m512i sums[CK_FUSED_COLUMNS], odd = _mm512_setzero_si512();
    for (int c = 0; c < shape.columns; c++) sums[c] = ck_zero_point_sum(cells + c, part, shape);
    for (int j = part * lines; j < (part + 1) * lines; j++) {
      ck_fetch_line(fetch, (size_t)j, shape.block_bytes, shape.near);
      for (int c = 0; c < shape.columns; c++) {
        __m512i *sum = shape.columns == 1 && j % 2 ? &odd : sums + c;
        *sum = _mm512_dpbusd_epi32(*sum, w[j], ck_four(cells[c].values + 4 * j));
      }
    }
    if (shape.columns == 1) sums[0] = _mm512_add_epi32(sums[0], odd);
    for (int c = 0; c < shape.columns; c++) {
      __m512 scale = _mm512_mul_ps(scaling.scale[part], _mm512_set1_ps(cells[c].scale));
      acc[c] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[c]), scale, acc[c]);
      if (!shape.minimums) continue;
      __m512 inputs = _mm512_set1_ps(shape.halves ? cells[c].scaled_half_sum[part] : cells[c].scaled_sum);
      acc[c] = _mm512_fnmadd_ps(scaling.minimum[part], inputs, acc[c]);
    }
  }
  ck_fetch_line(fetch, 8, shape.block_bytes, shape.near);
}

CK_INLINE void ck_take_scaled(ck_sink *sink, const ck_shape shape, uint32_t block, const __m512i *w,
                              const ck_scaling scaling) {
  ck_fetch fetch = ck_next_fetch(&sink->stream, shape.block_bytes);
  if (shape.columns > 0) {
    ck_block_times(scaling, sink->cells + (size_t)block * sink->width, w, fetch, shape, sink->acc);
    return;
  }
  for (int j = 0; j < 8; j++) {
    ck_fetch_line(fetch, (size_t)j, shape.block_bytes, shape.near);
    _mm512_store_si512(sink->panel->values + (size_t)block * 512 + j * 64, w[j]);
  }
  ck_fetch_line(fetch, 8, shape.block_bytes, shape.near);
}

// Takes a block with its scales already in the panel.
CK_INLINE void ck_take(ck_sink *sink, const ck_shape shape, uint32_t block, const __m512i *w) {
  ck_scaling scaling = {};
  if (shape.columns) scaling = ck_scaling_in(sink->panel, block, shape);
  ck_take_scaled(sink, shape, block, w, scaling);
}

// Takes a block with one scale and, in some types, one minimum. The panel stores them only if columns come later.
CK_INLINE void ck_take_whole(ck_sink *sink, const ck_shape shape, uint32_t block, const __m512i *w, __m512 scale,
                             __m512 minimum) {
  if (shape.columns == 0) {
    ck_put_scales(sink->panel, block, 0, scale);
    if (shape.minimums) ck_put_minimums(sink->panel, block, 0, minimum);
  }
  ck_take_scaled(sink, shape, block, w, (ck_scaling){{scale}, {minimum}});
}

CK_INLINE void ck_take_nibbles(ck_sink *sink, const ck_shape shape, uint32_t block, ck_pieces p, __m512 scale,
                               __m512 minimum) {
  const __m512i low = _mm512_set1_epi8(15);
  __m512i w[8];
  for (int k = 0; k < 4; k++) {
    w[k] = _mm512_and_si512(p.piece[k], low);
    w[k + 4] = _mm512_and_si512(_mm512_srli_epi16(p.piece[k], 4), low);
  }
  ck_take_whole(sink, shape, block, w, scale, minimum);
}
