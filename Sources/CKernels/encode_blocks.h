// The encoders: floats to blocks. Included once for each instruction set; CK_ENCODE names the only public function.
// - Layouts are those of unpack.h, which decodes these blocks.

#include "encode_fit.h"

static void ck_encode_halves(const float *x, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i += 16) {
    size_t part = count - i < 16 ? count - i : 16;
    u16x16 halves = __builtin_convertvector(ck_to_halves(part < 16 ? ck_load_part(x + i, part) : ck_load(x + i)), u16x16);
    memcpy(out + 2 * i, &halves, 2 * part);
  }
}

static void ck_encode_bfloats(const float *x, size_t count, uint8_t *out) {
  for (size_t i = 0; i < count; i += 16) {
    size_t part = count - i < 16 ? count - i : 16;
    u16x16 bits = __builtin_convertvector(ck_to_bfloats(part < 16 ? ck_load_part(x + i, part) : ck_load(x + i)), u16x16);
    memcpy(out + 2 * i, &bits, 2 * part);
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
  float peak = ck_greatest(ck_max(ck_abs(ck_load(x)), ck_abs(ck_load(x + 16))));
  float scale = peak / 127, inverse = scale != 0 ? 1 / scale : 0;
  ck_put_half(out, scale);
  for (int i = 0; i < 32; i += 16) {
    // Ties round away from zero, as in every other encoder of this type.
    f32x16 v = ck_load(x + i) * ck_all(inverse);
    i32x16 whole = __builtin_convertvector(v, i32x16);
    f32x16 rest = v - __builtin_convertvector(whole, f32x16);
    whole += (rest <= ck_all(-0.5f)) - (rest >= ck_all(0.5f));
    i8x16 bytes = __builtin_convertvector(whole, i8x16);
    memcpy(out + 2 + i, &bytes, 16);
  }
}

static void ck_encode_symmetric(const float *x, int bits, uint8_t *out) {
  int low = -(1 << (bits - 1)), high = -low - 1;
  int8_t q[32];
  float scale = ck_fit_scale(x, 32, low, high, true);
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
  ck_fit_line(x, 32, high, false, true, &scale, &offset);
  ck_assign(x, 32, ck_through_half(scale), ck_through_half(offset), 0, high, q);
  ck_put_half(out, scale);
  ck_put_half(out + 2, offset);
  if (bits == 5) ck_put_fifth_bits(q, out + 4);
  ck_put_nibble_pairs(q, out + (bits == 5 ? 8 : 4));
}

static void ck_encode_iq4_nl(const float *x, uint8_t *out) {
  int8_t q[32];
  float scale = ck_fit_iq4(x, true);
  ck_assign_iq4(x, ck_through_half(scale), q);
  ck_put_half(out, scale);
  ck_put_nibble_pairs(q, out + 2);
}

static void ck_encode_mxfp4(const float *x, uint8_t *out) {
  float peak = fabsf(ck_peak(x, 32));
  int8_t q[32];
  float least = INFINITY;
  int best = 0;
  int middle = peak > 0 ? (int)floorf(log2f(peak)) - 2 + 127 : 0;
  for (int e = middle - 1; e <= middle + 1; e++) {
    int stored = e < 0 ? 0 : e > 254 ? 254 : e;
    float error = ck_assign_fp4(x, ck_e8m0_half((uint8_t)stored), q);
    if (error < least) {
      least = error;
      best = stored;
    }
  }
  ck_assign_fp4(x, ck_e8m0_half((uint8_t)best), q);
  out[0] = (uint8_t)best;
  ck_put_nibble_pairs(q, out + 1);
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
  for (int j = 0; j < 8; j++) scales[j] = ck_fit_iq4(x + j * 32, false);
  float scale = ck_share_scale(scales, 8, -32, 31, factors);
  memset(out, 0, 8);
  ck_put_half(out, scale);
  unsigned high = 0;
  for (int j = 0; j < 8; j++) {
    int8_t q[32];
    f32x16 factor = ck_round_between(ck_lanes() + ck_all((float)(factors[j] - 8)), -32, 31);
    ck_candidates c = {.scale = ck_all(scale) * factor};
    ck_measure_iq4(&c, x + j * 32);
    int best = (int)factor[ck_least_lane(c.error)];
    ck_assign_iq4(x + j * 32, scale * (float)best, q);
    unsigned stored = (unsigned)(best + 32);
    out[4 + j / 2] |= (uint8_t)((stored & 15) << (4 * (j % 2)));
    high |= (stored >> 4) << (2 * j);
    ck_put_nibble_pairs(q, out + 8 + j * 16);
  }
  out[2] = (uint8_t)high;
  out[3] = (uint8_t)(high >> 8);
}

bool CK_ENCODE(uint32_t type, const float *x, size_t count, uint8_t *out) {
  const ck_format format = ck_format_of(type);
  switch (type) {
    case CK_F32: memcpy(out, x, 4 * count); return true;
    case CK_F16: ck_encode_halves(x, count, out); return true;
    case CK_BF16: ck_encode_bfloats(x, count, out); return true;
    default: break;
  }
  for (size_t i = 0; i < count; i += format.block_elements, x += format.block_elements, out += format.block_bytes)
    switch (type) {
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
