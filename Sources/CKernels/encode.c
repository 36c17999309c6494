// Floats to blocks: the quantizers.
// - Layouts are those of unpack.h; what is written here decodes there.
// - Each picks, among several scales (and minimums), what gives the least squared error after rounding the
//   scale as it is stored; the plain choice (greatest magnitude over greatest integer) is among them.
// - Not for the hot path: plain C, run once for a model.

#include "unpack.h"
#include <math.h>

static uint16_t ck_to_half(float value) {
  uint32_t bits = ck_bits_of_float(value), sign = bits >> 16 & 0x8000, size = bits & 0x7FFFFFFF;
  if (size > 0x7F800000) return (uint16_t)(sign | 0x7E00);
  if (size >= 0x477FF000) return (uint16_t)(sign | 0x7C00);
  if (size < 0x38800000) return (uint16_t)(sign | (uint32_t)rintf(ck_float_from_bits(size) * 0x1p24f));
  size += 0xFFF + (size >> 13 & 1);
  return (uint16_t)(sign | (size - 0x38000000) >> 13);
}

static uint16_t ck_to_bfloat(float value) {
  uint32_t bits = ck_bits_of_float(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return (uint16_t)(bits >> 16 | 64);
  return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static void ck_put_half(uint8_t *at, float value) {
  uint16_t half = ck_to_half(value);
  memcpy(at, &half, 2);
}

// As it will be read: a scale is fitted with what storing it makes of it.
static float ck_through_half(float value) { return ck_half(ck_to_half(value)); }

static int ck_clamp(float value, int low, int high) {
  return !(value > (float)low) ? low : value >= (float)high ? high : (int)rintf(value);
}

// q[i] in low...high for values x[i] ~ scale * q[i] + offset; returns the squared error.
static float ck_assign(const float *x, int count, float scale, float offset, int low, int high, int8_t *q) {
  float error = 0, inverse = scale != 0 ? 1 / scale : 0;
  for (int i = 0; i < count; i++) {
    q[i] = (int8_t)ck_clamp((x[i] - offset) * inverse, low, high);
    float rest = scale * (float)q[i] + offset - x[i];
    error += rest * rest;
  }
  return error;
}

// The scale that suits x ~ scale * q best, q in low...high (low < 0). `round` says how it will be stored.
static float ck_fit_scale(const float *x, int count, int low, int high, float (*round)(float)) {
  float peak = 0;
  for (int i = 0; i < count; i++)
    if (fabsf(x[i]) > fabsf(peak)) peak = x[i];
  if (fabsf(peak) < 1e-30f) return 0;
  int8_t q[256];
  float best = 0, least = INFINITY;
  for (int step = -10; step <= 10; step++) {
    float scale = peak / ((float)low + 0.1f * (float)step);
    for (int again = 0; again < 2; again++) {
      float stored = round ? round(scale) : scale, error = ck_assign(x, count, stored, 0, low, high, q);
      if (error < least) {
        least = error;
        best = scale;
      }
      // The least-squares scale of these integers, for a second round.
      float products = 0, squares = 0;
      for (int i = 0; i < count; i++) {
        products += x[i] * (float)q[i];
        squares += (float)(q[i] * q[i]);
      }
      if (squares == 0) break;
      scale = products / squares;
    }
  }
  return best;
}

// The scale and offset (at most 0 where `below` is set) that suit x ~ scale * q + offset best, q in 0...high.
static void ck_fit_line(const float *x, int count, int high, bool below, float (*round)(float), float *scale_out,
                        float *offset_out) {
  float low = x[0], top = x[0];
  for (int i = 1; i < count; i++) {
    low = fminf(low, x[i]);
    top = fmaxf(top, x[i]);
  }
  if (below && low > 0) low = 0;
  if (below && top < 0) top = 0;
  *scale_out = 0;
  *offset_out = low;
  if (top - low < 1e-30f) return;
  int8_t q[256];
  float least = INFINITY;
  for (int step = -8; step <= 20; step++) {
    float scale = (top - low) / ((float)high + 0.1f * (float)step), offset = low;
    for (int again = 0; again < 3; again++) {
      float s = round ? round(scale) : scale, o = round ? round(offset) : offset;
      float error = ck_assign(x, count, s, o, 0, high, q);
      if (error < least) {
        least = error;
        *scale_out = scale;
        *offset_out = offset;
      }
      double n = count, sq = 0, sqq = 0, sx = 0, sqx = 0;
      for (int i = 0; i < count; i++) {
        sq += q[i];
        sqq += q[i] * q[i];
        sx += (double)x[i];
        sqx += (double)x[i] * q[i];
      }
      double determinant = n * sqq - sq * sq;
      if (determinant <= 0) break;
      scale = (float)((n * sqx - sq * sx) / determinant);
      offset = (float)((sqq * sx - sq * sqx) / determinant);
      if (below && offset > 0) {
        offset = 0;
        scale = (float)(sqx / sqq);
      }
    }
  }
}

static void ck_put_nibble_pairs(const int8_t *q, uint8_t *out) {
  for (int i = 0; i < 16; i++) out[i] = (uint8_t)((q[i] & 15) | (q[i + 16] & 15) << 4);
}

static void ck_put_fifth_bits(const int8_t *q, uint8_t *out) {
  uint32_t bits = 0;
  for (int i = 0; i < 32; i++) bits |= (uint32_t)(q[i] >> 4 & 1) << i;
  memcpy(out, &bits, 4);
}

static void ck_encode_q8_0(const float *x, uint8_t *out) {
  float peak = 0;
  for (int i = 0; i < 32; i++) peak = fmaxf(peak, fabsf(x[i]));
  float scale = peak / 127, inverse = scale != 0 ? 1 / scale : 0;
  ck_put_half(out, scale);
  // Ties away from zero, as every other writer of this type.
  for (int i = 0; i < 32; i++) out[2 + i] = (uint8_t)(int8_t)roundf(x[i] * inverse);
}

static void ck_encode_symmetric(const float *x, int bits, uint8_t *out) {
  int low = -(1 << (bits - 1)), high = -low - 1;
  int8_t q[32];
  float scale = ck_fit_scale(x, 32, low, high, ck_through_half);
  ck_assign(x, 32, ck_through_half(scale), 0, low, high, q);
  for (int i = 0; i < 32; i++) q[i] = (int8_t)(q[i] - low);
  ck_put_half(out, scale);
  if (bits == 5) ck_put_fifth_bits(q, out + 2);
  ck_put_nibble_pairs(q, out + (bits == 5 ? 6 : 2));
}

static void ck_encode_line(const float *x, int bits, uint8_t *out) {
  int high = (1 << bits) - 1;
  int8_t q[32];
  float scale, offset;
  ck_fit_line(x, 32, high, false, ck_through_half, &scale, &offset);
  ck_assign(x, 32, ck_through_half(scale), ck_through_half(offset), 0, high, q);
  ck_put_half(out, scale);
  ck_put_half(out + 2, offset);
  if (bits == 5) ck_put_fifth_bits(q, out + 4);
  ck_put_nibble_pairs(q, out + (bits == 5 ? 8 : 4));
}

// The table's index nearest to value.
static int ck_nearest(const int8_t *table, float value) {
  int best = 0;
  for (int i = 1; i < 16; i++)
    if (fabsf((float)table[i] - value) < fabsf((float)table[best] - value)) best = i;
  return best;
}

static float ck_assign_table(const float *x, float scale, const int8_t *table, int8_t *q) {
  float error = 0, inverse = scale != 0 ? 1 / scale : 0;
  for (int i = 0; i < 32; i++) {
    q[i] = (int8_t)ck_nearest(table, x[i] * inverse);
    float rest = scale * (float)table[q[i]] - x[i];
    error += rest * rest;
  }
  return error;
}

static float ck_fit_table(const float *x, float (*round)(float)) {
  float peak = 0;
  for (int i = 0; i < 32; i++)
    if (fabsf(x[i]) > fabsf(peak)) peak = x[i];
  if (fabsf(peak) < 1e-30f) return 0;
  int8_t q[32];
  float best = 0, least = INFINITY;
  for (int sign = -1; sign <= 1; sign += 2)
    for (int step = -7; step <= 7; step++) {
      float scale = (float)sign * peak / (float)(-127 + 3 * step);
      for (int again = 0; again < 2; again++) {
        float error = ck_assign_table(x, round ? round(scale) : scale, ck_iq4_values, q);
        if (error < least) {
          least = error;
          best = scale;
        }
        float products = 0, squares = 0;
        for (int i = 0; i < 32; i++) {
          float v = (float)ck_iq4_values[q[i]];
          products += x[i] * v;
          squares += v * v;
        }
        scale = products / squares;
      }
    }
  return best;
}

static void ck_encode_iq4_nl(const float *x, uint8_t *out) {
  int8_t q[32];
  float scale = ck_fit_table(x, ck_through_half);
  ck_assign_table(x, ck_through_half(scale), ck_iq4_values, q);
  ck_put_half(out, scale);
  ck_put_nibble_pairs(q, out + 2);
}

static void ck_encode_mxfp4(const float *x, uint8_t *out) {
  float peak = 0;
  for (int i = 0; i < 32; i++) peak = fmaxf(peak, fabsf(x[i]));
  int8_t q[32];
  float least = INFINITY;
  int best = 0;
  int middle = peak > 0 ? (int)floorf(log2f(peak)) - 2 + 127 : 0;
  for (int e = middle - 1; e <= middle + 1; e++) {
    int stored = e < 0 ? 0 : e > 254 ? 254 : e;
    float error = ck_assign_table(x, ck_e8m0_half((uint8_t)stored), ck_fp4_values, q);
    if (error < least) {
      least = error;
      best = stored;
    }
  }
  ck_assign_table(x, ck_e8m0_half((uint8_t)best), ck_fp4_values, q);
  out[0] = (uint8_t)best;
  ck_put_nibble_pairs(q, out + 1);
}

// Scales of sub-blocks as integers of at most `high` (at least `low`) times one half-precision scale.
static float ck_share_scale(const float *scales, int count, int low, int high, int *factors) {
  float peak = 0;
  for (int i = 0; i < count; i++)
    if (fabsf(scales[i]) > fabsf(peak)) peak = scales[i];
  float shared = ck_through_half(peak / (float)(low < 0 ? low : high));
  for (int i = 0; i < count; i++) factors[i] = shared != 0 ? ck_clamp(scales[i] / shared, low, high) : 0;
  return shared;
}

// Q2_K, Q4_K, Q5_K: value = scale * q - minimum in sub-blocks of `length`; factors have `factor_high` at most.
static void ck_fit_k_lines(const float *x, int length, int high, int factor_high, int *scales, int *minimums,
                           float *scale, float *minimum, int8_t *q) {
  int count = 256 / length;
  float wide[16], low[16];
  for (int j = 0; j < count; j++) {
    float offset;
    ck_fit_line(x + j * length, length, high, true, NULL, &wide[j], &offset);
    low[j] = -offset;
  }
  *scale = ck_share_scale(wide, count, 0, factor_high, scales);
  *minimum = ck_share_scale(low, count, 0, factor_high, minimums);
  // Rounded factors: look around each for the pair with the least error.
  for (int j = 0; j < count; j++) {
    int best_scale = scales[j], best_minimum = minimums[j];
    float least = INFINITY;
    for (int s = scales[j] - 2; s <= scales[j] + 2; s++)
      for (int m = minimums[j] - 2; m <= minimums[j] + 2; m++) {
        if (s < 0 || s > factor_high || m < 0 || m > factor_high) continue;
        float error = ck_assign(x + j * length, length, *scale * (float)s, -(*minimum * (float)m), 0, high,
                                q + j * length);
        if (error < least) {
          least = error;
          best_scale = s;
          best_minimum = m;
        }
      }
    scales[j] = best_scale;
    minimums[j] = best_minimum;
    ck_assign(x + j * length, length, *scale * (float)best_scale, -(*minimum * (float)best_minimum), 0, high,
              q + j * length);
  }
}

// Q3_K, Q6_K and IQ4_XS's kin: value = scale * q in sub-blocks of 16.
static void ck_fit_k_scales(const float *x, int low, int high, int factor_low, int factor_high, int *factors,
                            float *scale, int8_t *q) {
  float scales[16];
  for (int j = 0; j < 16; j++) scales[j] = ck_fit_scale(x + j * 16, 16, low, high, NULL);
  *scale = ck_share_scale(scales, 16, factor_low, factor_high, factors);
  for (int j = 0; j < 16; j++) {
    int best = factors[j];
    float least = INFINITY;
    for (int f = factors[j] - 2; f <= factors[j] + 2; f++) {
      if (f < factor_low || f > factor_high) continue;
      float error = ck_assign(x + j * 16, 16, *scale * (float)f, 0, low, high, q + j * 16);
      if (error < least) {
        least = error;
        best = f;
      }
    }
    factors[j] = best;
    ck_assign(x + j * 16, 16, *scale * (float)best, 0, low, high, q + j * 16);
  }
}

static void ck_put_k_factors(const int *scales, const int *minimums, uint8_t *out) {
  memset(out, 0, 12);
  for (int j = 0; j < 4; j++) {
    out[j] = (uint8_t)(scales[j] | (scales[j + 4] >> 4) << 6);
    out[j + 4] = (uint8_t)(minimums[j] | (minimums[j + 4] >> 4) << 6);
    out[j + 8] = (uint8_t)((scales[j + 4] & 15) | (minimums[j + 4] & 15) << 4);
  }
}

static void ck_encode_q2_k(const float *x, uint8_t *out) {
  int scales[16], minimums[16];
  int8_t q[256];
  float scale, minimum;
  ck_fit_k_lines(x, 16, 3, 15, scales, minimums, &scale, &minimum, q);
  for (int j = 0; j < 16; j++) out[j] = (uint8_t)(scales[j] | minimums[j] << 4);
  for (int half = 0; half < 2; half++)
    for (int i = 0; i < 32; i++) {
      const int8_t *v = q + half * 128 + i;
      out[16 + half * 32 + i] = (uint8_t)(v[0] | v[32] << 2 | v[64] << 4 | v[96] << 6);
    }
  ck_put_half(out + 80, scale);
  ck_put_half(out + 82, minimum);
}

static void ck_encode_q3_k(const float *x, uint8_t *out) {
  int factors[16];
  int8_t q[256];
  float scale;
  ck_fit_k_scales(x, -4, 3, -32, 31, factors, &scale, q);
  memset(out, 0, 110);
  for (int i = 0; i < 256; i++) {
    int v = q[i] + 4, half = i / 128, j = i % 128 / 32, l = i % 32;
    out[32 + half * 32 + l] |= (uint8_t)((v & 3) << (2 * j));
    out[l] |= (uint8_t)((v >> 2) << (half * 4 + j));
  }
  for (int j = 0; j < 16; j++) {
    int f = factors[j] + 32;
    out[96 + j % 8] |= (uint8_t)((f & 15) << (j < 8 ? 0 : 4));
    out[104 + j % 4] |= (uint8_t)((f >> 4) << (2 * (j / 4)));
  }
  ck_put_half(out + 108, scale);
}

static void ck_encode_q4_k(const float *x, uint8_t *out) {
  int scales[16], minimums[16];
  int8_t q[256];
  float scale, minimum;
  ck_fit_k_lines(x, 32, 15, 63, scales, minimums, &scale, &minimum, q);
  ck_put_half(out, scale);
  ck_put_half(out + 2, minimum);
  ck_put_k_factors(scales, minimums, out + 4);
  for (int j = 0; j < 4; j++)
    for (int i = 0; i < 32; i++) out[16 + j * 32 + i] = (uint8_t)(q[j * 64 + i] | q[j * 64 + 32 + i] << 4);
}

static void ck_encode_q5_k(const float *x, uint8_t *out) {
  int scales[16], minimums[16];
  int8_t q[256];
  float scale, minimum;
  ck_fit_k_lines(x, 32, 31, 63, scales, minimums, &scale, &minimum, q);
  ck_put_half(out, scale);
  ck_put_half(out + 2, minimum);
  ck_put_k_factors(scales, minimums, out + 4);
  memset(out + 16, 0, 32);
  for (int j = 0; j < 4; j++)
    for (int i = 0; i < 32; i++) {
      int a = q[j * 64 + i], b = q[j * 64 + 32 + i];
      out[48 + j * 32 + i] = (uint8_t)((a & 15) | (b & 15) << 4);
      out[16 + i] |= (uint8_t)((a >> 4) << (2 * j) | (b >> 4) << (2 * j + 1));
    }
}

static void ck_encode_q6_k(const float *x, uint8_t *out) {
  int factors[16];
  int8_t q[256];
  float scale;
  ck_fit_k_scales(x, -32, 31, -128, 127, factors, &scale, q);
  for (int half = 0; half < 2; half++)
    for (int i = 0; i < 32; i++) {
      const int8_t *v = q + half * 128 + i;
      int a = v[0] + 32, b = v[32] + 32, c = v[64] + 32, d = v[96] + 32;
      out[half * 64 + i] = (uint8_t)((a & 15) | (c & 15) << 4);
      out[half * 64 + 32 + i] = (uint8_t)((b & 15) | (d & 15) << 4);
      out[128 + half * 32 + i] = (uint8_t)(a >> 4 | (b >> 4) << 2 | (c >> 4) << 4 | (d >> 4) << 6);
    }
  for (int j = 0; j < 16; j++) out[192 + j] = (uint8_t)(int8_t)factors[j];
  ck_put_half(out + 208, scale);
}

static void ck_encode_iq4_xs(const float *x, uint8_t *out) {
  float scales[8];
  int factors[8];
  for (int j = 0; j < 8; j++) scales[j] = ck_fit_table(x + j * 32, NULL);
  float scale = ck_share_scale(scales, 8, -32, 31, factors);
  memset(out, 0, 8);
  ck_put_half(out, scale);
  unsigned high = 0;
  for (int j = 0; j < 8; j++) {
    int8_t q[32];
    int best = factors[j];
    float least = INFINITY;
    for (int f = factors[j] - 1; f <= factors[j] + 1; f++) {
      if (f < -32 || f > 31) continue;
      float error = ck_assign_table(x + j * 32, scale * (float)f, ck_iq4_values, q);
      if (error < least) {
        least = error;
        best = f;
      }
    }
    ck_assign_table(x + j * 32, scale * (float)best, ck_iq4_values, q);
    unsigned stored = (unsigned)(best + 32);
    out[4 + j / 2] |= (uint8_t)((stored & 15) << (4 * (j % 2)));
    high |= (stored >> 4) << (2 * j);
    ck_put_nibble_pairs(q, out + 8 + j * 16);
  }
  out[2] = (uint8_t)high;
  out[3] = (uint8_t)(high >> 8);
}

bool ck_encode(uint32_t type, const float *x, size_t count, uint8_t *out) {
  const ck_format format = ck_format_of(type);
  for (size_t i = 0; i < count; i += format.block_elements, x += format.block_elements, out += format.block_bytes)
    switch (type) {
      case CK_F32: memcpy(out, x, 4); break;
      case CK_F16: ck_put_half(out, *x); break;
      case CK_BF16: {
        uint16_t bits = ck_to_bfloat(*x);
        memcpy(out, &bits, 2);
        break;
      }
      case CK_Q8_0: ck_encode_q8_0(x, out); break;
      case CK_Q4_0: ck_encode_symmetric(x, 4, out); break;
      case CK_Q5_0: ck_encode_symmetric(x, 5, out); break;
      case CK_Q4_1: ck_encode_line(x, 4, out); break;
      case CK_Q5_1: ck_encode_line(x, 5, out); break;
      case CK_Q2_K: ck_encode_q2_k(x, out); break;
      case CK_Q3_K: ck_encode_q3_k(x, out); break;
      case CK_Q4_K: ck_encode_q4_k(x, out); break;
      case CK_Q5_K: ck_encode_q5_k(x, out); break;
      case CK_Q6_K: ck_encode_q6_k(x, out); break;
      case CK_IQ4_NL: ck_encode_iq4_nl(x, out); break;
      case CK_IQ4_XS: ck_encode_iq4_xs(x, out); break;
      case CK_MXFP4: ck_encode_mxfp4(x, out); break;
      default: return false;
    }
  return true;
}
