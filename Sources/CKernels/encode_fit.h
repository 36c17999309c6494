// Fits scales, offsets and integers to floats, for the encoders.
// - The candidates of a search are the lanes of vectors, so one pass over the values measures all of them. The one with
//   the least squared error wins, measured with the scale as it will be stored.
// - Each candidate is refined by least squares, one to three times.
// - The same source gives the same bits on every instruction set (vectors.h).

#include "unpack.h"
#include "vectors.h"
#include <math.h>

#define CK_CANDIDATES 32

// Lanes of `a` if the mask is set, else lanes of `b`.
CK_INLINE f32x16 ck_choose(i32x16 mask, f32x16 a, f32x16 b) {
  return (f32x16)(((u32x16)a & (u32x16)mask) | ((u32x16)b & ~(u32x16)mask));
}

CK_INLINE f32x16 ck_lanes(void) { return (f32x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}; }

CK_INLINE u32x16 ck_to_halves(f32x16 v) {
  u32x16 sign = (u32x16)v >> 16 & 0x8000, size = (u32x16)v & 0x7FFFFFFF;
  u32x16 normal = (size + 0xFFF + (size >> 13 & 1) - 0x38000000) >> 13;
  u32x16 tiny = (u32x16)((f32x16)size * ck_all(0x1p24f) + ck_all(CK_ROUNDER)) - CK_ROUNDER_BITS;
  u32x16 is_tiny = (u32x16)(size < 0x38800000), is_huge = (u32x16)(size >= 0x477FF000);
  u32x16 is_nan = (u32x16)(size > 0x7F800000);
  u32x16 half = (tiny & is_tiny) | (normal & ~is_tiny);
  half = (0x7C00 & is_huge) | (half & ~is_huge);
  return sign | (0x7E00 & is_nan) | (half & ~is_nan);
}

CK_INLINE u32x16 ck_to_bfloats(f32x16 v) {
  u32x16 bits = (u32x16)v, is_nan = (u32x16)((bits & 0x7FFFFFFF) > 0x7F800000);
  return (((bits >> 16) | 64) & is_nan) | ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16 & ~is_nan);
}

static void ck_put_half(uint8_t *at, float value) {
  uint16_t half = (uint16_t)ck_to_halves(ck_all(value))[0];
  memcpy(at, &half, 2);
}

// Values as they will be read back from half floats, because a scale is fitted as it will be stored.
CK_INLINE f32x16 ck_through_halves(f32x16 v) {
  uint8_t stored[32];
  u16x16 halves = __builtin_convertvector(ck_to_halves(v), u16x16);
  memcpy(stored, &halves, 32);
  return ck_load_halves(stored);
}

static float ck_through_half(float value) { return ck_through_halves(ck_all(value))[0]; }

// The integers of low...high nearest to v; low if v is NaN.
CK_INLINE f32x16 ck_round_between(f32x16 v, float low, float high) {
  v = ck_choose(v > ck_all(low), v, ck_all(low));
  v = ck_choose(v < ck_all(high), v, ck_all(high));
  return (v + ck_all(CK_ROUNDER)) - ck_all(CK_ROUNDER);
}

static int ck_clamp(float value, int low, int high) {
  return (int)ck_round_between(ck_all(value), (float)low, (float)high)[0];
}

CK_INLINE void ck_put_integers(f32x16 v, int8_t *q) {
  i8x16 bytes = __builtin_convertvector(__builtin_convertvector(v, i32x16), i8x16);
  memcpy(q, &bytes, 16);
}

// Chooses q[i] in low...high such that x[i] ~ scale * q[i] + offset.
static void ck_assign(const float *x, int count, float scale, float offset, int low, int high, int8_t *q) {
  float inverse = scale != 0 ? 1 / scale : 0;
  for (int i = 0; i < count; i += 16)
    ck_put_integers(ck_round_between((ck_load(x + i) - ck_all(offset)) * ck_all(inverse), (float)low, (float)high),
                    q + i);
}

// Lanes of scales and offsets, the squared errors of x ~ scale * q + offset with them, and the sums of q, q * q and
// q * (x - origin) that least squares needs.
typedef struct ck_candidates {
  f32x16 scale, offset;
  f32x16 error, q, qq, qx;
} ck_candidates;

