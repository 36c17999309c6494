// Rows of activations in training: what the forward pass must keep, and the gradients.
// - Sums along a row are 16 partial sums by index modulo 16, added in a fixed order. Sums over rows are one chain an
//   element, in the order of the rows.

// A loop over i in steps of 16. CK_GET(p) and CK_PUT(p, v) inside it read and write p + i; at the end of the row, if
// fewer than 16 are left, they read zeros after them and write only those.
#define CK_EACH_SIXTEEN(count, ...)                                  \
  {                                                                   \
    size_t i = 0;                                                     \
    for (; i + 16 <= (count); i += 16) {                              \
      const size_t part = 16;                                         \
      (void)part;                                                     \
      __VA_ARGS__                                                            \
    }                                                                 \
    if (i < (count)) {                                                \
      const size_t part = (count) - i;                                \
      __VA_ARGS__                                                            \
    }                                                                 \
  }
#define CK_GET(p) (part == 16 ? ck_load((p) + i) : ck_load_part((p) + i, part))
#define CK_PUT(p, v)                                    \
  {                                                     \
    f32x16 result = v;                                  \
    if (part == 16)                                     \
      ck_store((p) + i, result);                        \
    else                                                \
      ck_store_part((p) + i, result, part);             \
  }

// The same operations as `normalize_rms` and `normalize_layer` of rows.h, so that training and inference agree.
static void CK_(normalize)(int kind, const float *input, size_t count, const float *weight, const float *bias,
                           float epsilon, float *output, float *statistics) {
  f32x16 sums = ck_all(0), squares = ck_all(0);
  float mean = 0;
  if (kind == CK_NORM_LAYER) {
    CK_EACH_SIXTEEN(count, { sums = sums + CK_GET(input); })
    mean = ck_sum(sums) / (float)count;
  }
  CK_EACH_SIXTEEN(count, {
    f32x16 d = CK_GET(input);
    if (kind == CK_NORM_LAYER) {
      d = d - ck_all(mean);
      if (part < 16)
        for (size_t l = part; l < 16; l++) d[l] = 0;
    }
    squares = ck_fma(d, d, squares);
  })
  float factor = 1.0f / __builtin_sqrtf(ck_sum(squares) / (float)count + epsilon);
  CK_EACH_SIXTEEN(count, {
    f32x16 x = CK_GET(input);
    f32x16 d = kind == CK_NORM_LAYER ? x - ck_all(mean) : x;
    f32x16 y = d * ck_all(factor) * CK_GET(weight);
    CK_PUT(output, bias ? y + CK_GET(bias) : y);
  })
  statistics[0] = mean;
  statistics[1] = factor;
}

// g = output gradient * weight, n = normalized input:
// input gradient (+)= factor * (g - mean(g) - n * mean(g * n)), without mean(g) for RMS.
static void CK_(normalize_backward)(int kind, const float *input, const float *weight, const float *statistics,
                                    const float *output_gradient, size_t count, bool adds, float *input_gradient) {
  const f32x16 mean = ck_all(statistics[0]), factor = ck_all(statistics[1]);
  f32x16 sums = ck_all(0), products = ck_all(0);
  CK_EACH_SIXTEEN(count, {
    f32x16 g = CK_GET(output_gradient) * CK_GET(weight);
    f32x16 n = (CK_GET(input) - mean) * factor;
    sums = sums + g;
    products = ck_fma(g, n, products);
  })
  const f32x16 mean_gradient = ck_all(kind == CK_NORM_LAYER ? ck_sum(sums) / (float)count : 0);
  const f32x16 mean_product = ck_all(ck_sum(products) / (float)count);
  CK_EACH_SIXTEEN(count, {
    f32x16 g = CK_GET(output_gradient) * CK_GET(weight);
    f32x16 n = (CK_GET(input) - mean) * factor;
    f32x16 d = factor * (ck_fma(-n, mean_product, g) - mean_gradient);
    CK_PUT(input_gradient, adds ? CK_GET(input_gradient) + d : d);
  })
}

