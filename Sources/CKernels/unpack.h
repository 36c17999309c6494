// The block formats of GGUF files: unpacks a block into signed integers, scales and minimums.
// - This file defines the layouts, which are ggml's (ggml-common.h). Vector decoders repeat them for speed and are
//   tested against this code.
// - Element i of a block is scale[i / 16] * values[i] - minimum[i / 16]. Both are computed in Float as in gguf-py's
//   `quants.dequantize`, so decoded values have the same bits.
// - Blocks store unsigned integers; values[i] is the stored integer minus the format's zero point. Types of zero point
//   128 store signed bytes, or indexes into a table of signed bytes.
#ifndef CK_UNPACK_H
#define CK_UNPACK_H

#include "vectors.h"

static const int8_t ck_iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
static const int8_t ck_fp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// Half the power of two that an E8M0 byte encodes, because ck_fp4_values are doubled.
static inline float ck_e8m0_half(uint8_t exponent) {
  return ck_float_from_bits(exponent < 2 ? 0x00200000u << exponent : (uint32_t)(exponent - 1) << 23);
}

typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x32 __attribute__((vector_size(32)));

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

// Moves bit `from` of each byte to bit `to`, then masks with `mask`.
CK_INLINE u8x32 ck_bits(u8x32 v, int from, int to, int mask) {
  return (from < to ? v << (to - from) : v >> (from - to)) & (uint8_t)mask;
}

CK_INLINE u8x32 ck_join(u8x16 low, u8x16 high) {
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                                 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
}

// The low nibbles of 16 bytes, then the high ones.
CK_INLINE u8x32 ck_nibbles(const uint8_t *p) {
  u8x16 v = ck_load_sixteen(p);
  return ck_join(v, v >> 4) & 15;
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

CK_INLINE u8x32 ck_looked_up(const int8_t *table, const uint8_t *nibbles) {
  u8x16 v = ck_load_sixteen(nibbles);
  return ck_join(ck_look_up_sixteen(table, v & 15), ck_look_up_sixteen(table, v >> 4));
}

// Elements 32 * part..<32 * part + 32 of a block of any quantized type. Unless `is_signed`, values still include the
// format's zero point; a zero point of 128 is never included.
CK_INLINE u8x32 ck_values(uint32_t type, const uint8_t *block, const int part, const bool is_signed) {
  const int half = part / 4, quarter = part % 4;
  u8x32 v;
  switch (type) {
    case CK_Q4_0: v = ck_nibbles(block + 2); break;
    case CK_Q4_1: v = ck_nibbles(block + 4); break;
    case CK_Q5_0: v = ck_nibbles(block + 6) | ck_fifth_bits(block + 2); break;
    case CK_Q5_1: v = ck_nibbles(block + 8) | ck_fifth_bits(block + 4); break;
    case CK_Q8_0: v = ck_load_bytes(block + 2); break;
    case CK_Q2_K: v = ck_bits(ck_load_bytes(block + 16 + half * 32), 2 * quarter, 0, 3); break;
    case CK_Q3_K:
      v = ck_bits(ck_load_bytes(block + 32 + half * 32), 2 * quarter, 0, 3) | ck_bits(ck_load_bytes(block), part, 2, 4);
      break;
    case CK_Q4_K: v = ck_bits(ck_load_bytes(block + 16 + part / 2 * 32), part % 2 * 4, 0, 15); break;
    case CK_Q5_K:
      v = ck_bits(ck_load_bytes(block + 48 + part / 2 * 32), part % 2 * 4, 0, 15) |
          ck_bits(ck_load_bytes(block + 16), part, 4, 16);
      break;
    case CK_Q6_K:
      v = ck_bits(ck_load_bytes(block + half * 64 + quarter % 2 * 32), quarter / 2 * 4, 0, 15) |
          ck_bits(ck_load_bytes(block + 128 + half * 32), 2 * quarter, 4, 48);
      break;
    case CK_IQ4_NL: v = ck_looked_up(ck_iq4_values, block + 2); break;
    case CK_IQ4_XS: v = ck_looked_up(ck_iq4_values, block + 8 + part * 16); break;
    default: v = ck_looked_up(ck_fp4_values, block + 1); break;
  }
  const uint8_t zero_point = ck_format_of(type).zero_point;
  return is_signed && zero_point != 128 ? v - zero_point : v;
}

// Six-bit scale and minimum j (of 8) from the 12 bytes of a Q4_K or Q5_K block.
CK_INLINE void ck_unpack_scale_and_minimum(const uint8_t *bytes, int j, int *scale, int *minimum) {
  if (j < 4) {
    *scale = bytes[j] & 63;
    *minimum = bytes[j + 4] & 63;
  } else {
    *scale = (bytes[j + 4] & 15) | (bytes[j - 4] >> 6) << 4;
    *minimum = bytes[j + 4] >> 4 | (bytes[j] >> 6) << 4;
  }
}

// The scale and the minimum of each 16 elements of a block of 256.
CK_INLINE void ck_unpack_scales(uint32_t type, const uint8_t *block, float *scales, float *minimums) {
  for (int i = 0; i < 16; i++) {
    int s = 0, m = 0;
    switch (type) {
      case CK_Q2_K:
        scales[i] = ck_half_at(block + 80) * (float)(block[i] & 15);
        minimums[i] = ck_half_at(block + 82) * (float)(block[i] >> 4);
        break;
      case CK_Q3_K:
        s = i < 8 ? block[96 + i] & 15 : block[88 + i] >> 4;
        s |= (block[104 + i % 4] >> (2 * (i / 4)) & 3) << 4;
        scales[i] = ck_half_at(block + 108) * (float)(s - 32);
        break;
      case CK_Q6_K: scales[i] = ck_half_at(block + 208) * (float)(int8_t)block[192 + i]; break;
      case CK_IQ4_XS:
        s = (block[4 + i / 4] >> (4 * (i / 2 % 2)) & 15) | ((block[2] | block[3] << 8) >> (i / 2 * 2) & 3) << 4;
        scales[i] = ck_half_at(block) * (float)(s - 32);
        break;
      default:   // Q4_K, Q5_K
        ck_unpack_scale_and_minimum(block + 4, i / 2, &s, &m);
        scales[i] = ck_half_at(block) * (float)s;
        minimums[i] = ck_half_at(block + 2) * (float)m;
    }
  }
}

// Unpacks one block of any quantized type. The arrays have room for 256 values, 16 scales and 16 minimums; types of 32
// elements write the first 32 values and 2 scales. Minimums are written only if the type has them.
CK_INLINE void ck_unpack_block(uint32_t type, const uint8_t *block, int8_t *values, float *scales, float *minimums) {
  const ck_format format = ck_format_of(type);
  for (int part = 0; part < format.block_elements / 32; part++) {
    u8x32 v = ck_values(type, block, part, true);
    memcpy(values + part * 32, &v, 32);
  }
  if (format.block_elements == 256) {
    ck_unpack_scales(type, block, scales, minimums);
    return;
  }
  scales[0] = scales[1] = type == CK_MXFP4 ? ck_e8m0_half(block[0]) : ck_half_at(block);
  if (format.has_minimums) minimums[0] = minimums[1] = -ck_half_at(block + 2);
}

#endif
