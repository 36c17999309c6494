// Products of quantized weights with int8 activations, AVX2; lane = weight row, as in quantized_avx512.h.
// - A tile's blocks are unpacked row by row and transposed into the panel. Types of zero point 128 keep signed
//   bytes and multiply magnitudes by signed inputs; the others keep unsigned bytes of at most 63, of which
//   pairs of products fit 16 bits twice over.
// - Integer sums are exact, and the floats follow the chain of kernels_scalar.c, so the bits are its.

enum { CK_CHUNK_BLOCKS = 16 };

// dwords[k] of eight rows of 32 bytes to vector k: lane r = dword k of row r.
CK_INLINE void ck_transpose_eight(const int8_t (*rows)[256], size_t offset, uint8_t *panel) {
  __m256i v[8], t[8];
  for (int i = 0; i < 8; i++) v[i] = _mm256_loadu_si256((const __m256i *)(rows[i] + offset));
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

CK_INLINE void ck_fill_panel(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  const ck_format format = ck_format_of(type);
  const uint32_t inner = format.block_elements / 32;
  const int8_t shift = format.zero_point == 128 ? 0 : (int8_t)format.zero_point;
  _Alignas(64) int8_t values[CK_TILE_ROWS][256];
  float scales[CK_TILE_ROWS][16], minimums[CK_TILE_ROWS][16];
  for (uint32_t b = 0; b < blocks; b += inner) {
    for (int r = 0; r < CK_TILE_ROWS; r++) {
      ck_unpack_block(type, rows[r] + (size_t)(b / inner) * format.block_bytes, values[r], scales[r], minimums[r]);
      if (shift)
        for (int i = 0; i < format.block_elements; i++) values[r][i] = (int8_t)(values[r][i] + shift);
    }
    for (uint32_t j = 0; j < inner; j++) {
      uint8_t *target = panel->values + (size_t)(b + j) * 512;
      ck_transpose_eight(values, j * 32, target);
      ck_transpose_eight(values + 8, j * 32, target + 32);
      for (uint32_t half = 0; half < 2; half++)
        for (uint32_t r = 0; r < CK_TILE_ROWS; r++) {
          size_t at = (size_t)(b + j) * 32 + half * 16 + r;
          panel->scales[at] = scales[r][j * 2 + half];
          if (format.has_minimums) panel->minimums[at] = minimums[r][j * 2 + half];
        }
    }
  }
}

static void ck_panel_of(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_panel *panel) {
  switch (type) {
    case CK_Q8_0: ck_fill_panel(CK_Q8_0, rows, blocks, panel); break;
    case CK_Q4_0: ck_fill_panel(CK_Q4_0, rows, blocks, panel); break;
    case CK_Q4_K: ck_fill_panel(CK_Q4_K, rows, blocks, panel); break;
    case CK_Q6_K: ck_fill_panel(CK_Q6_K, rows, blocks, panel); break;
    default: ck_fill_panel(type, rows, blocks, panel); break;
  }
}

// Rows 8 * side..<8 * side + 8 of the panel times `columns` columns from index `cell` on, added to sums[column].
CK_INLINE void ck_side_times(const ck_panel *panel, int side, uint32_t blocks, const ck_quantized *q, size_t cell,
                             uint32_t width, int zero_shift, const int columns, const bool is_signed,
                             const bool halves, const bool minimums, float (*sums)[16]) {
  const int parts = halves ? 2 : 1, lines = 8 / parts;
  const __m256i ones = _mm256_set1_epi16(1);
  __m256 acc[4];
  for (int c = 0; c < columns; c++) acc[c] = _mm256_load_ps(sums[c] + side * 8);
  for (uint32_t b = 0; b < blocks; b++, cell += width)
    for (int part = 0; part < parts; part++) {
      __m256i total[4];
      for (int c = 0; c < columns; c++) total[c] = _mm256_setzero_si256();
      for (int j = part * lines; j < (part + 1) * lines; j += 2) {
        const uint8_t *line = panel->values + (size_t)b * 512 + j * 64 + side * 32;
        __m256i w0 = _mm256_load_si256((const __m256i *)line), w1 = _mm256_load_si256((const __m256i *)(line + 64));
        __m256i m0 = _mm256_abs_epi8(w0), m1 = _mm256_abs_epi8(w1);
        for (int c = 0; c < columns; c++) {
          int32_t four[2];
          memcpy(four, q->values + (cell + (size_t)c) * 32 + 4 * j, 8);
          __m256i x0 = _mm256_set1_epi32(four[0]), x1 = _mm256_set1_epi32(four[1]);
          if (is_signed) {
            __m256i p0 = _mm256_madd_epi16(_mm256_maddubs_epi16(m0, _mm256_sign_epi8(x0, w0)), ones);
            __m256i p1 = _mm256_madd_epi16(_mm256_maddubs_epi16(m1, _mm256_sign_epi8(x1, w1)), ones);
            total[c] = _mm256_add_epi32(total[c], _mm256_add_epi32(p0, p1));
          } else {
            __m256i p = _mm256_add_epi16(_mm256_maddubs_epi16(w0, x0), _mm256_maddubs_epi16(w1, x1));
            total[c] = _mm256_add_epi32(total[c], _mm256_madd_epi16(p, ones));
          }
        }
      }
      size_t at = (size_t)b * 32 + (size_t)part * 16 + (size_t)side * 8;
      __m256 scale = _mm256_load_ps(panel->scales + at);
      for (int c = 0; c < columns; c++) {
        size_t input = cell + (size_t)c, half = 2 * input + (size_t)part;
        if (!is_signed && !minimums) {
          __m256i correction = _mm256_set1_epi32(halves ? q->minus_half_sum[half] : q->minus_sum[input]);
          total[c] = _mm256_add_epi32(total[c], _mm256_sll_epi32(correction, _mm_cvtsi32_si128(zero_shift)));
        }
        __m256 factor = _mm256_mul_ps(scale, _mm256_set1_ps(q->scale[input]));
        acc[c] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(total[c]), factor, acc[c]);
        if (minimums) {
          __m256 inputs = _mm256_set1_ps(halves ? q->scaled_half_sum[half] : q->scaled_sum[input]);
          acc[c] = _mm256_fnmadd_ps(_mm256_load_ps(panel->minimums + at), inputs, acc[c]);
        }
      }
    }
  for (int c = 0; c < columns; c++) _mm256_store_ps(sums[c] + side * 8, acc[c]);
}

