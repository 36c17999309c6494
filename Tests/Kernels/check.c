// Compares every kernel of every instruction set that runs here with its scalar twin, bit for bit (all NaNs are equal),
// on random, odd, smallest and hostile inputs. Inputs end at an unreadable page, so the program crashes if a kernel
// reads too far. The last line is a digest of the scalar results, which is the same on every architecture.

#include "ckernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t random_state = 1;
static uint64_t random_bits(void) {   // SplitMix64
  uint64_t z = random_state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}
static uint32_t random_below(uint32_t limit) { return (uint32_t)(random_bits() >> 32) % limit; }
static float random_unit(void) { return (float)((int32_t)(random_bits() >> 40) - (1 << 23)) * 0x1p-23f; }

// Floats by `mood`: 0 in -1...1; 1 also zeros, extremes and infinities; 2 any bits; 3 as 1, but finite.
static float random_float(int mood) {
  static const float extremes[] = {0,         -0.0f,     1,         -1,      0x1p-149f, -0x1p-126f,
                                   3.4e38f,   -3.4e38f,  127,       -127,    1e-34f,    88.3f,
                                   -87.3f,    0.5f,      INFINITY,  -INFINITY};
  if (mood % 2 && random_below(4) == 0) return extremes[random_below(mood == 3 ? 14 : 16)];
  float value = random_unit();
  if (mood == 2) {
    uint32_t bits = (uint32_t)random_bits();
    memcpy(&value, &bits, 4);
  }
  return value;
}

// Memory that ends at an unreadable page.
typedef struct {
  void *map;
  size_t map_bytes;
  void *start;
} guarded;

static guarded guarded_bytes(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (bytes + page - 1) / page * page + page;
  guarded g = {mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), whole, NULL};
  if (g.map == MAP_FAILED || mprotect((uint8_t *)g.map + whole - page, page, PROT_NONE)) {
    perror("check: no memory");
    exit(2);
  }
  g.start = (uint8_t *)g.map + whole - page - bytes;
  return g;
}

static void release(guarded g) { munmap(g.map, g.map_bytes); }

static guarded random_floats(size_t count, int mood) {
  guarded g = guarded_bytes(count * 4);
  for (size_t i = 0; i < count; i++) ((float *)g.start)[i] = random_float(mood);
  return g;
}

// Comparing.

static const ck_kernels *scalar, *fast;
static const char *fast_name;
static int fast_id;
static uint64_t digest = 0xCBF29CE484222325u;
static long checked, failures;

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return value != value ? 0x7FC00000u : bits;
}

static void same_floats(const char *what, const float *expected, const float *found, size_t count) {
  checked++;
  for (size_t i = 0; i < count; i++) {
    if (fast == scalar) digest = (digest ^ bits_of(expected[i])) * 0x100000001B3u;
    if (bits_of(expected[i]) == bits_of(found[i])) continue;
    if (failures++ < 20)
      printf("%s: %s: value %zu of %zu is %a, and %a in scalar\n", fast_name, what, i, count, found[i], expected[i]);
    return;
  }
}

static void same_bytes(const char *what, const void *expected, const void *found, size_t count) {
  checked++;
  for (size_t i = 0; i < count && fast == scalar; i++)
    digest = (digest ^ ((const uint8_t *)expected)[i]) * 0x100000001B3u;
  if (memcmp(expected, found, count) == 0) return;
  if (failures++ < 20) printf("%s: %s differs from scalar\n", fast_name, what);
}

// Element types and random blocks of them.

typedef struct {
  uint32_t id;
  const char *name;
  uint32_t elements, bytes;
  int halves[2];   // offsets of half floats in a block, or -1
} element_type;

