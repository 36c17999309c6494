// Kernels on one row: decoding, int8 activations, norms, activation functions, rotation.
// Compiled once for each instruction set; CK_(name) gives each its own names.

static void CK_(decode)(uint32_t type, const uint8_t *row, size_t count, float scale, float *output) {
  if (type == CK_F32 || type == CK_F16 || type == CK_BF16) {
    for (size_t i = 0; i < count; i++) {
      float value;
      if (type == CK_F32) {
        memcpy(&value, row + 4 * i, 4);
      } else if (type == CK_F16) {
        value = ck_half_at(row + 2 * i);
      } else {
        uint16_t bits;
        memcpy(&bits, row + 2 * i, 2);
        value = ck_float_from_bits((uint32_t)bits << 16);
      }
      output[i] = value * scale;
    }
    return;
  }
  ck_format format = ck_format_of(type);
  int8_t values[256];
  float scales[16], minimums[16];
  for (size_t i = 0; i < count; i += format.block_elements, row += format.block_bytes) {
    ck_unpack_block(type, row, values, scales, minimums);
    for (int j = 0; j < format.block_elements; j += 16) {
      i8x16 stored;
      memcpy(&stored, values + j, 16);
      f32x16 value = ck_all(scales[j / 16]) * __builtin_convertvector(stored, f32x16);
      if (format.has_minimums) value = value - ck_all(minimums[j / 16]);
      ck_store(output + i + (size_t)j, value * ck_all(scale));
    }
  }
}

static void CK_(quantize_row)(const float *input, uint32_t first_block, uint32_t count, ck_quantized *output,
                              uint32_t row) {
  uint32_t group = row / 16, rest = output->rows - group * 16, width = rest < 16 ? rest : 16;
  ck_cell *cell = output->cells + ck_index(output, row, first_block);
  input += (size_t)first_block * 32;
  for (uint32_t block = 0; block < count; block++, cell += width, input += 32) {
    f32x16 a = ck_load(input), b = ck_load(input + 16);
    // The bits of magnitudes, read as integers, have the same order as the magnitudes.
    float peak = ck_float_from_bits((uint32_t)__builtin_reduce_max(
        __builtin_elementwise_max((i32x16)ck_abs(a), (i32x16)ck_abs(b))));
    // If the peak is too small to divide by, the values become zeros. NaN stays NaN, so a damaged model is noticed.
    bool vanishes = !(peak > 1e-34f);
    float scale = !vanishes ? peak / 127.0f : peak == peak ? 0.0f : peak, inverse = vanishes ? 0.0f : 127.0f / peak;
    i32x16 p = (i32x16)ck_fma(a, ck_all(inverse), ck_all(CK_ROUNDER)) - CK_ROUNDER_BITS;
    i32x16 q = (i32x16)ck_fma(b, ck_all(inverse), ck_all(CK_ROUNDER)) - CK_ROUNDER_BITS;
    i8x16 low = __builtin_convertvector(p, i8x16), high = __builtin_convertvector(q, i8x16);
    memcpy(cell->values, &low, 16);
    memcpy(cell->values + 16, &high, 16);
    int32_t first = __builtin_reduce_add(p), last = __builtin_reduce_add(q), sum = first + last;
    cell->scale = scale;
    cell->scaled_sum = scale * (float)sum;
    cell->scaled_half_sum[0] = scale * (float)first;
    cell->scaled_half_sum[1] = scale * (float)last;
    // Unsigned, because NaN inputs give sums of any size and signed overflow is undefined.
    cell->minus_sum_8 = (int32_t)(-8u * (uint32_t)sum);
    cell->minus_sum_128 = (int32_t)(-128u * (uint32_t)sum);
    cell->minus_half_sum_32[0] = (int32_t)(-32u * (uint32_t)first);
    cell->minus_half_sum_32[1] = (int32_t)(-32u * (uint32_t)last);
  }
}

// 16 partial sums by index modulo 16, added in a fixed order.
static void CK_(normalize_rms)(const float *input, size_t count, const float *weight, const float *bias,
                               float epsilon, float *output) {
  f32x16 sums = ck_all(0);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) sums = ck_fma(ck_load(input + i), ck_load(input + i), sums);
  if (i < count) {
    f32x16 rest = ck_load_part(input + i, count - i);
    sums = ck_fma(rest, rest, sums);
  }
  float factor = 1.0f / __builtin_sqrtf(ck_sum(sums) / (float)count + epsilon);
  for (i = 0; i < count; i++) {
    float value = input[i] * factor * weight[i];
    output[i] = bias ? value + bias[i] : value;
  }
}

