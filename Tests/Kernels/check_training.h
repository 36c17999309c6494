// The kernels of training, compared as the others are. Included by check.c.
// - In bf16 mode inputs are ordinary numbers, because architectures differ in what they flush to zero at the edge.

#include "ctraining.h"

static const ck_training *scalar_training, *fast_training;

typedef struct {
  uint32_t rows, depth, columns;
  bool left_transposed, right_transposed, rounds, adds;
  uint32_t type;
  guarded left, right;
  size_t right_row_bytes;
} training_product;

static guarded run_training_product(const ck_training *t, const ck_kernels *k, const training_product *p) {
  guarded output = guarded_bytes((size_t)p->rows * p->columns * 4);
  for (size_t i = 0; i < (size_t)p->rows * p->columns; i++) ((float *)output.start)[i] = (float)(i % 5) - 2;
  uint32_t blocks = (p->rows + t->tile_rows - 1) / t->tile_rows;
  size_t units = p->rounds ? (p->depth + 1) / 2 : p->depth;
  guarded packed = guarded_bytes((size_t)blocks * t->tile_rows * units * 4);
  float *scratch = aligned_alloc(64, CK_PRODUCT_SCRATCH_FLOATS * 4);
  t->pack(p->left.start, p->left_transposed ? p->rows : p->depth, p->left_transposed, p->rows, p->depth, p->rounds, 0,
          blocks, packed.start);
  ck_product product = {packed.start, p->rows, p->depth, p->columns, p->type, p->right.start, p->right_row_bytes,
                        p->right_transposed, p->adds, p->rounds, output.start, p->columns, k->decode};
  for (uint32_t c = 0; c < p->columns; c += CK_STRIP_COLUMNS)
    t->multiply(&product, 0, blocks, c, p->columns - c < CK_STRIP_COLUMNS ? p->columns - c : CK_STRIP_COLUMNS, scratch);
  free(scratch);
  release(packed);
  return output;
}

static void check_training_product(training_product p, int mood) {
  p.left = random_floats((size_t)p.rows * p.depth, mood);
  uint32_t lines = p.right_transposed ? p.columns : p.depth, length = p.right_transposed ? p.depth : p.columns;
  for (int i = 0; i < TYPE_COUNT; i++) {
    if (types[i].id != p.type) continue;
    p.right_row_bytes = (size_t)length / types[i].elements * types[i].bytes;
    p.right = p.type == CK_F32 ? random_floats((size_t)lines * length, mood)
                               : random_weights(&types[i], (size_t)lines * (length / types[i].elements), 0);
    guarded expected = run_training_product(scalar_training, scalar, &p);
    guarded found = run_training_product(fast_training, fast, &p);
    same_floats("training product", expected.start, found.start, (size_t)p.rows * p.columns);
    release(expected), release(found), release(p.right);
  }
  release(p.left);
}

static void check_training_products(void) {
  static const uint32_t sizes[][3] = {{1, 1, 1}, {13, 7, 31}, {15, 33, 17}, {29, 260, 70}, {16, 1051, 33}, {6, 2, 290}, {100, 17, 33}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int layout = 0; layout < 8; layout++)
      for (int mood = 0; mood < 4; mood++) {
        bool rounds = layout & 4;
        if (rounds && mood) continue;
        check_training_product((training_product){.rows = sizes[i][0], .depth = sizes[i][1], .columns = sizes[i][2],
                                                  .left_transposed = layout & 1, .right_transposed = layout & 2,
                                                  .rounds = rounds, .adds = mood & 1, .type = CK_F32}, mood);
      }
  for (int i = 0; i < TYPE_COUNT; i++)
    for (int layout = 0; layout < 4; layout++)
      check_training_product((training_product){.rows = 17, .depth = layout & 1 ? 768 : 19,
                                                .columns = layout & 1 ? 19 : 512, .right_transposed = layout & 1,
                                                .rounds = layout & 2, .type = types[i].id}, 0);
}

enum { ATTENTION_ROWS = 150, ATTENTION_ARRAYS = 6 };

// Output, sums, and gradients of queries, keys and values of one document.
static void run_training_attention(const ck_training *t, ck_causal a, guarded *results) {
  const size_t wide = (size_t)a.group * a.width, n = ATTENTION_ROWS;
  const size_t counts[] = {n * wide, n * a.group, n * wide, n * a.width, n * a.width};
  for (int i = 0; i < 5; i++) results[i] = guarded_bytes(counts[i] * 4);
  a.output = results[0].start, a.log_sums = results[1].start, a.query_gradient = results[2].start;
  a.output_stride = a.query_gradient_stride = a.output_gradient_stride = a.query_stride = wide;
  a.key_stride = a.value_stride = a.width, a.log_sum_stride = a.group;
  float *scratch = aligned_alloc(64, (t->attention_scratch(n, n, a.width) * 4 + 63) / 64 * 64);
  ck_causal_item item = {0, 0, 0, ATTENTION_ROWS, results[3].start, results[4].start, a.width};
  t->attend(&a, &item, scratch);
  t->attend_backward(&a, &item, scratch);
  free(scratch);
}

