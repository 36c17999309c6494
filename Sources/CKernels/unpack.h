// The block formats of GGUF files: each block to signed integers, scales and minimums.
// - This is the one place that knows the layouts, which are ggml's (ggml-common.h); vector decoders repeat
//   it for speed and are tested against it.
// - Element i of a block is scale[i / 16] * values[i] - minimum[i / 16]; both are computed in Float as
//   gguf-py's `quants.dequantize` does, so decoded values equal its to the bit.
// - values[i] + zero_point (ck_format) is in 0...255.
#ifndef CK_UNPACK_H
#define CK_UNPACK_H

#include "internal.h"

static const int8_t ck_iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
static const int8_t ck_fp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// The power of two of an E8M0 byte, halved, because ck_fp4_values are doubled.
static inline float ck_e8m0_half(uint8_t exponent) {
  return ck_float_from_bits(exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23);
}

CK_INLINE void ck_unpack_nibbles(const uint8_t *nibbles, int8_t *values) {
  for (int i = 0; i < 16; i++) values[i] = (int8_t)(nibbles[i] & 15);
  for (int i = 0; i < 16; i++) values[i + 16] = (int8_t)(nibbles[i] >> 4);
}

CK_INLINE void ck_unpack_fifth_bits(const uint8_t *bytes, int8_t *values) {
  uint32_t bits;
  memcpy(&bits, bytes, 4);
  for (int i = 0; i < 32; i++) values[i] = (int8_t)(values[i] | (int8_t)((bits >> i & 1) << 4));
}

// Six-bit scale and minimum j of 8 from the 12 bytes that Q4_K and Q5_K share.
CK_INLINE void ck_unpack_scale_and_minimum(const uint8_t *bytes, int j, int *scale, int *minimum) {
  if (j < 4) {
    *scale = bytes[j] & 63;
    *minimum = bytes[j + 4] & 63;
  } else {
    *scale = (bytes[j + 4] & 15) | (bytes[j - 4] >> 6) << 4;
    *minimum = bytes[j + 4] >> 4 | (bytes[j] >> 6) << 4;
  }
}

CK_INLINE void ck_unpack_q2_k(const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  const uint8_t *pairs = block + 16;
  float scale = ck_half_at(block + 80), minimum = ck_half_at(block + 82);
  for (int i = 0; i < 16; i++) {
    scales[i] = scale * (float)(block[i] & 15);
    minimums[i] = minimum * (float)(block[i] >> 4);
  }
  for (int half = 0; half < 2; half++)
    for (int j = 0; j < 4; j++)
      for (int i = 0; i < 32; i++) values[half * 128 + j * 32 + i] = (int8_t)(pairs[half * 32 + i] >> (2 * j) & 3);
}

CK_INLINE void ck_unpack_q3_k(const uint8_t *block, int8_t *values, float *scales) {
  const uint8_t *high = block, *pairs = block + 32, *packed = block + 96;
  float scale = ck_half_at(block + 108);
  for (int i = 0; i < 16; i++) {
    int low = i < 8 ? packed[i] & 15 : packed[i - 8] >> 4;
    scales[i] = scale * (float)((low | (packed[8 + i % 4] >> (2 * (i / 4)) & 3) << 4) - 32);
  }
  for (int half = 0; half < 2; half++)
    for (int j = 0; j < 4; j++)
      for (int i = 0; i < 32; i++)
        values[half * 128 + j * 32 + i] =
            (int8_t)((pairs[half * 32 + i] >> (2 * j) & 3) + ((high[i] >> (half * 4 + j) & 1) << 2) - 4);
}

CK_INLINE void ck_unpack_q4_k(const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  const uint8_t *nibbles = block + 16;
  float scale = ck_half_at(block), minimum = ck_half_at(block + 2);
  for (int j = 0; j < 8; j++) {
    int s, m;
    ck_unpack_scale_and_minimum(block + 4, j, &s, &m);
    scales[2 * j] = scales[2 * j + 1] = scale * (float)s;
    minimums[2 * j] = minimums[2 * j + 1] = minimum * (float)m;
  }
  for (int j = 0; j < 4; j++) {
    for (int i = 0; i < 32; i++) values[j * 64 + i] = (int8_t)(nibbles[j * 32 + i] & 15);
    for (int i = 0; i < 32; i++) values[j * 64 + 32 + i] = (int8_t)(nibbles[j * 32 + i] >> 4);
  }
}