static void CK_(normalize_weights)(int kind, const float *input, size_t stride, const float *statistics,
                                   size_t statistics_stride, const float *output_gradient, size_t gradient_stride,
                                   uint32_t rows, uint32_t heads, size_t head_width, uint32_t first_column,
                                   uint32_t columns, float *weight_gradient, float *bias_gradient) {
  (void)kind;
  const float *x = input + first_column, *dy = output_gradient + first_column;
  float *dw = weight_gradient + first_column, *db = bias_gradient ? bias_gradient + first_column : NULL;
  CK_EACH_SIXTEEN(columns, {
    f32x16 weights = CK_GET(dw), biases = db ? CK_GET(db) : ck_all(0);
    for (uint32_t row = 0; row < rows; row++)
      for (uint32_t head = 0; head < heads; head++) {
        const float *s = statistics + row * statistics_stride + head * 2;
        const float *from = x + row * stride + head * head_width, *g = dy + row * gradient_stride + head * head_width;
        f32x16 gradient = CK_GET(g);
        weights = ck_fma(gradient, (CK_GET(from) - ck_all(s[0])) * ck_all(s[1]), weights);
        biases = biases + gradient;
      }
    CK_PUT(dw, weights)
    if (db) CK_PUT(db, biases)
  })
}

// A function and its derivative.
typedef struct {
  f32x16 value, slope;
} CK_(curve);

CK_INLINE CK_(curve) CK_(sloped)(const int kind, f32x16 x) {
  const f32x16 one = ck_all(1), half = ck_all(0.5f);
  switch (kind) {
    case CK_SILU:
    case CK_GELU_SIGMOID: {
      const f32x16 rate = ck_all(kind == CK_SILU ? 1.0f : 1.702f);
      f32x16 s = one / (one + ck_exp(-(x * rate)));
      return (CK_(curve)){x * s, ck_fma(x * rate * s, one - s, s)};
    }
    case CK_GELU_ERF: {
      f32x16 part = half * (one + ck_erf(x * ck_all(0.707106781f)));
      f32x16 density = ck_all(0.398942280f) * ck_exp(-half * (x * x));
      return (CK_(curve)){x * part, ck_fma(x, density, part)};
    }
    case CK_GELU_TANH: {
      f32x16 square = x * x, inner = ck_fma(square, x * ck_all(0.044715f), x) * ck_all(0.797884561f);
      f32x16 t = ck_tanh(inner), part = half * (one + t);
      f32x16 inner_slope = ck_fma(square, ck_all(3 * 0.044715f * 0.797884561f), ck_all(0.797884561f));
      return (CK_(curve)){x * part, ck_fma(half * x * (one - t * t), inner_slope, part)};
    }
    default: {
      i32x16 above = x > ck_all(0);
      return (CK_(curve)){ck_max(x, ck_all(0)), (f32x16)((u32x16)one & (u32x16)above)};
    }
  }
}

CK_INLINE void CK_(activate_backward_kind)(const int kind, const float *gate, const float *up,
                                           const float *output_gradient, size_t count, float *gate_gradient,
                                           float *up_gradient) {
  CK_EACH_SIXTEEN(count, {
    CK_(curve) curve = CK_(sloped)(kind, CK_GET(gate));
    f32x16 g = CK_GET(output_gradient);
    f32x16 gated = up ? g * CK_GET(up) : g;
    if (up) CK_PUT(up_gradient, g * curve.value)
    CK_PUT(gate_gradient, gated * curve.slope)
  })
}