static const element_type types[] = {
    {CK_F32, "F32", 1, 4, {-1, -1}},        {CK_F16, "F16", 1, 2, {0, -1}},        {CK_BF16, "BF16", 1, 2, {-1, -1}},
    {CK_Q4_0, "Q4_0", 32, 18, {0, -1}},     {CK_Q4_1, "Q4_1", 32, 20, {0, 2}},     {CK_Q5_0, "Q5_0", 32, 22, {0, -1}},
    {CK_Q5_1, "Q5_1", 32, 24, {0, 2}},      {CK_Q8_0, "Q8_0", 32, 34, {0, -1}},    {CK_Q2_K, "Q2_K", 256, 84, {80, 82}},
    {CK_Q3_K, "Q3_K", 256, 110, {108, -1}}, {CK_Q4_K, "Q4_K", 256, 144, {0, 2}},   {CK_Q5_K, "Q5_K", 256, 176, {0, 2}},
    {CK_Q6_K, "Q6_K", 256, 210, {208, -1}}, {CK_IQ4_NL, "IQ4_NL", 32, 18, {0, -1}},
    {CK_IQ4_XS, "IQ4_XS", 256, 136, {0, -1}}, {CK_MXFP4, "MXFP4", 32, 17, {-1, -1}},
};
enum { TYPE_COUNT = sizeof types / sizeof *types };

// mood 0: any quants with small finite scales; 1: also the least or greatest quants; 2: any bits, so any scales, even
// infinite ones and NaN.
static guarded random_weights(const element_type *type, size_t blocks, int mood) {
  guarded g = guarded_bytes(blocks * type->bytes);
  for (size_t b = 0; b < blocks; b++) {
    uint8_t *block = (uint8_t *)g.start + b * type->bytes;
    int fill = mood == 1 ? (int)random_below(4) : 3;
    for (uint32_t i = 0; i < type->bytes; i++)
      block[i] = fill == 0 ? 0 : fill == 1 ? 255 : fill == 2 ? 0x80 : (uint8_t)random_bits();
    if (mood == 2) continue;
    for (int i = 0; i < 2 && type->halves[i] >= 0; i++) {
      // One of sixteen is subnormal.
      uint16_t half = (uint16_t)((random_below(16) ? 0x2000 + random_below(0x0C00) : random_below(0x400)) |
                                 random_below(2) << 15);
      memcpy(block + type->halves[i], &half, 2);
    }
    if (type->id == CK_MXFP4) block[0] = (uint8_t)(random_below(8) ? 118 + random_below(9) : random_below(4));
    if (type->id == CK_F32 || type->id == CK_BF16) {
      float value = random_float(mood);
      memcpy(block, (uint8_t *)&value + (4 - type->bytes), type->bytes);
    }
  }
  return g;
}

static void check_decode(void) {
  for (int t = 0; t < TYPE_COUNT; t++)
    for (int mood = 0; mood < 3; mood++)
      for (size_t units = 1; units < 40; units = units * 2 + 1) {
        size_t count = units * types[t].elements;
        guarded weights = random_weights(&types[t], units, mood);
        float *expected = malloc(count * 4), *found = malloc(count * 4);
        scalar->decode(types[t].id, weights.start, count, 1.5f, expected);
        fast->decode(types[t].id, weights.start, count, 1.5f, found);
        char what[64];
        snprintf(what, sizeof what, "decode %s, mood %d, %zu blocks", types[t].name, mood, units);
        same_floats(what, expected, found, count);
        free(expected);
        free(found);
        release(weights);
      }
}

// A ck_quantized with guarded cells.
typedef struct {
  ck_quantized q;
  guarded cells;
} quantized;

static quantized new_quantized(uint32_t rows, uint32_t blocks) {
  quantized r = {{.rows = rows, .blocks = blocks}, guarded_bytes((size_t)rows * blocks * sizeof(ck_cell))};
  r.q.cells = r.cells.start;
  return r;
}

static void release_quantized(quantized q) { release(q.cells); }

