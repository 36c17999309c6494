// A chunk of a tile's quantized weights as bytes and floats, for AVX2 and NEON.
// The including file defines CK_LANES, the number of rows in a vector, and CK_SIGNED_VALUES, true if zero points are
// subtracted.

enum { CK_CHUNK_BLOCKS = 8, CK_CHUNK_ELEMENTS = CK_CHUNK_BLOCKS * 32 };

typedef float ck_floats __attribute__((vector_size(CK_LANES * 4)));
typedef int32_t ck_ints __attribute__((vector_size(CK_LANES * 4)));
typedef uint32_t ck_words __attribute__((vector_size(CK_LANES * 4)));
typedef uint16_t ck_shorts __attribute__((vector_size(CK_LANES * 2)));
typedef _Float16 ck_halves __attribute__((vector_size(CK_LANES * 2)));

typedef struct {
  _Alignas(64) int8_t values[CK_TILE_ROWS][CK_CHUNK_ELEMENTS];
  _Alignas(64) float scales[CK_CHUNK_BLOCKS * 2][CK_TILE_ROWS];    // [block], or [half of a block]
  _Alignas(64) float minimums[CK_CHUNK_BLOCKS * 2][CK_TILE_ROWS];
  uint8_t *panel;            // the transposed values, if the instruction set uses them
} ck_chunk;

// The compile-time constants of a product. Unless `is_signed`, values still include the zero point.
typedef struct {
  bool halves, minimums, is_signed;
} ck_shape;

CK_INLINE ck_floats ck_lanes(const float *p) {
  ck_floats v;
  memcpy(&v, p, sizeof v);
  return v;
}

// Adds the product with block `block` of a column to its sums. `part` is the half of the block, or 0.
CK_INLINE ck_floats ck_add_block(const ck_chunk *chunk, uint32_t block, int part, uint32_t first_row, ck_ints total,
                                 const ck_cell *cell, int zero_point, const ck_shape shape, ck_floats sums) {
  const size_t at = shape.halves ? 2 * block + (uint32_t)part : block;
  if (!shape.is_signed && !shape.minimums)
    total = total + (shape.halves ? cell->minus_half_sum_32[part] / (32 / zero_point)
                                  : cell->minus_sum_8 * (zero_point / 8));
  ck_floats scales = ck_lanes(chunk->scales[at] + first_row);
  sums = __builtin_elementwise_fma(__builtin_convertvector(total, ck_floats), scales * cell->scale, sums);
  if (!shape.minimums) return sums;
  ck_floats minimums = ck_lanes(chunk->minimums[at] + first_row);
  ck_floats inputs = (shape.halves ? cell->scaled_half_sum[part] : cell->scaled_sum) - (ck_floats){};
  return __builtin_elementwise_fma(-minimums, inputs, sums);
}

// Scales: lane = row, CK_LANES rows at a time. Reads stay inside the block at rows[row] + at.

CK_INLINE ck_words ck_gather_words(const uint8_t *const *rows, size_t at) {
  ck_words v;
  for (int r = 0; r < CK_LANES; r++) v[r] = ck_load_dword(rows[r] + at);
  return v;
}

CK_INLINE ck_floats ck_to_floats(ck_shorts v) { return __builtin_convertvector((ck_halves)v, ck_floats); }

CK_INLINE ck_floats ck_gather_halves(const uint8_t *const *rows, size_t at) {
  ck_shorts v;
  for (int r = 0; r < CK_LANES; r++) {
    uint16_t half;
    memcpy(&half, rows[r] + at, 2);
    v[r] = half;
  }
  return ck_to_floats(v);
}

CK_INLINE ck_floats ck_low_halves(ck_words v) { return ck_to_floats(__builtin_convertvector(v, ck_shorts)); }

// Byte i of each lane, masked with `bits`, minus `offset`, times scale.
CK_INLINE ck_floats ck_scale_byte(ck_words v, int i, uint32_t bits, int offset, ck_floats scale) {
  ck_ints number = (ck_ints)(v >> (8 * i) & bits) - offset;
  return __builtin_convertvector(number, ck_floats) * scale;
}

CK_INLINE void ck_put_lanes(float *to, ck_floats v) { memcpy(to, &v, sizeof v); }