CK_INLINE void ck_measure(ck_candidates *c, const float *x, int count, float low, float high, bool has_offset,
                          float origin, bool refines) {
  const f32x16 inverse = ck_all(1) / c->scale, scale = c->scale, offset = c->offset;
  f32x16 error = ck_all(0), sum_q = error, sum_qq = error, sum_qx = error;
  for (int i = 0; i < count; i++) {
    f32x16 value = ck_all(x[i]);
    f32x16 q = ck_round_between((has_offset ? value - offset : value) * inverse, low, high);
    f32x16 rest = scale * q - (has_offset ? value - offset : value);
    error += rest * rest;
    if (!refines) continue;
    if (has_offset) sum_q += q;
    sum_qq += q * q;
    sum_qx += q * (has_offset ? ck_all(x[i] - origin) : value);
  }
  c->error = error;
  c->q = sum_q;
  c->qq = sum_qq;
  c->qx = sum_qx;
}

// The best candidate so far in each lane.
typedef struct ck_best {
  f32x16 error, scale, offset;
} ck_best;

CK_INLINE void ck_keep_better(ck_best *best, f32x16 error, f32x16 scale, f32x16 offset) {
  i32x16 better = error < best->error;
  best->error = ck_choose(better, error, best->error);
  best->scale = ck_choose(better, scale, best->scale);
  best->offset = ck_choose(better, offset, best->offset);
}

// The lane with the least error; the first one if several are equal.
CK_INLINE int ck_least_lane(f32x16 error) {
  int least = 0;
  for (int i = 1; i < 16; i++)
    if (error[i] < error[least]) least = i;
  return least;
}

static float ck_peak(const float *x, int count) {
  float peak = 0;
  for (int i = 0; i < count; i++)
    if (fabsf(x[i]) > fabsf(peak)) peak = x[i];
  return peak;
}

// The best scale for x ~ scale * q with q in low...high (low < 0). If `halves` is set, it is stored as a half float.
CK_INLINE float ck_fit_scale(const float *x, int count, int low, int high, bool halves) {
  float peak = ck_peak(x, count);
  if (fabsf(peak) < 1e-30f) return 0;
  ck_best best = {ck_all(INFINITY), ck_all(0), ck_all(0)};
  for (int first = -CK_CANDIDATES / 2; first < CK_CANDIDATES / 2; first += 16) {
    f32x16 scale = ck_all(peak) / (ck_all((float)low) + ck_all(0.1f) * (ck_lanes() + ck_all((float)first)));
    for (int round = 0; round < 2; round++) {
      ck_candidates c = {.scale = halves ? ck_through_halves(scale) : scale};
      ck_measure(&c, x, count, (float)low, (float)high, false, 0, true);
      ck_keep_better(&best, c.error, scale, ck_all(0));
      scale = ck_choose(c.qq > ck_all(0), c.qx / c.qq, scale);
    }
  }
  return best.scale[ck_least_lane(best.error)];
}

// The best scale and offset for x ~ scale * q + offset with q in 0...high. If `below` is set, the offset is at most 0.
CK_INLINE void ck_fit_line(const float *x, int count, int high, bool below, bool halves, float *scale_out,
                           float *offset_out) {
  float low = x[0], top = x[0], total = 0;
  for (int i = 1; i < count; i++) {
    low = x[i] < low ? x[i] : low;
    top = x[i] > top ? x[i] : top;
  }
  if (below && low > 0) low = 0;
  if (below && top < 0) top = 0;
  *scale_out = 0;
  *offset_out = low;
  if (top - low < 1e-30f) return;
  // Sums of distances from `low`, because sums of the values themselves would cancel.
  for (int i = 0; i < count; i++) total += x[i] - low;
  const f32x16 n = ck_all((float)count), sx = ck_all(total);
  // One more round pays if scale and offset are rounded to half floats.
  const int rounds = halves ? 4 : 3;
  ck_best best = {ck_all(INFINITY), ck_all(0), ck_all(low)};
  for (int first = -8; first < CK_CANDIDATES - 8; first += 16) {
    f32x16 scale = ck_all(top - low) / (ck_all((float)high) + ck_all(0.1f) * (ck_lanes() + ck_all((float)first)));
    f32x16 offset = ck_all(low);
    for (int round = 0; round < rounds; round++) {
      ck_candidates c = {.scale = halves ? ck_through_halves(scale) : scale,
                         .offset = halves ? ck_through_halves(offset) : offset};
      ck_measure(&c, x, count, 0, (float)high, true, low, round + 1 < rounds);
      ck_keep_better(&best, c.error, scale, offset);
      if (round + 1 == rounds) break;
      f32x16 determinant = n * c.qq - c.q * c.q;
      i32x16 exists = determinant > ck_all(0);
      scale = ck_choose(exists, (n * c.qx - c.q * sx) / determinant, scale);
      offset = ck_choose(exists, (c.qq * sx - c.q * c.qx) / determinant + ck_all(low), offset);
      if (below) {
        i32x16 above = exists & (offset > ck_all(0));
        scale = ck_choose(above, (c.qx + c.q * ck_all(low)) / c.qq, scale);
        offset = ck_choose(above, ck_all(0), offset);
      }
    }
  }
  int least = ck_least_lane(best.error);
  *scale_out = best.scale[least];
  *offset_out = best.offset[least];
}

