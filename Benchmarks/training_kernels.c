// Measures the kernels of training on one core, next to the core's peak: the rate of a loop that only multiplies and
// adds in registers. Prints one JSON object a line; rates are GFLOP a second of the thread's own time, so another
// program on the core does not count, but cold caches do. Each rate is the best of some repetitions.
// Benchmarks/training-kernels builds and runs it.

#include "ctraining.h"
#include <immintrin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *floats(size_t count) {
  float *p = aligned_alloc(64, (count * 4 + 4095) / 64 * 64);
  if (!p) exit(2);
  for (size_t i = 0; i < count; i++) p[i] = (float)(rand() % 2001 - 1000) * 1e-3f;
  return p;
}

enum { REPETITIONS = 7, PEAK_STEPS = 4000000 };

// Chains enough to hide the latency of the instruction.
#define PEAK(name, features, vector, chains, zero, one, step, flops)                           \
  __attribute__((target(features))) static double name(void) {                                \
    double best = 0;                                                                           \
    for (int repetition = 0; repetition < 5; repetition++) {                                   \
      vector sums[chains], x = one;                                                            \
      for (int i = 0; i < chains; i++) sums[i] = zero;                                         \
      double start = seconds();                                                                \
      for (int k = 0; k < PEAK_STEPS; k++) {                                                   \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++) sums[i] = step;    \
        __asm__ volatile("" : "+v"(x));                                                        \
      }                                                                                        \
      double rate = (double)PEAK_STEPS * chains * flops / (seconds() - start) / 1e9;           \
      for (int i = 0; i < chains; i++) __asm__ volatile("" ::"v"(sums[i]));                    \
      if (rate > best) best = rate;                                                            \
    }                                                                                          \
    return best;                                                                               \
  }
PEAK(peak_avx2, "avx2,fma", __m256, 12, _mm256_setzero_ps(), _mm256_set1_ps(1e-9f), _mm256_fmadd_ps(x, x, sums[i]), 16)
PEAK(peak_avx512, "avx512f", __m512, 28, _mm512_setzero_ps(), _mm512_set1_ps(1e-9f), _mm512_fmadd_ps(x, x, sums[i]), 32)
PEAK(peak_pairs, "avx512f,avx512bf16", __m512, 28, _mm512_setzero_ps(), _mm512_set1_ps(1e-9f),
     _mm512_dpbf16_ps(sums[i], (__m512bh)x, (__m512bh)x), 64)

typedef struct {
  const char *name, *precision;
  const ck_kernels *kernels;
  const ck_training *training;
  double peak;
  bool rounds;
} target;

// y = x Wᵀ (rows, depth, columns), dx = dy W, dW = dyᵀ x, with everything that a step does: packing both operands.
static void measure_product(target t, const char *kind, uint32_t rows, uint32_t depth, uint32_t columns) {
  const bool right_transposed = kind[0] == 'y', left_transposed = kind[1] == 'W';
  float *x = floats((size_t)rows * depth), *w = floats((size_t)depth * columns), *y = floats((size_t)rows * columns);
  uint32_t blocks = (rows + t.training->tile_rows - 1) / t.training->tile_rows;
  float *packed = floats((size_t)blocks * t.training->tile_rows * (depth + 1));
  float *scratch = floats(CK_PRODUCT_SCRATCH_FLOATS);
  double best = 1e9;
  for (int repetition = 0; repetition < REPETITIONS; repetition++) {
    double start = seconds();
    t.training->pack(x, left_transposed ? rows : depth, left_transposed, rows, depth, t.rounds, 0, blocks, packed);
    ck_product p = {packed, rows, depth, columns, CK_F32, (const uint8_t *)w,
                    (right_transposed ? depth : columns) * 4ul, right_transposed, false, t.rounds, y, columns,
                    t.kernels->decode};
    for (uint32_t c = 0; c < columns; c += 128)
      t.training->multiply(&p, 0, blocks, c, columns - c < 128 ? columns - c : 128, scratch);
    double took = seconds() - start;
    if (took < best) best = took;
  }
  double rate = 2.0 * rows * depth * columns / best / 1e9;
  printf("{\"work\": \"product\", \"kind\": \"%s\", \"set\": \"%s\", \"precision\": \"%s\", \"shape\": [%u, %u, %u], "
         "\"rate\": %.1f, \"peak\": %.1f}\n", kind, t.name, t.precision, rows, depth, columns, rate, t.peak);
  free(x), free(w), free(y), free(packed), free(scratch);
}

