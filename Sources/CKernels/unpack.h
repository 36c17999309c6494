// The block formats of GGUF files: each block to signed integers, scales and minimums.
// - This is the one place that knows the layouts, which are ggml's (ggml-common.h); vector decoders repeat
//   it for speed and are tested against it.
// - Element i of a block is scale[i / 16] * values[i] - minimum[i / 16]; both are computed in Float as
//   gguf-py's `quants.dequantize` does, so decoded values equal its to the bit.
// - Blocks store unsigned integers; values[i] is what is stored less the format's zero point. Types of zero point 128
//   store signed bytes or numbers of a table of them.
#ifndef CK_UNPACK_H
#define CK_UNPACK_H

#include "vectors.h"

static const int8_t ck_iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
static const int8_t ck_fp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// The power of two of an E8M0 byte, halved, because ck_fp4_values are doubled.
static inline float ck_e8m0_half(uint8_t exponent) {
  return ck_float_from_bits(exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23);
}

typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x32 __attribute__((vector_size(32)));
typedef float f32x8 __attribute__((vector_size(32)));

CK_INLINE u8x16 ck_load_sixteen(const uint8_t *p) {
  u8x16 v;
  memcpy(&v, p, 16);
  return v;
}

CK_INLINE u8x32 ck_load_bytes(const uint8_t *p) {
  u8x32 v;
  memcpy(&v, p, 32);
  return v;
}

CK_INLINE uint32_t ck_load_dword(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v;
}

CK_INLINE void ck_store_bytes(int8_t *p, u8x32 v) { memcpy(p, &v, 32); }

// The bits of `mask` once bit `from` of each byte is moved to bit `to`.
CK_INLINE u8x32 ck_bits(u8x32 v, int from, int to, int mask) {
  return (from < to ? v << (to - from) : v >> (from - to)) & (uint8_t)mask;
}

// Low nibbles, then high ones.
CK_INLINE u8x32 ck_nibbles(const uint8_t *p) {
  u8x16 v = ck_load_sixteen(p);
  return __builtin_shufflevector(v & 15, v >> 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
                                 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
}

// Bit i of the four bytes at p as bit 4 of byte i.
CK_INLINE u8x32 ck_fifth_bits(const uint8_t *p) {
  uint32_t bits = ck_load_dword(p);
  u8x16 low = (u8x16){};
  memcpy(&low, &bits, 4);
  u8x32 v = __builtin_shufflevector(low, low, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3,
                                    3, 3, 3, 3, 3, 3, 3);
  const u8x32 own = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
                     1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  return (u8x32)((v & own) == own) & 16;
}

// table[i] for each of 16 nibbles.
CK_INLINE u8x16 ck_look_up_sixteen(const int8_t *table, u8x16 nibbles) {
#if defined(CK_LOOK_UP)
  return CK_LOOK_UP(table, nibbles);
#else
  u8x16 v;
  for (int i = 0; i < 16; i++) v[i] = (uint8_t)table[nibbles[i]];
  return v;
#endif
}

CK_INLINE void ck_unpack_looked_up(const int8_t *table, const uint8_t *nibbles, int8_t *values) {
  u8x16 v = ck_load_sixteen(nibbles);
  u8x16 low = ck_look_up_sixteen(table, v & 15), high = ck_look_up_sixteen(table, v >> 4);
  memcpy(values, &low, 16);
  memcpy(values + 16, &high, 16);
}

CK_INLINE void ck_scale_eight(uint64_t bytes, float scale, float *scales) {
  u8x8 v;
  memcpy(&v, &bytes, 8);
  f32x8 scaled = __builtin_convertvector(v, f32x8) * scale;
  memcpy(scales, &scaled, 32);
}

// The half floats, and the eight six-bit scales and minimums, that Q4_K and Q5_K open with.
CK_INLINE void ck_unpack_k_header(const uint8_t *block, float *scales, float *minimums) {
  uint32_t a = ck_load_dword(block + 4), b = ck_load_dword(block + 8), c = ck_load_dword(block + 12);
  uint32_t last_scales = (c & 0x0F0F0F0F) | (a >> 2 & 0x30303030);
  uint32_t last_minimums = (c >> 4 & 0x0F0F0F0F) | (b >> 2 & 0x30303030);
  ck_scale_eight((a & 0x3F3F3F3F) | (uint64_t)last_scales << 32, ck_half_at(block), scales);
  ck_scale_eight((b & 0x3F3F3F3F) | (uint64_t)last_minimums << 32, ck_half_at(block + 2), minimums);
}

CK_INLINE void ck_unpack_q2_k(const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  u8x16 factors = ck_load_sixteen(block);
  ck_store(scales, __builtin_convertvector(factors & 15, f32x16) * ck_half_at(block + 80));
  ck_store(minimums, __builtin_convertvector(factors >> 4, f32x16) * ck_half_at(block + 82));
  for (int half = 0; half < 2; half++) {
    u8x32 pairs = ck_load_bytes(block + 16 + half * 32);
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++) ck_store_bytes(values + half * 128 + j * 32, ck_bits(pairs, 2 * j, 0, 3));
  }
}