// The entries of IQ4_NL's table are ascending, so the number of midpoints below v gives the nearest entry.
CK_INLINE f32x16 ck_nearest_iq4(f32x16 v) {
  f32x16 nearest = ck_all(ck_iq4_values[0]);
  for (int i = 1; i < 16; i++) {
    float middle = (float)(ck_iq4_values[i - 1] + ck_iq4_values[i]) / 2;
    float step = (float)(ck_iq4_values[i] - ck_iq4_values[i - 1]);
    nearest += ck_choose(v > ck_all(middle), ck_all(step), ck_all(0));
  }
  return nearest;
}

static void ck_assign_iq4(const float *x, float scale, int8_t *q) {
  float inverse = scale != 0 ? 1 / scale : 0;
  for (int i = 0; i < 32; i += 16) {
    f32x16 v = ck_load(x + i) * ck_all(inverse);
    i32x16 index = {0};
    for (int k = 1; k < 16; k++) index -= v > ck_all((float)(ck_iq4_values[k - 1] + ck_iq4_values[k]) / 2);
    i8x16 bytes = __builtin_convertvector(index, i8x16);
    memcpy(q + i, &bytes, 16);
  }
}

CK_INLINE void ck_measure_iq4(ck_candidates *c, const float *x) {
  const f32x16 inverse = ck_all(1) / c->scale, scale = c->scale;
  f32x16 error = ck_all(0), sum_qq = error, sum_qx = error;
  for (int i = 0; i < 32; i++) {
    f32x16 value = ck_all(x[i]), q = ck_nearest_iq4(value * inverse), rest = scale * q - value;
    error += rest * rest;
    sum_qq += q * q;
    sum_qx += q * value;
  }
  c->error = error;
  c->qq = sum_qq;
  c->qx = sum_qx;
}

CK_INLINE float ck_fit_iq4(const float *x, bool halves) {
  float peak = ck_peak(x, 32);
  if (fabsf(peak) < 1e-30f) return 0;
  ck_best best = {ck_all(INFINITY), ck_all(0), ck_all(0)};
  for (int sign = -1; sign <= 1; sign += 2) {
    f32x16 scale = ck_all((float)sign * peak) / (ck_all(-151) + ck_all(3) * ck_lanes());
    for (int round = 0; round < 2; round++) {
      ck_candidates c = {.scale = halves ? ck_through_halves(scale) : scale};
      ck_measure_iq4(&c, x);
      ck_keep_better(&best, c.error, scale, ck_all(0));
      scale = c.qx / c.qq;  // no entry of the table is 0
    }
  }
  return best.scale[ck_least_lane(best.error)];
}

