// The optimizer's arithmetic, element by element.

// AdamW. Loshchilov and Hutter, arXiv:1711.05101: w *= decay; m += (g - m) * first_rate;
// v = beta2 * v + second_rate * g * g; w -= step * m / (sqrt(v) / root_correction + epsilon).
// The two moments are fused where PyTorch's are, and have its bits.
static void CK_(adam)(const ck_adam *a, const float *gradient, size_t count, float *weights, float *first,
                      float *second) {
  const f32x16 scale = ck_all(a->gradient_scale), decay = ck_all(a->decay), first_rate = ck_all(a->first_rate);
  const f32x16 beta2 = ck_all(a->beta2), second_rate = ck_all(a->second_rate), step = ck_all(-a->step);
  const f32x16 correction = ck_all(a->root_correction), epsilon = ck_all(a->epsilon);
  CK_EACH_SIXTEEN(count, {
    f32x16 g = CK_GET(gradient) * scale;
    f32x16 m = CK_GET(first);
    m = ck_fma(g - m, first_rate, m);
    f32x16 v = ck_fma(second_rate * g, g, CK_GET(second) * beta2);
    f32x16 root = __builtin_elementwise_sqrt(v);
    CK_PUT(first, m)
    CK_PUT(second, v)
    CK_PUT(weights, CK_GET(weights) * decay + step * m / (root / correction + epsilon))
  })
}

// 16 partial sums by index modulo 16, added in a fixed order.
static double CK_(sum_of_squares)(const float *values, size_t count) {
  double sums[16] = {0};
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (size_t l = 0; l < 16; l++) sums[l] = sums[l] + (double)values[i + l] * (double)values[i + l];
  for (; i < count; i++) sums[i % 16] = sums[i % 16] + (double)values[i] * (double)values[i];
  for (int step = 8; step; step /= 2)
    for (int l = 0; l < step; l++) sums[l] = sums[l] + sums[l + step];
  return sums[0];
}