CK_INLINE void ck_unpack_q3_k(const uint8_t *block, int8_t *values, float *scales) {
  const uint8_t *packed = block + 96;
  uint32_t a = ck_load_dword(packed), b = ck_load_dword(packed + 4), c = ck_load_dword(packed + 8);
  uint32_t factors[4] = {(a & 0x0F0F0F0F) | (c << 4 & 0x30303030), (b & 0x0F0F0F0F) | (c << 2 & 0x30303030),
                         (a >> 4 & 0x0F0F0F0F) | (c & 0x30303030), (b >> 4 & 0x0F0F0F0F) | (c >> 2 & 0x30303030)};
  i8x16 v;
  memcpy(&v, factors, 16);
  ck_store(scales, __builtin_convertvector(v - 32, f32x16) * ck_half_at(block + 108));
  u8x32 high = ck_load_bytes(block);
#pragma clang loop unroll(full)
  for (int half = 0; half < 2; half++) {
    u8x32 pairs = ck_load_bytes(block + 32 + half * 32);
#pragma clang loop unroll(full)
    for (int j = 0; j < 4; j++)
      ck_store_bytes(values + half * 128 + j * 32, ck_bits(pairs, 2 * j, 0, 3) | ck_bits(high, half * 4 + j, 2, 4));
  }
}

CK_INLINE void ck_unpack_q4_k(const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  ck_unpack_k_header(block, scales, minimums);
  for (int j = 0; j < 4; j++) {
    u8x32 v = ck_load_bytes(block + 16 + j * 32);
    ck_store_bytes(values + j * 64, v & 15);
    ck_store_bytes(values + j * 64 + 32, v >> 4);
  }
}

CK_INLINE void ck_unpack_q5_k(const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  ck_unpack_k_header(block, scales, minimums);
  u8x32 high = ck_load_bytes(block + 16);
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    u8x32 v = ck_load_bytes(block + 48 + j * 32);
    ck_store_bytes(values + j * 64, (v & 15) | ck_bits(high, 2 * j, 4, 16));
    ck_store_bytes(values + j * 64 + 32, v >> 4 | ck_bits(high, 2 * j + 1, 4, 16));
  }
}

CK_INLINE void ck_unpack_q6_k(const uint8_t *block, int8_t *values, float *scales) {
  ck_store(scales, __builtin_convertvector((i8x16)ck_load_sixteen(block + 192), f32x16) * ck_half_at(block + 208));
  for (int half = 0; half < 2; half++) {
    u8x32 first = ck_load_bytes(block + half * 64), last = ck_load_bytes(block + half * 64 + 32);
    u8x32 high = ck_load_bytes(block + 128 + half * 32);
    int8_t *out = values + half * 128;
    ck_store_bytes(out, (first & 15) | ck_bits(high, 0, 4, 48));
    ck_store_bytes(out + 32, (last & 15) | ck_bits(high, 2, 4, 48));
    ck_store_bytes(out + 64, first >> 4 | ck_bits(high, 4, 4, 48));
    ck_store_bytes(out + 96, last >> 4 | ck_bits(high, 6, 4, 48));
  }
}

