// Products with float weights (F32, F16, BF16); the activations are floats too.
// - Each result is 16 partial sums by column modulo 16, added in a fixed order.
// - CK_FLOAT_ROWS x CK_FLOAT_COLUMNS results are computed together to reuse loads.
// Compiled once for each instruction set; CK_(name) gives each its own names.

CK_INLINE f32x16 CK_(load_weights)(uint32_t type, const uint8_t *row, size_t k) {
  if (type == CK_F32) return ck_load((const float *)(row + 4 * k));
  return type == CK_F16 ? ck_load_halves(row + 2 * k) : ck_load_bfloats(row + 2 * k);
}

CK_INLINE f32x16 CK_(load_last_weights)(uint32_t type, const uint8_t *row, size_t k, size_t count) {
  uint8_t part[64] = {0};
  size_t bytes = type == CK_F32 ? 4 : 2;
  memcpy(part, row + bytes * k, bytes * count);
  return CK_(load_weights)(type, part, 0);
}

CK_INLINE void CK_(float_tile)(uint32_t type, const uint8_t *const *rows, const int row_count,
                               const float *const *inputs, const int column_count, size_t columns, float *results) {
  f32x16 sums[CK_FLOAT_ROWS * CK_FLOAT_COLUMNS];
  for (int i = 0; i < row_count * column_count; i++) sums[i] = ck_all(0);
  size_t k = 0;
  for (; k + 16 <= columns; k += 16) {
    f32x16 weights[CK_FLOAT_ROWS];
    for (int r = 0; r < row_count; r++) weights[r] = CK_(load_weights)(type, rows[r], k);
    for (int c = 0; c < column_count; c++) {
      f32x16 x = ck_load(inputs[c] + k);
      for (int r = 0; r < row_count; r++) sums[c * row_count + r] = ck_fma(weights[r], x, sums[c * row_count + r]);
    }
  }
  if (k < columns) {
    for (int r = 0; r < row_count; r++) {
      f32x16 weights = CK_(load_last_weights)(type, rows[r], k, columns - k);
      for (int c = 0; c < column_count; c++)
        sums[c * row_count + r] = ck_fma(weights, ck_load_part(inputs[c] + k, columns - k), sums[c * row_count + r]);
    }
  }
  for (int i = 0; i < row_count * column_count; i++) results[i] = ck_sum(sums[i]);
}

CK_INLINE void CK_(put)(const ck_multiply_job *job, uint32_t row, uint32_t column, float result) {
  float *out = job->output + (size_t)column * job->output_stride + row;
  if (job->bias) result = result + job->bias[row];
  *out = job->adds ? *out + result : result;
}

CK_INLINE void CK_(multiply_float_tile)(uint32_t type, const ck_multiply_job *job, uint32_t tile,
                                        const ck_input *input) {
  uint32_t first = tile * CK_TILE_ROWS, last = first + CK_TILE_ROWS < job->rows ? first + CK_TILE_ROWS : job->rows;
  float results[CK_FLOAT_ROWS * CK_FLOAT_COLUMNS];
  for (uint32_t row = first; row < last; row += CK_FLOAT_ROWS) {
    // Rows past the end repeat the last row; their results are not stored.
    const uint8_t *rows[CK_FLOAT_ROWS];
    uint32_t valid = last - row < CK_FLOAT_ROWS ? last - row : CK_FLOAT_ROWS;
    for (uint32_t r = 0; r < CK_FLOAT_ROWS; r++)
      rows[r] = job->weights + (size_t)(row + (r < valid ? r : valid - 1)) * job->row_bytes;
    uint32_t column = 0;
    for (; column < input->rows;) {
      const float *inputs[CK_FLOAT_COLUMNS];
      uint32_t wide = input->rows - column >= CK_FLOAT_COLUMNS ? CK_FLOAT_COLUMNS : 1;
      for (uint32_t c = 0; c < wide; c++)
        inputs[c] = input->values + (input->indexes ? input->indexes[column + c] : column + c) * input->stride;
      if (wide > 1)
        CK_(float_tile)(type, rows, CK_FLOAT_ROWS, inputs, CK_FLOAT_COLUMNS, job->columns, results);
      else
        CK_(float_tile)(type, rows, CK_FLOAT_ROWS, inputs, 1, job->columns, results);
      for (uint32_t c = 0; c < wide; c++)
        for (uint32_t r = 0; r < valid; r++) CK_(put)(job, row + r, column + c, results[c * CK_FLOAT_ROWS + r]);
      column += wide;
    }
  }
}

static void CK_(multiply_float)(const ck_multiply_job *job, uint32_t tile, const ck_input *input) {
  switch (job->type) {
    case CK_F32: CK_(multiply_float_tile)(CK_F32, job, tile, input); break;
    case CK_F16: CK_(multiply_float_tile)(CK_F16, job, tile, input); break;
    default: CK_(multiply_float_tile)(CK_BF16, job, tile, input); break;
  }
}
