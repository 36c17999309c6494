// Dot products of decoded weights and int8 activations with AVX2, for quantized_tiles.h.
// - Types of zero point 128 keep signed bytes: magnitudes are multiplied by inputs that take the sign. The others keep
//   unsigned bytes of at most 63, so two sums of pairs of products fit into 16 bits.
// - Few columns are multiplied with the rows as they are. If there are more, a transposed panel pays: vector k of a
//   block holds, in dword r, elements 4k..4k+3 of row r.

CK_INLINE __m256i ck_pair_products(__m256i w, __m256i x, const ck_shape shape) {
  return shape.is_signed ? _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w))
                         : _mm256_maddubs_epi16(w, x);
}

// How many sums of pairs can be added without overflowing 16 bits. Bytes are at most 63 in types with a scale per half
// block (Q6_K), at most 3 if those have minimums too (Q2_K), and at most 31 in the others.
CK_INLINE int ck_products_together(const ck_shape shape) {
  return shape.is_signed ? 1 : shape.halves && !shape.minimums ? 2 : 4;
}

CK_INLINE __m256i ck_add_pairs(__m256i v) { return _mm256_madd_epi16(v, _mm256_set1_epi16(1)); }

// The dot products of eight rows with one block of a column. Rows are added pairwise until each lane belongs to a row.
CK_INLINE void ck_dots(const u8x32 *rows, const int8_t *x, const ck_shape shape, ck_ints *totals) {
  const int together = ck_products_together(shape);
  const __m256i input = _mm256_loadu_si256((const __m256i *)x);
  __m256i v[8], two[4], four[2];
  for (int r = 0; r < 8; r++) {
    v[r] = ck_pair_products((__m256i)rows[r], input, shape);
    if (together == 1) v[r] = ck_add_pairs(v[r]);
  }
  for (int i = 0; i < 4; i++) {
    __m256i low = _mm256_unpacklo_epi32(v[2 * i], v[2 * i + 1]), high = _mm256_unpackhi_epi32(v[2 * i], v[2 * i + 1]);
    two[i] = together > 1 ? _mm256_add_epi16(low, high) : _mm256_add_epi32(low, high);
    if (together == 2) two[i] = ck_add_pairs(two[i]);
  }
  for (int i = 0; i < 2; i++) {
    __m256i low = _mm256_unpacklo_epi64(two[2 * i], two[2 * i + 1]);
    __m256i high = _mm256_unpackhi_epi64(two[2 * i], two[2 * i + 1]);
    four[i] = together > 2 ? ck_add_pairs(_mm256_add_epi16(low, high)) : _mm256_add_epi32(low, high);
  }
  // The low 128 bits are sums of the first 16 elements, the high 128 bits of the last 16.
  __m256i first = _mm256_permute2x128_si256(four[0], four[1], 0x20);
  __m256i last = _mm256_permute2x128_si256(four[0], four[1], 0x31);
  totals[0] = (ck_ints)(shape.halves ? first : _mm256_add_epi32(first, last));
  totals[1] = (ck_ints)last;
}

// Transposes eight rows of 32 bytes into panel vectors 64 bytes apart: lane r of vector k = dword k of row r.
CK_INLINE void ck_transpose_eight(const int8_t (*rows)[CK_CHUNK_ELEMENTS], size_t offset, uint8_t *panel) {
  __m256i v[8], t[8];
  for (int i = 0; i < 8; i++) v[i] = _mm256_load_si256((const __m256i *)(rows[i] + offset));
  for (int i = 0; i < 8; i += 2) {
    t[i] = _mm256_unpacklo_epi32(v[i], v[i + 1]);
    t[i + 1] = _mm256_unpackhi_epi32(v[i], v[i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; j++) {
      v[i + 2 * j] = _mm256_unpacklo_epi64(t[i + j], t[i + 2 + j]);
      v[i + 2 * j + 1] = _mm256_unpackhi_epi64(t[i + j], t[i + 2 + j]);
    }
  for (int k = 0; k < 4; k++) {
    _mm256_store_si256((__m256i *)(panel + k * 64), _mm256_permute2x128_si256(v[k], v[k + 4], 0x20));
    _mm256_store_si256((__m256i *)(panel + (k + 4) * 64), _mm256_permute2x128_si256(v[k], v[k + 4], 0x31));
  }
}

static void ck_transpose_chunk(const ck_chunk *chunk, uint32_t blocks) {
  for (uint32_t b = 0; b < blocks; b++) {
    ck_transpose_eight(chunk->values, b * 32, chunk->panel + (size_t)b * 512);
    ck_transpose_eight(chunk->values + 8, b * 32, chunk->panel + (size_t)b * 512 + 32);
  }
}

// The panel's 16 rows times one or two columns. Both halves of the rows share a broadcast input and both columns share
// the weights, because loads are the bottleneck of a panel.
CK_INLINE void ck_panel_pair(const ck_chunk *chunk, uint32_t blocks, const ck_cell *cells, uint32_t width,
                             int zero_point, const int columns, const ck_shape shape, float (*sums)[CK_TILE_ROWS]) {
  const int parts = shape.halves ? 2 : 1, lines = 8 / parts, together = ck_products_together(shape);
  ck_floats acc[2][2];
  for (int c = 0; c < columns; c++)
    for (int side = 0; side < 2; side++) acc[c][side] = ck_lanes(sums[c] + side * 8);
  for (uint32_t b = 0; b < blocks; b++, cells += width)
    for (int part = 0; part < parts; part++) {
      __m256i totals[2][2] = {};
      for (int j = part * lines; j < (part + 1) * lines; j += together) {
        __m256i products[2][2] = {};
#pragma clang loop unroll(full)
        for (int k = j; k < j + together; k++) {
          const __m256i *w = (const __m256i *)(chunk->panel + (size_t)b * 512 + k * 64);
          for (int c = 0; c < columns; c++) {
            int32_t four;
            memcpy(&four, cells[c].values + 4 * k, 4);
            __m256i x = _mm256_set1_epi32(four);
            for (int side = 0; side < 2; side++) {
              __m256i added = ck_pair_products(_mm256_load_si256(w + side), x, shape);
              products[c][side] = k == j ? added : _mm256_add_epi16(products[c][side], added);
              // Keeps the compiler from changing the order of the sums, which would need more registers than there are.
              __asm__("" : "+x"(products[c][side]));
            }
          }
        }
        for (int c = 0; c < columns; c++)
          for (int side = 0; side < 2; side++)
            totals[c][side] = _mm256_add_epi32(totals[c][side], ck_add_pairs(products[c][side]));
      }
      for (int c = 0; c < columns; c++)
        for (int side = 0; side < 2; side++)
          acc[c][side] = ck_add_block(chunk, b, part, (uint32_t)side * 8, (ck_ints)totals[c][side], cells + c,
                                      zero_point, shape, acc[c][side]);
    }
  for (int c = 0; c < columns; c++)
    for (int side = 0; side < 2; side++) memcpy(sums[c] + side * 8, &acc[c][side], sizeof acc[c][side]);
}

// Adds the panel's 16 rows times `columns` columns to sums[column].
// `cells` is the first column's cell of the first block; cells of the next block follow `width` later.
CK_INLINE void ck_many_times(const ck_chunk *chunk, uint32_t blocks, const ck_cell *cells, uint32_t width,
                               int zero_point, const int columns, const ck_shape shape,
                              float (*sums)[CK_TILE_ROWS]) {
  for (int c = 0; c < columns; c += 2)
    ck_panel_pair(chunk, blocks, cells + c, width, zero_point, columns - c < 2 ? 1 : 2, shape, sums + c);
}