static void check_quantize(void) {
  for (int mood = 0; mood < 2; mood++)
    for (uint32_t rows = 1; rows < 36; rows += rows < 4 ? 1 : 5)
      for (uint32_t blocks = 1; blocks < 12; blocks += 4) {
        guarded input = random_floats((size_t)rows * blocks * 32, mood);
        float *values = input.start;
        // Ties, a block of zeros, a block too small to scale, a block of equal magnitudes.
        for (int i = 0; i < 32; i++) values[i] = i ? (float)i - 0.5f : 127;
        if (rows > 2) {
          memset(values + blocks * 32, 0, 128);
          for (int i = 0; i < 32; i++) values[2 * blocks * 32 + (uint32_t)i] = i % 2 ? 1e-35f : -1e-36f;
        }
        if (rows > 3)
          for (int i = 0; i < 32; i++) values[3 * blocks * 32 + (uint32_t)i] = i % 2 ? 3.3f : -3.3f;
        quantized expected = new_quantized(rows, blocks), found = new_quantized(rows, blocks);
        for (uint32_t r = 0; r < rows; r++) {
          scalar->quantize_row(values + r * blocks * 32, 0, blocks, &expected.q, r);
          // In two parts, because workers quantize parts of rows.
          fast->quantize_row(values + r * blocks * 32, blocks / 2, blocks - blocks / 2, &found.q, r);
          fast->quantize_row(values + r * blocks * 32, 0, blocks / 2, &found.q, r);
        }
        for (size_t i = 0; i < (size_t)rows * blocks; i++) {
          const ck_cell *e = &expected.q.cells[i], *f = &found.q.cells[i];
          same_floats("scale", &e->scale, &f->scale, 1);
          // Infinities have no int8 value to compare.
          if (mood) continue;
          same_bytes("quantized values", e->values, f->values, 32);
          same_floats("sums", &e->scaled_sum, &f->scaled_sum, 3);
          same_bytes("minus sums", &e->minus_sum_8, &f->minus_sum_8, 16);
        }
        release_quantized(expected);
        release_quantized(found);
        release(input);
      }
}

typedef struct {
  const element_type *type;
  uint32_t rows, columns, inputs;
  int mood;
  bool has_bias, adds, listed;
} product;