static void CK_(normalize_layer)(const float *input, size_t count, const float *weight, const float *bias,
                                 float epsilon, float *output) {
  f32x16 sums = ck_all(0);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) sums = sums + ck_load(input + i);
  if (i < count) sums = sums + ck_load_part(input + i, count - i);
  float mean = ck_sum(sums) / (float)count;
  f32x16 squares = ck_all(0);
  for (i = 0; i + 16 <= count; i += 16) {
    f32x16 d = ck_load(input + i) - ck_all(mean);
    squares = ck_fma(d, d, squares);
  }
  if (i < count) {
    float rest[16] = {0};
    for (size_t j = i; j < count; j++) rest[j - i] = input[j] - mean;
    squares = ck_fma(ck_load(rest), ck_load(rest), squares);
  }
  float factor = 1.0f / __builtin_sqrtf(ck_sum(squares) / (float)count + epsilon);
  for (i = 0; i < count; i++) {
    float value = (input[i] - mean) * factor * weight[i];
    output[i] = bias ? value + bias[i] : value;
  }
}

CK_INLINE f32x16 CK_(activated)(int kind, f32x16 x) {
  f32x16 one = ck_all(1), half = ck_all(0.5f);
  switch (kind) {
    case CK_SILU: return x / (one + ck_exp(-x));
    case CK_GELU_ERF: return half * x * (one + ck_erf(x * ck_all(0.707106781f)));
    case CK_GELU_TANH: {
      f32x16 cubed = ck_fma(x * x, x * ck_all(0.044715f), x);
      return half * x * (one + ck_tanh(cubed * ck_all(0.797884561f)));
    }
    case CK_GELU_SIGMOID: return x / (one + ck_exp(x * ck_all(-1.702f)));
    default: return ck_max(x, ck_all(0));
  }
}

CK_INLINE void CK_(activate_kind)(int kind, const float *gate, const float *up, size_t count, float *output) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    f32x16 y = CK_(activated)(kind, ck_load(gate + i));
    ck_store(output + i, up ? y * ck_load(up + i) : y);
  }
  if (i < count) {
    f32x16 y = CK_(activated)(kind, ck_load_part(gate + i, count - i));
    ck_store_part(output + i, up ? y * ck_load_part(up + i, count - i) : y, count - i);
  }
}

static void CK_(activate)(int kind, const float *gate, const float *up, size_t count, float *output) {
  switch (kind) {
    case CK_SILU: CK_(activate_kind)(CK_SILU, gate, up, count, output); break;
    case CK_GELU_ERF: CK_(activate_kind)(CK_GELU_ERF, gate, up, count, output); break;
    case CK_GELU_TANH: CK_(activate_kind)(CK_GELU_TANH, gate, up, count, output); break;
    case CK_GELU_SIGMOID: CK_(activate_kind)(CK_GELU_SIGMOID, gate, up, count, output); break;
    default: CK_(activate_kind)(CK_RELU, gate, up, count, output); break;
  }
}

static void CK_(add)(const float *input, size_t count, float scale, float *output) {
  for (size_t i = 0; i < count; i++) output[i] = output[i] + input[i] * scale;
}

static void CK_(softcap)(float *values, size_t count, float cap) {
  f32x16 inverse = ck_all(1.0f / cap);
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    ck_store(values + i, ck_all(cap) * ck_tanh(ck_load(values + i) * inverse));
  if (i < count)
    ck_store_part(values + i, ck_all(cap) * ck_tanh(ck_load_part(values + i, count - i) * inverse), count - i);
}

static void CK_(rotate)(float *head, const float *cosines, const float *sines, size_t pairs, bool interleaved) {
  if (interleaved) {
    for (size_t i = 0; i < pairs; i++) {
      float a = head[2 * i], b = head[2 * i + 1];
      head[2 * i] = a * cosines[i] - b * sines[i];
      head[2 * i + 1] = a * sines[i] + b * cosines[i];
    }
  } else {
    for (size_t i = 0; i < pairs; i++) {
      float a = head[i], b = head[i + pairs];
      head[i] = a * cosines[i] - b * sines[i];
      head[i + pairs] = a * sines[i] + b * cosines[i];
    }
  }
}

static float CK_(maximum)(const float *values, size_t count) {
  f32x16 greatest = ck_all(-__builtin_inff());
  size_t i = 0;
  for (; i + 16 <= count; i += 16) greatest = ck_max(greatest, ck_load(values + i));
  float result = ck_greatest(greatest);
  for (; i < count; i++) result = result < values[i] ? values[i] : result;
  return result;
}

static float CK_(exponentials)(float *values, size_t count, float peak, float scale) {
  f32x16 sums = ck_all(0);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    f32x16 e = ck_exp((ck_load(values + i) - ck_all(peak)) * ck_all(scale));
    ck_store(values + i, e);
    sums = sums + e;
  }
  if (i < count) {
    float rest[16];
    for (int j = 0; j < 16; j++) rest[j] = -__builtin_inff();
    for (size_t j = i; j < count; j++) rest[j - i] = (values[j] - peak) * scale;
    f32x16 e = ck_exp(ck_load(rest));
    ck_store_part(values + i, e, count - i);
    sums = sums + e;
  }
  return ck_sum(sums);
}

static void CK_(multiply_by)(float *values, size_t count, float factor) {
  for (size_t i = 0; i < count; i++) values[i] = values[i] * factor;
}
