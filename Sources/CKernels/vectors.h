// Vectors of 16 floats in the compiler's own vector types: one AVX-512 register, two of AVX2, four of NEON or SSE.
// - The same source gives the same bits on every instruction set, because each operation is one IEEE operation per
//   lane, in a fixed order.
// - Included after the pragma that sets the target of the functions.
#ifndef CK_VECTORS_H
#define CK_VECTORS_H

#include "internal.h"

typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef int8_t i8x16 __attribute__((vector_size(16)));

CK_INLINE f32x16 ck_load(const float *p) {
  f32x16 v;
  memcpy(&v, p, 64);
  return v;
}

CK_INLINE void ck_store(float *p, f32x16 v) { memcpy(p, &v, 64); }

CK_INLINE f32x16 ck_all(float x) { return (f32x16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

CK_INLINE f32x16 ck_fma(f32x16 a, f32x16 b, f32x16 c) { return __builtin_elementwise_fma(a, b, c); }

// The first `count` (< 16) floats at p, then zeros.
CK_INLINE f32x16 ck_load_part(const float *p, size_t count) {
  float part[16] = {0};
  memcpy(part, p, count * 4);
  return ck_load(part);
}

CK_INLINE void ck_store_part(float *p, f32x16 v, size_t count) {
  float part[16];
  ck_store(part, v);
  memcpy(p, part, count * 4);
}

// The sum of the lanes in a fixed order: the upper half is added to the lower one until one lane is left.
CK_INLINE float ck_sum(f32x16 v) {
  float p[16];
  ck_store(p, v);
  for (int step = 8; step; step /= 2)
    for (int i = 0; i < step; i++) p[i] = p[i] + p[i + step];
  return p[0];
}

CK_INLINE f32x16 ck_max(f32x16 a, f32x16 b) {
  i32x16 less = a < b;
  return (f32x16)(((u32x16)b & (u32x16)less) | ((u32x16)a & ~(u32x16)less));
}

CK_INLINE float ck_greatest(f32x16 v) {
  float p[16];
  ck_store(p, v);
  for (int step = 8; step; step /= 2)
    for (int i = 0; i < step; i++) p[i] = p[i] < p[i + step] ? p[i + step] : p[i];
  return p[0];
}

CK_INLINE f32x16 ck_abs(f32x16 v) { return (f32x16)((u32x16)v & 0x7FFFFFFFu); }

// 1.5 * 2^23: adding it rounds to the nearest integer (ties to even) and leaves that integer in the low bits.
#define CK_ROUNDER 12582912.0f
#define CK_ROUNDER_BITS 0x4B400000

// e^x within 2 units in the last place. The result is 0 if x < -87.3 (or minus infinity), and at most e^88.3.
CK_INLINE f32x16 ck_exp(f32x16 x) {
  i32x16 vanishes = x < ck_all(-87.3f);
  x = ck_max(x, ck_all(-87.3f));
  i32x16 high = x > ck_all(88.3f);
  x = (f32x16)(((u32x16)ck_all(88.3f) & (u32x16)high) | ((u32x16)x & ~(u32x16)high));
  f32x16 shifted = ck_fma(x, ck_all(1.44269504f), ck_all(CK_ROUNDER));
  f32x16 n = shifted - ck_all(CK_ROUNDER);
  f32x16 r = ck_fma(n, ck_all(-0.693145752f), x);   // ln 2 in two parts
  r = ck_fma(n, ck_all(-1.42860677e-6f), r);
  // Taylor's series to the sixth power: |r| <= 0.3466, so the rest is below 1.2e-7 relative.
  f32x16 p = ck_all(1.0f / 720);
  p = ck_fma(p, r, ck_all(1.0f / 120));
  p = ck_fma(p, r, ck_all(1.0f / 24));
  p = ck_fma(p, r, ck_all(1.0f / 6));
  p = ck_fma(p, r, ck_all(0.5f));
  p = ck_fma(p, r, ck_all(1.0f));
  p = ck_fma(p, r, ck_all(1.0f));
  u32x16 bits = (u32x16)p + (((u32x16)shifted - CK_ROUNDER_BITS) << 23);
  return (f32x16)(bits & ~(u32x16)vanishes);
}

CK_INLINE f32x16 ck_tanh(f32x16 x) {
  f32x16 e = ck_exp(ck_abs(x) * ck_all(-2.0f));
  f32x16 t = (ck_all(1.0f) - e) / (ck_all(1.0f) + e);
  return (f32x16)((u32x16)t | ((u32x16)x & 0x80000000u));
}

// Abramowitz and Stegun 7.1.26; absolute error below 2e-7.
CK_INLINE f32x16 ck_erf(f32x16 x) {
  f32x16 a = ck_abs(x), t = ck_all(1.0f) / ck_fma(a, ck_all(0.3275911f), ck_all(1.0f));
  f32x16 p = ck_all(1.061405429f);
  p = ck_fma(p, t, ck_all(-1.453152027f));
  p = ck_fma(p, t, ck_all(1.421413741f));
  p = ck_fma(p, t, ck_all(-0.284496736f));
  p = ck_fma(p, t, ck_all(0.254829592f));
  f32x16 e = ck_exp(-(a * a));
  f32x16 y = ck_fma(-(p * t), e, ck_all(1.0f));
  return (f32x16)((u32x16)y | ((u32x16)x & 0x80000000u));
}

// 16 half floats; exact, as ck_half.
CK_INLINE f32x16 ck_load_halves(const uint8_t *p) {
#if defined(CK_CONVERTS_HALVES)
  typedef _Float16 f16x16 __attribute__((vector_size(32)));
  f16x16 h;
  memcpy(&h, p, 32);
  return __builtin_convertvector(h, f32x16);
#else
  float out[16];
  for (int i = 0; i < 16; i++) out[i] = ck_half_at(p + 2 * i);
  return ck_load(out);
#endif
}

CK_INLINE f32x16 ck_load_bfloats(const uint8_t *p) {
  u16x16 h;
  memcpy(&h, p, 32);
  return (f32x16)(__builtin_convertvector(h, u32x16) << 16);
}

#endif
