// Units: what the products of training multiply. A unit is a float, or, in bf16 mode, a pair of bf16 numbers that are
// neighbours along the depth of the product, the first in the low half.
// - `rounds` (bf16 mode) is a constant wherever it is a parameter, so each function is compiled for both modes.
// Compiled once for each instruction set; CK_(name) gives each its own names.

#define CK_LANES_WIDE (16 * CK_TILE_VECTORS)

CK_INLINE uint32_t CK_(whole_panels)(uint32_t columns) {
  return (columns + CK_LANES_WIDE - 1) / CK_LANES_WIDE * CK_LANES_WIDE;
}

CK_INLINE size_t CK_(units)(const bool rounds, size_t depth) { return rounds ? (depth + 1) / 2 : depth; }

CK_INLINE u32x16 CK_(load_units)(const uint32_t *p) {
  u32x16 v;
  memcpy(&v, p, 64);
  return v;
}

// 16 pairs of bf16 numbers; zeros after the first `count` numbers.
CK_INLINE u32x16 CK_(load_pairs)(const uint8_t *p, size_t count) {
  u32x16 v = {0};
  if (count >= 32)
    memcpy(&v, p, 64);
  else
    memcpy(&v, p, count * 2);
  return v;
}

// The first `count` (at most 16) bf16 numbers in the low halves, then zeros.
CK_INLINE u32x16 CK_(load_bfloats)(const uint8_t *p, size_t count) {
  u16x16 v = {0};
  if (count == 16)
    memcpy(&v, p, 32);
  else
    memcpy(&v, p, count * 2);
  return __builtin_convertvector(v, u32x16);
}

// The bf16 nearest to each lane (ties to even) in the low half of the lane; NaN stays NaN.
CK_INLINE u32x16 CK_(rounded)(f32x16 x) {
  u32x16 bits = (u32x16)x, rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
  u32x16 is_nan = (u32x16)(x != x);
  return (rounded & ~is_nan) | (((bits >> 16) | 0x40u) & is_nan);
}

// The instruction flushes denormal numbers, which makes no difference, because products take them as zero.
CK_INLINE u32x16 CK_(pair)(f32x16 first, f32x16 second) {
#if defined(CK_MULTIPLIES_PAIRS)
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21,
                                         5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return (u32x16)_mm512_permutexvar_epi16(order, (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first));
#else
  return CK_(rounded)(first) | CK_(rounded)(second) << 16;
#endif
}

// 32 neighbours along the depth as 16 units.
CK_INLINE u32x16 CK_(units_of)(f32x16 first, f32x16 second) {
#if defined(CK_MULTIPLIES_PAIRS)
  return (u32x16)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
#else
  u16x16 halves[2] = {__builtin_convertvector(CK_(rounded)(first), u16x16),
                      __builtin_convertvector(CK_(rounded)(second), u16x16)};
  u32x16 v;
  memcpy(&v, halves, 64);
  return v;
#endif
}

// 16 neighbours along the depth as 8 units.
CK_INLINE void CK_(store_pairs)(f32x16 x, uint32_t *to) {
#if defined(CK_MULTIPLIES_PAIRS)
  __m256bh halves = _mm512_cvtneps_pbh((__m512)x);
  memcpy(to, &halves, 32);
#else
  u16x16 halves = __builtin_convertvector(CK_(rounded)(x), u16x16);
  memcpy(to, &halves, 32);
#endif
}