CK_INLINE void ck_unpack_q5_k(const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  const uint8_t *high = block + 16, *nibbles = block + 48;
  float scale = ck_half_at(block), minimum = ck_half_at(block + 2);
  for (int j = 0; j < 8; j++) {
    int s, m;
    ck_unpack_scale_and_minimum(block + 4, j, &s, &m);
    scales[2 * j] = scales[2 * j + 1] = scale * (float)s;
    minimums[2 * j] = minimums[2 * j + 1] = minimum * (float)m;
  }
  for (int j = 0; j < 4; j++) {
    for (int i = 0; i < 32; i++)
      values[j * 64 + i] = (int8_t)((nibbles[j * 32 + i] & 15) | (high[i] >> (2 * j) & 1) << 4);
    for (int i = 0; i < 32; i++)
      values[j * 64 + 32 + i] = (int8_t)(nibbles[j * 32 + i] >> 4 | (high[i] >> (2 * j + 1) & 1) << 4);
  }
}

CK_INLINE void ck_unpack_q6_k(const uint8_t *block, int8_t *values, float *scales) {
  const int8_t *factors = (const int8_t *)block + 192;
  float scale = ck_half_at(block + 208);
  for (int i = 0; i < 16; i++) scales[i] = scale * (float)factors[i];
  for (int half = 0; half < 2; half++) {
    const uint8_t *low = block + half * 64, *high = block + 128 + half * 32;
    int8_t *out = values + half * 128;
    for (int i = 0; i < 32; i++) out[i] = (int8_t)(((low[i] & 15) | (high[i] & 3) << 4) - 32);
    for (int i = 0; i < 32; i++) out[i + 32] = (int8_t)(((low[i + 32] & 15) | (high[i] >> 2 & 3) << 4) - 32);
    for (int i = 0; i < 32; i++) out[i + 64] = (int8_t)((low[i] >> 4 | (high[i] >> 4 & 3) << 4) - 32);
    for (int i = 0; i < 32; i++) out[i + 96] = (int8_t)((low[i + 32] >> 4 | (high[i] >> 6) << 4) - 32);
  }
}

CK_INLINE void ck_unpack_iq4_xs(const uint8_t *block, int8_t *values, float *scales) {
  float scale = ck_half_at(block);
  int high = block[2] | block[3] << 8;
  for (int j = 0; j < 8; j++) {
    int s = (block[4 + j / 2] >> (4 * (j % 2)) & 15) | (high >> (2 * j) & 3) << 4;
    scales[2 * j] = scales[2 * j + 1] = scale * (float)(s - 32);
    ck_unpack_nibbles(block + 8 + j * 16, values + j * 32);
  }
  for (int i = 0; i < 256; i++) values[i] = ck_iq4_values[values[i]];
}

// One block of any quantized type. Arrays hold 256 values, 16 scales, 16 minimums; minimums are written only
// where the type has them. Types of 32 elements write the first 32 and 2.
CK_INLINE void ck_unpack_block(uint32_t type, const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  switch (type) {
    case CK_Q4_0:
      ck_unpack_nibbles(block + 2, values);
      for (int i = 0; i < 32; i++) values[i] = (int8_t)(values[i] - 8);
      scales[0] = scales[1] = ck_half_at(block);
      break;
    case CK_Q4_1:
      ck_unpack_nibbles(block + 4, values);
      scales[0] = scales[1] = ck_half_at(block);
      minimums[0] = minimums[1] = -ck_half_at(block + 2);
      break;
    case CK_Q5_0:
      ck_unpack_nibbles(block + 6, values);
      ck_unpack_fifth_bits(block + 2, values);
      for (int i = 0; i < 32; i++) values[i] = (int8_t)(values[i] - 16);
      scales[0] = scales[1] = ck_half_at(block);
      break;
    case CK_Q5_1:
      ck_unpack_nibbles(block + 8, values);
      ck_unpack_fifth_bits(block + 4, values);
      scales[0] = scales[1] = ck_half_at(block);
      minimums[0] = minimums[1] = -ck_half_at(block + 2);
      break;
    case CK_Q8_0:
      memcpy(values, block + 2, 32);
      scales[0] = scales[1] = ck_half_at(block);
      break;
    case CK_Q2_K: ck_unpack_q2_k(block, values, scales, minimums); break;
    case CK_Q3_K: ck_unpack_q3_k(block, values, scales); break;
    case CK_Q4_K: ck_unpack_q4_k(block, values, scales, minimums); break;
    case CK_Q5_K: ck_unpack_q5_k(block, values, scales, minimums); break;
    case CK_Q6_K: ck_unpack_q6_k(block, values, scales); break;
    case CK_IQ4_NL:
      ck_unpack_nibbles(block + 2, values);
      for (int i = 0; i < 32; i++) values[i] = ck_iq4_values[values[i]];
      scales[0] = scales[1] = ck_half_at(block);
      break;
    case CK_IQ4_XS: ck_unpack_iq4_xs(block, values, scales); break;
    case CK_MXFP4:
      ck_unpack_nibbles(block + 1, values);
      for (int i = 0; i < 32; i++) values[i] = ck_fp4_values[values[i]];
      scales[0] = scales[1] = ck_e8m0_half(block[0]);
      break;
    default: break;
  }
}

#endif