static void CK_(activate_backward)(int kind, const float *gate, const float *up, const float *output_gradient,
                                   size_t count, float *gate_gradient, float *up_gradient) {
#define CK_BACKWARD_OF(kind) \
  case kind: CK_(activate_backward_kind)(kind, gate, up, output_gradient, count, gate_gradient, up_gradient); break;
  switch (kind) {
    CK_BACKWARD_OF(CK_SILU)
    CK_BACKWARD_OF(CK_GELU_ERF)
    CK_BACKWARD_OF(CK_GELU_TANH)
    CK_BACKWARD_OF(CK_GELU_SIGMOID)
    default: CK_(activate_backward_kind)(CK_RELU, gate, up, output_gradient, count, gate_gradient, up_gradient);
  }
#undef CK_BACKWARD_OF
}

static void CK_(rotate_backward)(float *head, const float *cosines, const float *sines, size_t pairs,
                                 bool interleaved) {
  const size_t step = interleaved ? 2 : 1, other = interleaved ? 1 : pairs;
  for (size_t i = 0; i < pairs; i++) {
    float a = head[i * step], b = head[i * step + other];
    head[i * step] = a * cosines[i] + b * sines[i];
    head[i * step + other] = b * cosines[i] - a * sines[i];
  }
}

static void CK_(softcap_backward)(const float *capped, size_t count, float cap, float *gradient) {
  const f32x16 inverse = ck_all(1.0f / cap);
  CK_EACH_SIXTEEN(count, {
    f32x16 t = CK_GET(capped) * inverse;
    CK_PUT(gradient, CK_GET(gradient) * (ck_all(1) - t * t));
  })
}

static void CK_(round_row)(float *values, size_t count, uint16_t *halves) {
  CK_EACH_SIXTEEN(count, {
    u32x16 bits = CK_(rounded)(CK_GET(values));
    u16x16 half = __builtin_convertvector(bits, u16x16);
    memcpy(halves + i, &half, part * 2);
    CK_PUT(values, (f32x16)(bits << 16))
  })
}

static void CK_(sum_rows)(const float *input, size_t stride, uint32_t rows, uint32_t columns, float *output) {
  CK_EACH_SIXTEEN(columns, {
    f32x16 sums = CK_GET(output);
    for (uint32_t row = 0; row < rows; row++) {
      const float *from = input + row * stride;
      sums = sums + CK_GET(from);
    }
    CK_PUT(output, sums)
  })
}

static double CK_(cross_entropy)(float *logits, size_t count, uint32_t label, float softcap, float factor,
                                 bool gradient) {
  f32x16 peaks = ck_all(-__builtin_inff()), sums = ck_all(0);
  CK_EACH_SIXTEEN(count, {
    f32x16 z = CK_GET(logits);
    if (softcap > 0) {
      z = ck_all(softcap) * ck_tanh(z * ck_all(1.0f / softcap));
      CK_PUT(logits, z)
    }
    if (part < 16)
      for (size_t l = part; l < 16; l++) z[l] = -__builtin_inff();
    peaks = ck_max(peaks, z);
  })
  const float peak = ck_greatest(peaks), labelled = logits[label];
  CK_EACH_SIXTEEN(count, {
    f32x16 e = ck_exp(CK_GET(logits) - ck_all(peak));
    if (part < 16)
      for (size_t l = part; l < 16; l++) e[l] = 0;
    sums = sums + e;
  })
  const float sum = ck_sum(sums);
  if (gradient) {
    const f32x16 scale = ck_all(factor / sum);
    const f32x16 slope = ck_all(softcap > 0 ? 1.0f / softcap : 0);
    const f32x16 numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    CK_EACH_SIXTEEN(count, {
      f32x16 z = CK_GET(logits);
      f32x16 t = z * slope;
      f32x16 d = ck_exp(z - ck_all(peak)) * scale;
      if (label >= i && label < i + 16) {
        i32x16 hit = numbers == ck_all((float)(label - i));
        d = d - (f32x16)((u32x16)ck_all(factor) & (u32x16)hit);
      }
      CK_PUT(logits, d * (ck_all(1) - t * t))
    })
  }
  return (double)peak + __builtin_log((double)sum) - (double)labelled;
}
