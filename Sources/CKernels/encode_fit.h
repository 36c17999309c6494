// Scales, offsets and integers that suit floats best: what the encoders of encode.c choose by.
// - Among several candidates the one with the least squared error wins, measured with the scale as it will
//   be stored; each candidate is refined once or twice by least squares.

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
