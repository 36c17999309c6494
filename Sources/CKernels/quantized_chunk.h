// A chunk of a tile's quantized weights as bytes and floats, for AVX2 and NEON.
// Before it: CK_LANES, rows that a vector holds one number of; CK_SIGNED_VALUES, whether zero points are taken off.

enum { CK_CHUNK_BLOCKS = 8, CK_CHUNK_ELEMENTS = CK_CHUNK_BLOCKS * 32 };

typedef float ck_floats __attribute__((vector_size(CK_LANES * 4)));
typedef int32_t ck_ints __attribute__((vector_size(CK_LANES * 4)));

typedef struct {
  _Alignas(64) int8_t values[CK_TILE_ROWS][CK_CHUNK_ELEMENTS];
  _Alignas(64) float scales[CK_CHUNK_BLOCKS * 2][CK_TILE_ROWS];    // [block], or [half of a block]
  _Alignas(64) float minimums[CK_CHUNK_BLOCKS * 2][CK_TILE_ROWS];
  uint8_t *panel;            // the values transposed, where the instruction set does that
} ck_chunk;

// What is known when a product is compiled. `is_signed` values are what they stand for; others lack their zero point.
typedef struct {
  bool halves, minimums, is_signed;
} ck_shape;

CK_INLINE void ck_unpack_rows(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_chunk *chunk) {
  const ck_format format = ck_format_of(type);
  const uint32_t inner = format.block_elements / 32, parts = format.has_halves ? 2 : 1;
  for (uint32_t r = 0; r < CK_TILE_ROWS; r++) {
    const uint8_t *block = rows[r];
    for (uint32_t b = 0; b < blocks; b += inner, block += format.block_bytes) {
      float scales[16], minimums[16];
      ck_unpack(type, block, CK_SIGNED_VALUES, chunk->values[r] + b * 32, scales, minimums);
      for (uint32_t i = 0; i < inner * parts; i++) {
        chunk->scales[b * parts + i][r] = scales[i];
        if (format.has_minimums) chunk->minimums[b * parts + i][r] = minimums[i];
      }
    }
  }
}

static void ck_unpack_chunk(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_chunk *chunk) {
  switch (type) {
#define CK_CASE(type)                                             \
  case type: ck_unpack_rows(type, rows, blocks, chunk); break;
    CK_CASE(CK_Q4_0)
    CK_CASE(CK_Q4_1)
    CK_CASE(CK_Q5_0)
    CK_CASE(CK_Q5_1)
    CK_CASE(CK_Q8_0)
    CK_CASE(CK_Q2_K)
    CK_CASE(CK_Q3_K)
    CK_CASE(CK_Q4_K)
    CK_CASE(CK_Q5_K)
    CK_CASE(CK_Q6_K)
    CK_CASE(CK_IQ4_NL)
    CK_CASE(CK_IQ4_XS)
    CK_CASE(CK_MXFP4)
#undef CK_CASE
    default: break;
  }
}

CK_INLINE ck_floats ck_lanes(const float *p) {
  ck_floats v;
  memcpy(&v, p, sizeof v);
  return v;
}

// Adds block `block` of a column to its sums; `part` is the half of it, or 0. Index `cell` is the column's.
CK_INLINE ck_floats ck_add_block(const ck_chunk *chunk, uint32_t block, int part, uint32_t first_row, ck_ints total,
                                 const ck_quantized *q, size_t cell, int zero_point, const ck_shape shape,
                                 ck_floats sums) {
  const size_t half = 2 * cell + (size_t)part, at = shape.halves ? 2 * block + (uint32_t)part : block;
  if (!shape.is_signed && !shape.minimums)
    total = total + zero_point * (shape.halves ? q->minus_half_sum[half] : q->minus_sum[cell]);
  ck_floats scales = ck_lanes(chunk->scales[at] + first_row);
  sums = __builtin_elementwise_fma(__builtin_convertvector(total, ck_floats), scales * q->scale[cell], sums);
  if (!shape.minimums) return sums;
  ck_floats minimums = ck_lanes(chunk->minimums[at] + first_row);
  ck_floats inputs = (shape.halves ? q->scaled_half_sum[half] : q->scaled_sum[cell]) - (ck_floats){};
  return __builtin_elementwise_fma(-minimums, inputs, sums);
}
