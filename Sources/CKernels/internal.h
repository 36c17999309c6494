// Shared by all kernels: half floats, block formats and the layout of int8 activations.
#ifndef CK_INTERNAL_H
#define CK_INTERNAL_H

#include "ckernels.h"
#include <string.h>

// Multiplications and additions are fused only by explicit calls, because all instruction sets must give the same bits.
#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_INLINE static inline __attribute__((always_inline))

static inline float ck_float_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline uint32_t ck_bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

// IEEE half precision; exact.
static inline float ck_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = (half >> 10) & 31, fraction = half & 1023;
  if (exponent == 0) return ck_float_from_bits(sign | ck_bits_of_float((float)fraction * 0x1p-24f));
  if (exponent == 31) return ck_float_from_bits(sign | 0x7F800000u | fraction << 13);
  return ck_float_from_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

static inline float ck_half_at(const uint8_t *bytes) {
#if defined(CK_CONVERTS_HALVES)
  _Float16 half;
  memcpy(&half, bytes, 2);
  return (float)half;
#else
  uint16_t half;
  memcpy(&half, bytes, 2);
  return ck_half(half);
#endif
}

// How a block type stores its elements: value = scale * (stored - zero_point) - minimum.
typedef struct ck_format {
  uint16_t block_elements, block_bytes;
  uint8_t zero_point;
  bool has_halves;           // one scale for each 16 elements instead of 32
  bool has_minimums;
} ck_format;

static inline ck_format ck_format_of(uint32_t type) {
  switch (type) {
    case CK_Q4_0: return (ck_format){32, 18, 8, false, false};
    case CK_Q4_1: return (ck_format){32, 20, 0, false, true};
    case CK_Q5_0: return (ck_format){32, 22, 16, false, false};
    case CK_Q5_1: return (ck_format){32, 24, 0, false, true};
    case CK_Q8_0: return (ck_format){32, 34, 128, false, false};
    case CK_Q2_K: return (ck_format){256, 84, 0, true, true};
    case CK_Q3_K: return (ck_format){256, 110, 4, true, false};
    case CK_Q4_K: return (ck_format){256, 144, 0, false, true};
    case CK_Q5_K: return (ck_format){256, 176, 0, false, true};
    case CK_Q6_K: return (ck_format){256, 210, 32, true, false};
    case CK_IQ4_NL: return (ck_format){32, 18, 128, false, false};
    case CK_IQ4_XS: return (ck_format){256, 136, 128, false, false};
    case CK_MXFP4: return (ck_format){32, 17, 128, false, false};
    case CK_F32: return (ck_format){1, 4, 0, false, false};
    default: return (ck_format){1, 2, 0, false, false};
  }
}

static inline uint32_t ck_smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

// Index of the cell of block `block` and row `row`.
static inline size_t ck_index(const ck_quantized *q, uint32_t row, uint32_t block) {
  uint32_t group = row / 16, rest = q->rows - group * 16, width = rest < 16 ? rest : 16;
  return (size_t)group * 16 * q->blocks + (size_t)block * width + row % 16;
}

extern const ck_kernels ck_kernels_scalar;
#if defined(__x86_64__)
extern const ck_kernels ck_kernels_avx2, ck_kernels_avx512;
#elif defined(__aarch64__)
extern const ck_kernels ck_kernels_neon, ck_kernels_neon_dot;
#endif

#endif