// Counts the products of the lower triangle alone: two forward, five backward.
static void measure_attention(target t, uint32_t rows, uint32_t heads, uint32_t groups, uint32_t width) {
  size_t wide = heads * width, narrow = groups * width;
  float *q = floats(rows * wide), *k = floats(rows * narrow), *v = floats(rows * narrow), *out = floats(rows * wide);
  float *sums = floats(rows * heads), *dy = floats(rows * wide), *dq = floats(rows * wide);
  float *dk = floats(rows * narrow), *dv = floats(rows * narrow);
  float *scratch = floats(t.training->attention_scratch(rows, rows, width));
  ck_causal a = {.queries = q, .keys = k, .values = v, .query_stride = wide, .key_stride = narrow,
                 .value_stride = narrow, .output = out, .log_sums = sums, .output_stride = wide,
                 .log_sum_stride = heads, .output_gradient = dy, .output_gradient_stride = wide,
                 .query_gradient = dq, .query_gradient_stride = wide, .group = heads / groups, .width = width,
                 .scale = 1 / sqrtf((float)width), .rounds = t.rounds};
  double forward = 1e9, backward = 1e9;
  for (int repetition = 0; repetition < REPETITIONS; repetition++) {
    double start = seconds();
    for (uint32_t g = 0; g < groups; g++) {
      ck_causal_item item = {0, g, 0, rows, NULL, NULL, 0};
      t.training->attend(&a, &item, scratch);
    }
    double between = seconds();
    for (uint32_t g = 0; g < groups; g++) {
      ck_causal_item item = {0, g, 0, rows, dk + g * width, dv + g * width, narrow};
      t.training->attend_backward(&a, &item, scratch);
    }
    double end = seconds();
    if (between - start < forward) forward = between - start;
    if (end - between < backward) backward = end - between;
  }
  double one = (double)rows * rows * width * heads / 1e9;
  printf("{\"work\": \"attention\", \"kind\": \"both\", \"set\": \"%s\", \"precision\": \"%s\", "
         "\"shape\": [%u, %u, %u, %u], \"rate\": %.1f, \"forward\": %.1f, \"backward\": %.1f, \"peak\": %.1f}\n",
         t.name, t.precision, rows, heads, groups, width, 7 * one / (forward + backward), 2 * one / forward,
         5 * one / backward, t.peak);
  free(q), free(k), free(v), free(out), free(sums), free(dy), free(dq), free(dk), free(dv), free(scratch);
}

int main(void) {
  target targets[4];
  int count = 0;
  for (int id = CK_AVX512VNNI; id >= CK_AVX2; id--) {
    if (!ck_kernels_for(id)) continue;
    const char *name = id == CK_AVX2 ? "avx2" : "avx512";
    double peak = id == CK_AVX2 ? peak_avx2() : peak_avx512();
    double pairs = ck_training_multiplies_pairs(id) ? peak_pairs() : peak;
    targets[count++] = (target){name, "f32", ck_kernels_for(id), ck_training_for(id), peak, false};
    targets[count++] = (target){name, "bf16", ck_kernels_for(id), ck_training_for(id), pairs, true};
  }
  for (int i = 0; i < count; i++) {
    measure_product(targets[i], "y", 2048, 256, 768);
    measure_product(targets[i], "dx", 2048, 768, 256);
    measure_product(targets[i], "dW", 768, 2048, 256);
    measure_product(targets[i], "y", 2048, 256, 4096);
    measure_product(targets[i], "y", 256, 896, 4864);
    measure_product(targets[i], "y", 8, 896, 4864);
    measure_attention(targets[i], 512, 8, 4, 32);
    measure_attention(targets[i], 256, 14, 2, 64);
  }
  return 0;
}