static void check_product(product p, ck_panel *panel) {
  const element_type *type = p.type;
  size_t row_bytes = p.columns / type->elements * type->bytes, stride = p.columns + random_below(3);
  guarded weights = random_weights(type, (size_t)p.rows * (p.columns / type->elements), p.mood);
  guarded values = random_floats(stride * p.inputs, p.mood == 2 ? 3 : 0);
  guarded bias = random_floats(p.rows, 0);
  if (p.mood == 1)   // the greatest magnitudes, so that a sum that can overflow does
    for (size_t i = 0; i < stride * p.inputs; i++) ((float *)values.start)[i] = random_below(9) ? 1 : -1;
  bool quantizes = type->elements > 1;
  quantized q = {};
  if (quantizes) {
    q = new_quantized(p.inputs, p.columns / 32);
    for (uint32_t r = 0; r < p.inputs; r++)
      scalar->quantize_row((float *)values.start + r * stride, 0, q.q.blocks, &q.q, r);
  }
  uint32_t indexes[200];
  for (uint32_t i = 0; i < p.inputs; i++) indexes[i] = random_below(p.inputs);
  ck_input input = {values.start, stride, p.listed && !quantizes ? indexes : NULL, p.inputs, q.q};
  size_t output_stride = p.rows + random_below(3), count = output_stride * p.inputs;
  float *outputs[2] = {malloc(count * 4), malloc(count * 4)};
  for (size_t i = 0; i < count; i++) outputs[0][i] = outputs[1][i] = random_unit();
  for (int side = 0; side < 2; side++) {
    ck_multiply_job job = {weights.start, row_bytes, type->id, p.rows, p.columns, p.has_bias ? bias.start : NULL,
                           outputs[side], output_stride, p.adds};
    uint32_t tiles = (p.rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS, half = tiles / 2;
    const ck_kernels *kernels = side ? fast : scalar;
    ck_bytes ahead = {job.weights + half * CK_TILE_ROWS * row_bytes, job.weights + p.rows * row_bytes};
    kernels->multiply(&job, 0, half, &input, panel, ahead);
    kernels->multiply(&job, half, tiles - half, &input, panel, (ck_bytes){0, 0});
  }
  char what[96];
  snprintf(what, sizeof what, "%s, %u x %u weights, %u inputs, mood %d", type->name, p.rows, p.columns, p.inputs,
           p.mood);
  same_floats(what, outputs[0], outputs[1], count);
  free(outputs[0]);
  free(outputs[1]);
  if (quantizes) release_quantized(q);
  release(bias);
  release(values);
  release(weights);
}

static void check_products(void) {
  static const uint32_t inputs[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 19, 31, 33, 63, 65, 130};
  static const uint32_t rows[] = {1, 7, 8, 15, 16, 17, 31, 37};
  static const uint32_t float_columns[] = {1, 15, 16, 17, 83, 256};
  ck_panel *panel = aligned_alloc(64, sizeof *panel);
  for (int t = 0; t < TYPE_COUNT; t++) {
    const element_type *type = &types[t];
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
      for (int mood = 0; mood < 3; mood++) {
        // From one block to more than one chunk, with odd numbers of blocks too.
        uint32_t columns = type->elements == 1    ? float_columns[random_below(6)]
                           : type->elements == 32 ? 32 * (1 + random_below(19))
                                                  : 256 * (1 + random_below(3));
        if (type->elements > 1 && random_below(8) == 0) columns = 256 * 9;
        check_product((product){type, rows[random_below(8)], columns, inputs[i], mood, random_below(2), random_below(2),
                                random_below(2)},
                      panel);
      }
  }
  free(panel);
}

static void check_rows(void) {
  for (int mood = 0; mood < 3; mood++)
    for (uint32_t count = 1; count < 300; count += count < 40 ? 1 : 53) {
      guarded a = random_floats(count, mood), b = random_floats(count, mood ? 1 : 0), c = random_floats(count, 0);
      float expected[300], found[300];
      char what[64];
#define SAME(name) \
  snprintf(what, sizeof what, "%s of %u, mood %d", name, count, mood);   \
  same_floats(what, expected, found, count)
#define INTO(name, ...)                                                  \
  scalar->name(__VA_ARGS__, expected);                                   \
  fast->name(__VA_ARGS__, found);                                        \
  SAME(#name)
      const float *bias = count % 2 ? c.start : NULL;
      INTO(normalize_rms, a.start, count, b.start, bias, 1e-6f);
      INTO(normalize_layer, a.start, count, b.start, bias, 1e-5f);
      for (int kind = CK_SILU; kind <= CK_GELU_SIGMOID; kind++) {
        INTO(activate, kind, a.start, NULL, count);
        INTO(activate, kind, a.start, b.start, count);
      }
      memcpy(expected, c.start, count * 4);
      memcpy(found, c.start, count * 4);
      INTO(add, a.start, count, 0.7f);
      memcpy(expected, a.start, count * 4);
      memcpy(found, a.start, count * 4);
      scalar->softcap(expected, count, 30);
      fast->softcap(found, count, 30);
      SAME("softcap");
      scalar->multiply_by(expected, count, 1.7f);
      fast->multiply_by(found, count, 1.7f);
      SAME("multiply_by");
      for (int interleaved = 0; interleaved < 2; interleaved++) {
        scalar->rotate(expected, b.start, c.start, count / 2, interleaved);
        fast->rotate(found, b.start, c.start, count / 2, interleaved);
        SAME("rotate");
      }
      if (mood < 2) {   // NaN has no order
        float peaks[2] = {scalar->maximum(a.start, count), fast->maximum(a.start, count)};
        same_floats("maximum", &peaks[0], &peaks[1], 1);
        float peak = mood ? 1 : peaks[0];
        memcpy(expected, a.start, count * 4);
        memcpy(found, a.start, count * 4);
        float sums[2] = {scalar->exponentials(expected, count, peak, 0.8f),
                         fast->exponentials(found, count, peak, 0.8f)};
        same_floats("sum of exponentials", &sums[0], &sums[1], 1);
        SAME("exponentials");
      }
      release(a);
      release(b);
      release(c);
    }
}

// Rows that share their first segment and have their own second one; some have a window.
static void check_attention(void) {
  static const uint32_t widths[] = {4, 16, 20, 64, 80};
  for (uint32_t trial = 0; trial < 30; trial++) {
    uint32_t width = widths[random_below(5)], value_width = widths[random_below(5)], heads = 1 + random_below(4);
    uint32_t key_value_heads = heads % 2 ? 1 : 2, row_count = 1 + random_below(9), shared = random_below(70);
    guarded arrays[40];
    int array_count = 0;
    ck_segment segments[16][2];
    ck_attention_row rows[16];
    uint32_t longest = 0;
    for (uint32_t r = 0; r < row_count; r++)
      for (int s = 0; s < 2; s++) {
        uint32_t count = s ? 1 + random_below(40) : shared, blocks = (count + 15) / 16;
        if (s == 0 && r) {
          segments[r][0] = segments[0][0];
          continue;
        }
        size_t keys = (size_t)blocks * 16 * width, values = (size_t)count * value_width;
        guarded k = arrays[array_count++] = random_floats(keys * key_value_heads, 0);
        guarded v = arrays[array_count++] = random_floats(values * key_value_heads, 0);
        segments[r][s] = (ck_segment){k.start, v.start, keys, values, count};
      }
    for (uint32_t r = 0; r < row_count; r++) {
      uint32_t end = shared + segments[r][1].count - random_below(segments[r][1].count);
      rows[r] = (ck_attention_row){segments[r], 2, trial % 3 ? 0 : random_below(end), end};
      longest = end > longest ? end : longest;
    }
    uint32_t stride = heads * width, output_stride = heads * value_width, score_stride = longest + 32;
    guarded queries = random_floats((size_t)row_count * stride, 0);
    size_t count = (size_t)row_count * output_stride;
    float *outputs[2] = {calloc(count, 4), calloc(count, 4)};
    float *scores = malloc((size_t)score_stride * CK_ATTENTION_QUERIES * 4);
    for (int side = 0; side < 2; side++) {
      ck_attention a = {queries.start, stride,          outputs[side], output_stride,   rows,
                        row_count,     heads,           key_value_heads, width,         value_width,
                        0.125f,        trial % 4 ? 0 : 20, score_stride};
      uint32_t total = row_count * heads, first = total / 3;
      (side ? fast : scalar)->attend(&a, 0, first, scores);
      (side ? fast : scalar)->attend(&a, first, total - first, scores);
    }
    char what[64];
    snprintf(what, sizeof what, "attention %u, widths %u and %u", trial, width, value_width);
    same_floats(what, outputs[0], outputs[1], count);
    free(outputs[0]);
    free(outputs[1]);
    free(scores);
    release(queries);
    for (int i = 0; i < array_count; i++) release(arrays[i]);
  }
}

static void check_encode(void) {
  for (int t = 0; t < TYPE_COUNT; t++)
    for (int mood = 0; mood < 4; mood++) {
      guarded input = random_floats(1024, mood);
      uint8_t expected[4096] = {0}, found[4096] = {0};
      if (mood == 3) memset(input.start, 0, 1024);
      bool known = ck_encode(CK_SCALAR, types[t].id, input.start, 1024, expected);
      if (known != ck_encode(fast_id, types[t].id, input.start, 1024, found)) failures++;
      // Numbers that are not finite have no best encoding; encoding them must only not crash.
      if (known && mood % 3 == 0)
        same_bytes(types[t].name, expected, found, 1024 / types[t].elements * types[t].bytes);
      release(input);
    }
}

#include "check_training.h"

int main(void) {
  static const struct {
    int id;
    const char *name;
  } sets[] = {{CK_SCALAR, "scalar"}, {CK_AVX2, "avx2"}, {CK_AVX512VNNI, "avx512"}, {CK_NEON, "neon"},
              {CK_NEON_DOT, "neon-dot"}};
  scalar = ck_kernels_for(CK_SCALAR);
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
    fast = ck_kernels_for(sets[i].id);
    fast_name = sets[i].name;
    fast_id = sets[i].id;
    if (!fast) continue;
    long before = failures;
    checked = 0;
    random_state = 1;
    check_decode();
    check_quantize();
    check_products();
    check_rows();
    check_attention();
    check_encode();
    check_training();
    printf("%-8s %ld comparisons, %ld failures\n", fast_name, checked, failures - before);
  }
  printf("digest   %016llx\n", (unsigned long long)digest);
  return failures ? 1 : 0;
}