// Chooses MXFP4's q[i] such that x[i] ~ scale * entry[q[i]]; returns the squared error.
static float ck_assign_fp4(const float *x, float scale, int8_t *q) {
  const f32x16 inverse = ck_all(scale != 0 ? 1 / scale : 0);
  f32x16 error = ck_all(0);
  for (int i = 0; i < 32; i += 16) {
    f32x16 value = ck_load(x + i), v = value * inverse, size = ck_abs(v), nearest = ck_all(0);
    i32x16 index = {0};
    for (int k = 1; k < 8; k++) {
      i32x16 passed = size > ck_all((float)(ck_fp4_values[k - 1] + ck_fp4_values[k]) / 2);
      index -= passed;
      nearest += ck_choose(passed, ck_all((float)(ck_fp4_values[k] - ck_fp4_values[k - 1])), ck_all(0));
    }
    i32x16 negative = (v < ck_all(0)) & (index > 0);
    index |= negative & 8;
    i8x16 bytes = __builtin_convertvector(index, i8x16);
    memcpy(q + i, &bytes, 16);
    f32x16 rest = ck_all(scale) * ck_choose(negative, -nearest, nearest) - value;
    error += rest * rest;
  }
  return ck_sum(error);
}

// Expresses the scales of sub-blocks as integers of low...high times one half-precision scale.
static float ck_share_scale(const float *scales, int count, int low, int high, int *factors) {
  float shared = ck_through_half(ck_peak(scales, count) / (float)(low < 0 ? low : high));
  for (int i = 0; i < count; i++) factors[i] = shared != 0 ? ck_clamp(scales[i] / shared, low, high) : 0;
  return shared;
}

static int ck_near(int value, int low, int high) { return value < low ? low : value > high ? high : value; }

// Q2_K, Q4_K, Q5_K: value = scale * q - minimum in sub-blocks of `length`; factors are at most `factor_high`.
CK_INLINE void ck_fit_k_lines(const float *x, int length, int high, int factor_high, int *scales, int *minimums,
                              float *scale, float *minimum, int8_t *q) {
  int count = 256 / length;
  float wide[16], low[16];
  for (int j = 0; j < count; j++) {
    float offset;
    ck_fit_line(x + j * length, length, high, true, false, &wide[j], &offset);
    low[j] = -offset;
  }
  *scale = ck_share_scale(wide, count, 0, factor_high, scales);
  *minimum = ck_share_scale(low, count, 0, factor_high, minimums);
  // Rounding moved the factors: of the pairs around each (5 scales by 6 minimums), take the one with the least error.
  for (int j = 0; j < count; j++) {
    ck_best best = {ck_all(INFINITY), ck_all(0), ck_all(0)};
    for (int first = 0; first < CK_CANDIDATES; first += 16) {
      float s[16], m[16];
      for (int lane = 0; lane < 16; lane++) {
        s[lane] = (float)ck_near(scales[j] - 2 + (first + lane) % 5, 0, factor_high);
        m[lane] = (float)ck_near(minimums[j] - 2 + (first + lane) / 5, 0, factor_high);
      }
      f32x16 factor = ck_load(s), lowered = ck_load(m);
      ck_candidates c = {.scale = ck_all(*scale) * factor, .offset = -(ck_all(*minimum) * lowered)};
      ck_measure(&c, x + j * length, length, 0, (float)high, true, 0, false);
      ck_keep_better(&best, c.error, factor, lowered);
    }
    int least = ck_least_lane(best.error);
    scales[j] = (int)best.scale[least];
    minimums[j] = (int)best.offset[least];
    ck_assign(x + j * length, length, *scale * (float)scales[j], -(*minimum * (float)minimums[j]), 0, high,
              q + j * length);
  }
}

// Q3_K and Q6_K: value = scale * q in sub-blocks of 16.
CK_INLINE void ck_fit_k_scales(const float *x, int low, int high, int factor_low, int factor_high, int *factors,
                               float *scale, int8_t *q) {
  float scales[16];
  for (int j = 0; j < 16; j++) scales[j] = ck_fit_scale(x + j * 16, 16, low, high, false);
  *scale = ck_share_scale(scales, 16, factor_low, factor_high, factors);
  for (int j = 0; j < 16; j++) {
    f32x16 factor = ck_lanes() + ck_all((float)(factors[j] - 8));
    factor = ck_round_between(factor, (float)factor_low, (float)factor_high);
    ck_candidates c = {.scale = ck_all(*scale) * factor};
    ck_measure(&c, x + j * 16, 16, (float)low, (float)high, false, 0, false);
    factors[j] = (int)factor[ck_least_lane(c.error)];
    ck_assign(x + j * 16, 16, *scale * (float)factors[j], 0, low, high, q + j * 16);
  }
}