static void check_training_attention(void) {
  static const uint32_t widths[] = {1, 8, 21, 48};
  for (int i = 0; i < 16; i++) {
    ck_causal a = {.group = 1 + (uint32_t)i % 3, .width = widths[i % 4], .window = i & 4 ? 37 : 0, .scale = 0.3f,
                   .softcap = i & 2 ? 4 : 0, .rounds = i & 8};
    const size_t wide = (size_t)a.group * a.width;
    guarded q = random_floats(ATTENTION_ROWS * wide, 0), dy = random_floats(ATTENTION_ROWS * wide, 0);
    guarded k = random_floats(ATTENTION_ROWS * a.width, 0), v = random_floats(ATTENTION_ROWS * a.width, 0);
    a.queries = q.start, a.keys = k.start, a.values = v.start, a.output_gradient = dy.start;
    guarded expected[5], found[5];
    run_training_attention(scalar_training, a, expected);
    run_training_attention(fast_training, a, found);
    const size_t counts[] = {wide, a.group, wide, a.width, a.width};
    for (int r = 0; r < 5; r++) {
      same_floats("training attention", expected[r].start, found[r].start, counts[r] * ATTENTION_ROWS);
      release(expected[r]), release(found[r]);
    }
    release(q), release(dy), release(k), release(v);
  }
}

static void run_training_rows(const ck_training *t, const ck_kernels *k, size_t n, guarded *in, float *out) {
  const float *x = in[0].start, *w = in[1].start, *dy = in[2].start, *b = in[3].start;
  float statistics[2];
  (void)k;
  for (int kind = CK_NORM_RMS; kind <= CK_NORM_LAYER; kind++) {
    t->normalize(kind, x, n, w, b, 1e-5f, out, statistics), out += n;
    memcpy(out, statistics, 8), out += 2;
    memcpy(out, b, n * 4);
    t->normalize_backward(kind, x, w, statistics, dy, n, true, out), out += n;
    memcpy(out, w, n * 4), memcpy(out + n, b, n * 4);
    t->normalize_weights(kind, x, n, statistics, 2, dy, n, 1, 1, n, 0, (uint32_t)n, out, out + n), out += 2 * n;
  }
  for (int kind = CK_SILU; kind <= CK_GELU_SIGMOID; kind++) {
    t->activate_backward(kind, x, w, dy, n, out, out + n), out += 2 * n;
    t->activate_backward(kind, x, NULL, dy, n, out, NULL), out += n;
  }
  memcpy(out, dy, n * 4);
  t->softcap_backward(x, n, 0.75f, out), out += n;
  memcpy(out, dy, n * 4);
  t->rotate_backward(out, x, w, n / 2, false), t->rotate_backward(out, w, b, n / 2, true), out += n;
  memcpy(out, w, n * 4);
  t->sum_rows(x, n, 1, (uint32_t)n, out), out += n;
  uint16_t halves[512];
  memcpy(out, x, n * 4);
  t->round_row(out, n, halves), out += n;
  for (size_t i = 0; i < n; i++) *out++ = halves[i];
  for (int capped = 0; capped < 2; capped++) {
    memcpy(out, x, n * 4);
    float loss = (float)t->cross_entropy(out, n, (uint32_t)(n / 3), capped ? 5 : 0, 0.25f, true);
    out += n, *out++ = loss;
  }
  ck_adam adam = {0.999f, 0.1f, 0.95f, 0.05f, 1e-3f, 0.3f, 1e-8f, 0.5f};
  memcpy(out, w, n * 4), memcpy(out + n, b, n * 4);
  for (size_t i = 0; i < n; i++) out[2 * n + i] = x[i] * x[i];
  t->adam(&adam, dy, n, out, out + n, out + 2 * n), out += 3 * n;
  *out++ = (float)t->sum_of_squares(x, n);
}

static void check_training_rows(void) {
  static const size_t widths[] = {1, 2, 15, 16, 17, 64, 333};
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
    for (int mood = 0; mood < 4; mood++) {
      const size_t n = widths[i], count = 33 * n + 7;
      guarded in[4];
      for (int j = 0; j < 4; j++) in[j] = random_floats(n, mood);
      guarded expected = guarded_bytes(count * 4), found = guarded_bytes(count * 4);
      run_training_rows(scalar_training, scalar, n, in, expected.start);
      run_training_rows(fast_training, fast, n, in, found.start);
      same_floats("training rows", expected.start, found.start, count);
      for (int j = 0; j < 4; j++) release(in[j]);
      release(expected), release(found);
    }
}

static void check_training(void) {
  scalar_training = ck_training_for(CK_SCALAR);
  const ck_training *tables[2] = {ck_training_for(fast_id), NULL};
#if defined(__x86_64__)
  // The form without an instruction for pairs, which this machine would not choose.
  extern const ck_training ck_training_avx512;
  if (ck_training_multiplies_pairs(fast_id)) tables[1] = &ck_training_avx512;
#endif
  for (int i = 0; i < 2 && tables[i]; i++) {
    fast_training = tables[i];
    check_training_products();
    check_training_attention();
    check_training_rows();
  }
}