static inline uint32_t CK_(rounded_one)(float x) {
  uint32_t bits = ck_bits_of_float(x);
  if (x != x) return bits >> 16 | 0x40u;
  return (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
}

// sum + a * b, unit by unit.
CK_INLINE f32x16 CK_(dot)(const bool rounds, u32x16 a, u32x16 b, f32x16 sum) {
  if (!rounds) return ck_fma((f32x16)a, (f32x16)b, sum);
#if defined(CK_MULTIPLIES_PAIRS)
  return (f32x16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
#else
  sum = ck_fma((f32x16)(a & 0xFFFF0000u), (f32x16)(b & 0xFFFF0000u), sum);
  return ck_fma((f32x16)(a << 16), (f32x16)(b << 16), sum);
#endif
}

// While pairs are multiplied, denormal numbers count as zero, as in vdpbf16ps. Returns what `end_pairs` restores.
CK_INLINE uint64_t CK_(begin_pairs)(const bool rounds) {
#if defined(CK_MULTIPLIES_PAIRS)
  (void)rounds;
  return 0;
#elif defined(__x86_64__)
  unsigned before = __builtin_ia32_stmxcsr();
  if (rounds) __builtin_ia32_ldmxcsr(before | 0x8040);
  return before;
#elif defined(__aarch64__)
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  if (rounds) __asm__ volatile("msr fpcr, %0" ::"r"(before | 1u << 24) : "memory");
  return before;
#else
  return 0;
#endif
}

CK_INLINE void CK_(end_pairs)(const bool rounds, uint64_t before) {
  (void)before;
#if defined(CK_MULTIPLIES_PAIRS)
  (void)rounds;
#elif defined(__x86_64__)
  if (rounds) __builtin_ia32_ldmxcsr((unsigned)before);
#elif defined(__aarch64__)
  if (rounds) __asm__ volatile("msr fpcr, %0" ::"r"(before) : "memory");
#endif
}

#define CK_TRANSPOSE_STAGE(step, ...) CK_TRANSPOSE_STAGE_OF(step, __VA_ARGS__)
#define CK_TRANSPOSE_STAGE_OF(step, l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15)           \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) {                                                 \
    if (i & step) continue;                                                                                         \
    f32x16 a = v[i], b = v[i + step];                                                                               \
    v[i] = __builtin_shufflevector(a, b, l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15);     \
    v[i + step] = __builtin_shufflevector(a, b, l0 + step, l1 + step, l2 + step, l3 + step, l4 + step, l5 + step,   \
                                          l6 + step, l7 + step, l8 + step, l9 + step, l10 + step, l11 + step,       \
                                          l12 + step, l13 + step, l14 + step, l15 + step);                          \
  }

// Lane l of vector i becomes lane i of vector l.
CK_INLINE void CK_(transpose)(f32x16 *v) {
  CK_TRANSPOSE_STAGE(1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
  CK_TRANSPOSE_STAGE(2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
  CK_TRANSPOSE_STAGE(4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
  CK_TRANSPOSE_STAGE(8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

// Vectors k of up to 16: `lanes` floats at p + k * stride, then zeros.
CK_INLINE void CK_(load_group)(const float *p, size_t stride, size_t count, size_t lanes, f32x16 *v) {
  for (size_t k = 0; k < 16; k++)
    v[k] = k >= count ? ck_all(0) : lanes == 16 ? ck_load(p + k * stride) : ck_load_part(p + k * stride, lanes);
}

// The same where lane l stands in row l: vector k, lane l is p[l * stride + k].
CK_INLINE void CK_(load_group_transposed)(const float *p, size_t stride, size_t count, size_t lanes, f32x16 *v) {
  for (size_t l = 0; l < 16; l++)
    v[l] = l >= lanes ? ck_all(0) : count == 16 ? ck_load(p + l * stride) : ck_load_part(p + l * stride, count);
  CK_(transpose)(v);
}

// Stores the first `lanes` lanes of vectors 0..<count as units of a panel whose rows are `pitch` units apart. Vectors
// from `count` on are zero.
CK_INLINE void CK_(store_group)(const bool rounds, const f32x16 *v, size_t count, const int lanes, size_t pitch,
                                uint32_t *to) {
  if (!rounds) {
    for (size_t k = 0; k < count; k++) memcpy(to + k * pitch, &v[k], (size_t)lanes * 4);
    return;
  }
  for (size_t k = 0; k < count; k += 2) {
    u32x16 pair = CK_(pair)(v[k], v[k + 1]);
    memcpy(to + k / 2 * pitch, &pair, (size_t)lanes * 4);
  }
}

// Packs `lanes` (at most 16) rows of `depth` floats, `stride` apart, as lanes of units, `pitch` apart. The first
// `stored` lanes are stored, those from `lanes` on as zeros.
CK_INLINE void CK_(pack_pairs)(const float *p, size_t stride, size_t depth, size_t lanes, const int stored,
                               size_t pitch, uint32_t *to) {
  f32x16 v[16];
  for (size_t k = 0; k < depth; k += 32, to += 16 * pitch) {
    const size_t count = depth - k < 32 ? depth - k : 32;
    if (count == 32 && lanes == 16)
      for (size_t l = 0; l < 16; l++)
        v[l] = (f32x16)CK_(units_of)(ck_load(p + l * stride + k), ck_load(p + l * stride + k + 16));
    else
      for (size_t l = 0; l < 16; l++) {
        float part[32] = {0};
        if (l < lanes) memcpy(part, p + l * stride + k, count * 4);
        v[l] = (f32x16)CK_(units_of)(ck_load(part), ck_load(part + 16));
      }
    CK_(transpose)(v);
    for (size_t i = 0; i < (count + 1) / 2; i++) memcpy(to + i * pitch, &v[i], (size_t)stored * 4);
  }
}

// Packs an operand of `depth` rows of `lanes` (at most `wide`, a multiple of 16) columns as units of a panel; the rest
// of its first `wide` lanes is zero. Element (k, l) stands at p[k * stride + l], or, if `transposed`, at
// p[l * stride + k].
CK_INLINE void CK_(pack_panel)(const bool rounds, const float *p, size_t stride, const bool transposed, size_t depth,
                               size_t lanes, size_t wide, uint32_t *to) {
  f32x16 v[16];
  for (size_t lane = 0; lane < wide; lane += 16) {
    size_t some = lane >= lanes ? 0 : lanes - lane < 16 ? lanes - lane : 16;
    if (rounds && transposed) {
      CK_(pack_pairs)(p + lane * stride, stride, depth, some, 16, CK_LANES_WIDE, to + lane);
      continue;
    }
    for (size_t k = 0; k < depth; k += 16) {
      size_t count = depth - k < 16 ? depth - k : 16;
      if (transposed)
        CK_(load_group_transposed)(p + lane * stride + k, stride, count, some, v);
      else
        CK_(load_group)(p + k * stride + lane, stride, count, some, v);
      CK_(store_group)(rounds, v, count, 16, CK_LANES_WIDE, to + CK_(units)(rounds, k) * CK_LANES_WIDE + lane);
    }
  }
}

// A tile: out[r][0..<lanes] = (adds ? out : 0) + sum over k of left(r, k) * right[k], for `rows` rows.
CK_INLINE void CK_(tile)(const bool rounds, const uint32_t *left, const size_t row_step, const size_t depth_step,
                         const int rows, const uint32_t *right, size_t depth, float *out, size_t stride, bool adds) {
  f32x16 sums[CK_TILE_ROWS_MOST * CK_TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < CK_TILE_VECTORS; v++)
      sums[r * CK_TILE_VECTORS + v] = adds ? ck_load(out + (size_t)r * stride + v * 16) : ck_all(0);
  for (size_t k = 0; k < depth; k++) {
    u32x16 b[CK_TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < CK_TILE_VECTORS; v++) b[v] = CK_(load_units)(right + k * CK_LANES_WIDE + v * 16);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      u32x16 a = (u32x16)ck_all(ck_float_from_bits(left[(size_t)r * row_step + k * depth_step]));
#pragma clang loop unroll(full)
      for (int v = 0; v < CK_TILE_VECTORS; v++)
        sums[r * CK_TILE_VECTORS + v] = CK_(dot)(rounds, a, b[v], sums[r * CK_TILE_VECTORS + v]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < CK_TILE_VECTORS; v++)
      ck_store(out + (size_t)r * stride + v * 16, sums[r * CK_TILE_VECTORS + v]);
}

// Tiles of rows, `most` at a time.
CK_INLINE void CK_(tiles)(const bool rounds, const uint32_t *left, const size_t row_step, const size_t depth_step,
                          uint32_t rows, const int most, const uint32_t *right, size_t depth, float *out,
                          size_t stride, bool adds) {
#define CK_TILE_OF(count)                                                                                   \
  {                                                                                                         \
    CK_(tile)(rounds, left, row_step, depth_step, count, right, depth, out, stride, adds);                  \
    rows -= (uint32_t)(count), left += (size_t)(count)*row_step, out += (size_t)(count)*stride;             \
  }
  while (rows >= (uint32_t)most) CK_TILE_OF(most)
  if (most > 8 && rows >= 8) CK_TILE_OF(8)
  if (most > 4 && rows >= 4) CK_TILE_OF(4)
  if (rows >= 2) CK_TILE_OF(2)
  if (rows >= 1) CK_TILE_OF(1)
#undef CK_TILE_OF
}
