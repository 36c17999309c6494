// Dot products of decoded weights and int8 activations with NEON, for quantized_tiles.h.

// Adds products of 16 signed bytes to four sums, whose total is the dot product.
CK_INLINE int32x4_t ck_dot(int32x4_t sums, int8x16_t w, int8x16_t x) {
#if defined(CK_HAS_DOT)
  return vdotq_s32(sums, w, x);
#else
  // The sum of two products fits into 16 bits: 2 * 128 * 127 < 2^15.
  int16x8_t products = vmlal_high_s8(vmull_s8(vget_low_s8(w), vget_low_s8(x)), w, x);
  return vpadalq_s16(sums, products);
#endif
}

CK_INLINE ck_ints ck_add_up(const int32x4_t *v) {
  return (ck_ints)vpaddq_s32(vpaddq_s32(v[0], v[1]), vpaddq_s32(v[2], v[3]));
}

// The dot products of four rows with one block of a column.
CK_INLINE void ck_dots(const u8x32 *rows, const int8_t *x, const ck_shape shape, ck_ints *totals) {
  const int8x16_t low = vld1q_s8(x), high = vld1q_s8(x + 16);
  int32x4_t first[CK_LANES], last[CK_LANES];
  for (int r = 0; r < CK_LANES; r++) {
    int8x16_t w[2];
    memcpy(w, &rows[r], 32);
    first[r] = ck_dot(vdupq_n_s32(0), w[0], low);
    last[r] = ck_dot(shape.halves ? vdupq_n_s32(0) : first[r], w[1], high);
  }
  totals[0] = ck_add_up(shape.halves ? first : last);
  if (shape.halves) totals[1] = ck_add_up(last);
}