// Unpacks scales and minimums of rows row..<row + CK_LANES to index `block` and the next ones.
CK_INLINE void ck_unpack_scales_of_rows(uint32_t type, const uint8_t *const *rows, size_t at, uint32_t row,
                                        uint32_t block, ck_chunk *chunk) {
  const int parts = ck_format_of(type).has_halves ? 2 : 1;
  float(*scales)[CK_TILE_ROWS] = chunk->scales + block * (uint32_t)parts;
  float(*minimums)[CK_TILE_ROWS] = chunk->minimums + block * (uint32_t)parts;
  rows += row;
  switch (type) {
    case CK_Q4_1:
    case CK_Q5_1: {
      ck_words both = ck_gather_words(rows, at);
      ck_put_lanes(scales[0] + row, ck_low_halves(both));
      ck_put_lanes(minimums[0] + row, -ck_low_halves(both >> 16));
      break;
    }
    case CK_Q2_K: {
      ck_words both = ck_gather_words(rows, at + 80);
      ck_floats scale = ck_low_halves(both), minimum = ck_low_halves(both >> 16);
      for (int i = 0; i < 4; i++) {
        ck_words v = ck_gather_words(rows, at + 4 * (size_t)i);
        for (int j = 0; j < 4; j++) {
          ck_put_lanes(scales[4 * i + j] + row, ck_scale_byte(v, j, 15, 0, scale));
          ck_put_lanes(minimums[4 * i + j] + row, ck_scale_byte(v >> 4, j, 15, 0, minimum));
        }
      }
      break;
    }
    case CK_Q3_K: {
      ck_floats scale = ck_gather_halves(rows, at + 108);
      ck_words a = ck_gather_words(rows, at + 96), b = ck_gather_words(rows, at + 100);
      ck_words c = ck_gather_words(rows, at + 104);
      const uint32_t low = 0x0F0F0F0F, high = 0x30303030;
      ck_words v[4] = {(a & low) | (c << 4 & high), (b & low) | (c << 2 & high), (a >> 4 & low) | (c & high),
                       (b >> 4 & low) | (c >> 2 & high)};
      for (int i = 0; i < 16; i++) ck_put_lanes(scales[i] + row, ck_scale_byte(v[i / 4], i % 4, 63, 32, scale));
      break;
    }
    case CK_Q4_K:
    case CK_Q5_K: {
      ck_words both = ck_gather_words(rows, at), a = ck_gather_words(rows, at + 4);
      ck_words b = ck_gather_words(rows, at + 8), c = ck_gather_words(rows, at + 12);
      ck_floats scale = ck_low_halves(both), minimum = ck_low_halves(both >> 16);
      const uint32_t low = 0x0F0F0F0F, high = 0x30303030;
      ck_words s[2] = {a, (c & low) | (a >> 2 & high)}, m[2] = {b, (c >> 4 & low) | (b >> 2 & high)};
      for (int i = 0; i < 8; i++) {
        ck_put_lanes(scales[i] + row, ck_scale_byte(s[i / 4], i % 4, 63, 0, scale));
        ck_put_lanes(minimums[i] + row, ck_scale_byte(m[i / 4], i % 4, 63, 0, minimum));
      }
      break;
    }
    case CK_Q6_K: {
      ck_floats scale = ck_gather_halves(rows, at + 208);
      for (int i = 0; i < 4; i++) {
        // With the top bit flipped, signed bytes become unsigned bytes with zero point 128.
        ck_words v = ck_gather_words(rows, at + 192 + 4 * (size_t)i) ^ 0x80808080;
        for (int j = 0; j < 4; j++) ck_put_lanes(scales[4 * i + j] + row, ck_scale_byte(v, j, 255, 128, scale));
      }
      break;
    }
    case CK_IQ4_XS: {
      ck_words first = ck_gather_words(rows, at), lows = ck_gather_words(rows, at + 4);
      ck_floats scale = ck_low_halves(first);
      for (int j = 0; j < 8; j++) {
        ck_words factor = (lows >> (4 * j) & 15) | (first >> (16 + 2 * j) & 3) << 4;
        ck_put_lanes(scales[j] + row, ck_scale_byte(factor, 0, 63, 32, scale));
      }
      break;
    }
    case CK_MXFP4:
      for (uint32_t r = 0; r < CK_LANES; r++) scales[0][row + r] = ck_e8m0_half(rows[r][at]);
      break;
    default: ck_put_lanes(scales[0] + row, ck_gather_halves(rows, at)); break;
  }
}

// Unpacks a chunk row by row, for products with many columns.
CK_INLINE void ck_unpack_rows(uint32_t type, const uint8_t *const *rows, uint32_t blocks, ck_chunk *chunk) {
  const ck_format format = ck_format_of(type);
  const uint32_t inner = format.block_elements / 32;
  for (uint32_t b = 0; b < blocks; b += inner) {
    const size_t at = (size_t)(b / inner) * format.block_bytes;
    for (uint32_t row = 0; row < CK_TILE_ROWS; row += CK_LANES)
      ck_unpack_scales_of_rows(type, rows, at, row, b, chunk);
    for (uint32_t r = 0; r < CK_TILE_ROWS; r++)
#pragma clang loop unroll(full)
      for (uint32_t part = 0; part < inner; part++) {
        u8x32 v = ck_values(type, rows[r] + at, (int)part, CK_SIGNED_VALUES);
        memcpy(chunk->values[r] + (b + part) * 32, &v, 32);
      }
  }
}