CK_INLINE void ck_unpack_iq4_xs(const uint8_t *block, int8_t *values, float *scales) {
  float scale = ck_half_at(block);
  int high = block[2] | block[3] << 8;
  for (int j = 0; j < 8; j++) {
    int s = (block[4 + j / 2] >> (4 * (j % 2)) & 15) | (high >> (2 * j) & 3) << 4;
    scales[j] = scale * (float)(s - 32);
    ck_unpack_looked_up(ck_iq4_values, block + 8 + j * 16, values + j * 32);
  }
}

// One block of any quantized type. Arrays hold 256 values, 16 scales, 16 minimums: one for each 32 elements, or for
// each 16 in formats that have halves; minimums are written only where the type has them. Values that are not
// `is_signed` keep the format's zero point (but for that of 128).
CK_INLINE void ck_unpack(uint32_t type, const uint8_t *block, const bool is_signed, int8_t *values, float *scales,
                         float *minimums) {
  switch (type) {
    case CK_Q4_0:
      ck_store_bytes(values, ck_nibbles(block + 2));
      scales[0] = ck_half_at(block);
      break;
    case CK_Q4_1:
      ck_store_bytes(values, ck_nibbles(block + 4));
      scales[0] = ck_half_at(block);
      minimums[0] = -ck_half_at(block + 2);
      break;
    case CK_Q5_0:
      ck_store_bytes(values, ck_nibbles(block + 6) | ck_fifth_bits(block + 2));
      scales[0] = ck_half_at(block);
      break;
    case CK_Q5_1:
      ck_store_bytes(values, ck_nibbles(block + 8) | ck_fifth_bits(block + 4));
      scales[0] = ck_half_at(block);
      minimums[0] = -ck_half_at(block + 2);
      break;
    case CK_Q8_0:
      memcpy(values, block + 2, 32);
      scales[0] = ck_half_at(block);
      break;
    case CK_Q2_K: ck_unpack_q2_k(block, values, scales, minimums); break;
    case CK_Q3_K: ck_unpack_q3_k(block, values, scales); break;
    case CK_Q4_K: ck_unpack_q4_k(block, values, scales, minimums); break;
    case CK_Q5_K: ck_unpack_q5_k(block, values, scales, minimums); break;
    case CK_Q6_K: ck_unpack_q6_k(block, values, scales); break;
    case CK_IQ4_NL:
      ck_unpack_looked_up(ck_iq4_values, block + 2, values);
      scales[0] = ck_half_at(block);
      break;
    case CK_IQ4_XS: ck_unpack_iq4_xs(block, values, scales); break;
    case CK_MXFP4:
      ck_unpack_looked_up(ck_fp4_values, block + 1, values);
      scales[0] = ck_e8m0_half(block[0]);
      break;
    default: break;
  }
  const ck_format format = ck_format_of(type);
  if (!is_signed || format.zero_point == 0 || format.zero_point == 128) return;
  for (int i = 0; i < format.block_elements; i += 32)
    ck_store_bytes(values + i, ck_load_bytes((const uint8_t *)values + i) - format.zero_point);
}

// As ck_unpack with signed values, and a scale and a minimum for each 16 elements whatever the type.
CK_INLINE void ck_unpack_block(uint32_t type, const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  const ck_format format = ck_format_of(type);
  ck_unpack(type, block, true, values, scales, minimums);
  if (format.has_halves) return;
  for (int i = format.block_elements / 16 - 1; i > 0; i--) {
    scales[i] = scales[i / 2];
    if (format.has_minimums) minimums[i] = minimums[i / 2];
  }
}

#endif