CK_INLINE void ck_group_times(const ck_panel *panel, uint32_t blocks, const ck_quantized *q, uint32_t column,
                              uint32_t first_block, int zero_shift, const bool is_signed, const bool halves,
                              const bool minimums, float (*sums)[16]) {
  uint32_t group = column / 16 * 16, width = q->rows - group < 16 ? q->rows - group : 16;
  for (uint32_t c = 0; c < width;) {
    uint32_t step = width - c >= 4 ? 4 : 1;
    size_t cell = ck_cell(q, group + c, first_block);
    for (int side = 0; side < 2; side++)
      if (step == 4)
        ck_side_times(panel, side, blocks, q, cell, width, zero_shift, 4, is_signed, halves, minimums, sums + c);
      else
        ck_side_times(panel, side, blocks, q, cell, width, zero_shift, 1, is_signed, halves, minimums, sums + c);
    c += step;
  }
}

static void ck_panel_times_group(const ck_format *format, const ck_panel *panel, uint32_t blocks,
                                 const ck_quantized *q, uint32_t column, uint32_t first_block, float (*sums)[16]) {
  const int shift = __builtin_ctz(format->zero_point | 256u);
  if (format->has_halves && format->has_minimums)
    ck_group_times(panel, blocks, q, column, first_block, shift, false, true, true, sums);
  else if (format->has_halves)
    ck_group_times(panel, blocks, q, column, first_block, shift, false, true, false, sums);
  else if (format->has_minimums)
    ck_group_times(panel, blocks, q, column, first_block, shift, false, false, true, sums);
  else if (format->zero_point == 128)
    ck_group_times(panel, blocks, q, column, first_block, shift, true, false, false, sums);
  else
    ck_group_times(panel, blocks, q, column, first_block, shift, false, false, false, sums);
}

static void ck_multiply_quantized_tile(const ck_multiply_job *job, uint32_t tile, const ck_input *input,
                                       ck_panel *panel) {
  enum { sum_columns = 64 };
  const ck_format format = ck_format_of(job->type);
  const ck_quantized *q = &input->quantized;
  const uint32_t first = tile * CK_TILE_ROWS;
  const uint32_t valid = job->rows - first < CK_TILE_ROWS ? job->rows - first : CK_TILE_ROWS;
  const size_t chunk_bytes = (size_t)CK_CHUNK_BLOCKS * 32 / format.block_elements * format.block_bytes;
  _Alignas(64) float sums[sum_columns][16];
  for (uint32_t column = 0; column < input->rows; column += sum_columns) {
    uint32_t count = input->rows - column < sum_columns ? input->rows - column : sum_columns;
    memset(sums, 0, count * sizeof sums[0]);
    // Rows past the end repeat the last one and are not stored.
    const uint8_t *rows[CK_TILE_ROWS];
    for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
      rows[r] = job->weights + (size_t)(first + (r < valid ? r : valid - 1)) * job->row_bytes;
    for (uint32_t block = 0; block < q->blocks; block += CK_CHUNK_BLOCKS) {
      uint32_t blocks = q->blocks - block < CK_CHUNK_BLOCKS ? q->blocks - block : CK_CHUNK_BLOCKS;
      ck_panel_of(job->type, rows, blocks, panel);
      for (uint32_t c = 0; c < count; c += 16)
        ck_panel_times_group(&format, panel, blocks, q, column + c, block, sums + c);
      for (int r = 0; r < CK_TILE_ROWS; r++) rows[r] += chunk_bytes;
    }
    for (uint32_t c = 0; c < count; c++)
      for (uint32_t r = 0; r < valid; r++) CK_(put)(job, first + r, column + c, sums[c][r]);
  }
}
