// The kernels of training, as Tensors calls them: products with gradients, attention and its gradient, rows, loss,
// optimizer. Plain C; nothing here allocates memory.
// - Every element of a result is one fixed chain of operations, so the bits depend neither on how work is split nor on
//   the instruction set.
// - Callers check shapes and ranges; the kernels do not.
// - `rounds` means bf16 mode: the operands of products are rounded to bf16 (nearest even) and meet in pairs. A pair
//   (a0, a1) (b0, b1) adds fma(a0, b0, fma(a1, b1, sum)), and denormal numbers count as zero; that is what the
//   instruction vdpbf16ps of Zen 4 does. Sums are floats.
#ifndef CTRAINING_H
#define CTRAINING_H

#include "ckernels.h"

// A packed left operand is blocks of tile_rows rows: [block][depth][tile_rows] floats, or, in bf16 mode,
// [block][pair of depth][tile_rows] pairs. The last block has the same size as the others.
typedef struct ck_product {
  const void *left;
  uint32_t rows, depth, columns;
  uint32_t right_type;               // the element type of the right operand
  const uint8_t *right;
  size_t right_row_bytes;
  bool right_transposed;             // true: element (k, c) stands in row c; false: in row k
  bool adds;                         // the sums start with the output instead of zero
  bool rounds;
  float *output;
  size_t output_stride;
  void (*decode)(uint32_t type, const uint8_t *row, size_t count, float scale, float *output);
} ck_product;

// The right operand is packed in strips of at most CK_STRIP_COLUMNS columns and CK_DEPTH_UNITS rows, or, in bf16 mode,
// pairs of rows, which is a whole number of blocks of every element type.
enum { CK_STRIP_COLUMNS = 256, CK_DEPTH_UNITS = 256, CK_DECODED_FLOATS = 512 };
enum { CK_PRODUCT_SCRATCH_FLOATS = CK_STRIP_COLUMNS * CK_DEPTH_UNITS + 16 * CK_DECODED_FLOATS };

// Causal attention of a batch of documents. Head h of a row stands at h * width.
typedef struct ck_causal {
  const float *queries, *keys, *values;
  size_t query_stride, key_stride, value_stride;
  float *output, *log_sums;          // log_sums: row r, head h at log_sums + r * log_sum_stride + h
  size_t output_stride, log_sum_stride;
  const float *output_gradient;
  size_t output_gradient_stride;
  float *query_gradient;
  size_t query_gradient_stride;
  uint32_t group;                    // query heads for each key-value head
  uint32_t width;
  uint32_t window;                   // a row sees itself and window - 1 rows before it; 0 = all before it
  float scale, softcap;              // no soft cap if it is 0
  bool rounds;
} ck_causal;

// One key-value head and some queries of one document.
typedef struct ck_causal_item {
  uint32_t first_row;                // the document's first row in the batch
  uint32_t head;                     // key-value head
  uint32_t first_query, end_query;   // positions inside the document
  // Of position ck_causal_low(…) on; rows are gradient_stride apart and overwritten.
  float *key_gradient, *value_gradient;
  size_t gradient_stride;
} ck_causal_item;

// The first key that an item's queries may see, rounded down to an even number.
static inline uint32_t ck_causal_low(uint32_t first_query, uint32_t window) {
  return window == 0 || first_query + 1 <= window ? 0 : (first_query + 1 - window) & ~1u;
}

// Kinds of norms.
enum { CK_NORM_RMS = 0, CK_NORM_LAYER = 1 };

typedef struct ck_adam {
  float decay;                       // 1 - learning rate * weight decay
  float first_rate;                  // 1 - beta1
  float beta2, second_rate;          // beta2, 1 - beta2
  float step;                        // learning rate / (1 - beta1^t)
  float root_correction;             // sqrt(1 - beta2^t)
  float epsilon;
  float gradient_scale;              // of the gradient before everything else; from clipping
} ck_adam;

typedef struct ck_training {
  uint32_t tile_rows;                // rows of a block of a packed left operand
  uint32_t attention_lanes;          // queries that attention computes together

  // Packs blocks first_block..<first_block + block_count. Element (r, k) stands at values[r * stride + k], or, if
  // `transposed`, at values[k * stride + r].
  void (*pack)(const float *values, size_t stride, bool transposed, uint32_t rows, uint32_t depth, bool rounds,
               uint32_t first_block, uint32_t block_count, void *packed);
  // Row blocks and columns of a product. first_column is a multiple of 16 and of the right operand's block, columns at
  // most CK_STRIP_COLUMNS. scratch: CK_PRODUCT_SCRATCH_FLOATS floats, 64-byte aligned.
  void (*multiply)(const ck_product *product, uint32_t first_block, uint32_t block_count, uint32_t first_column,
                   uint32_t columns, float *scratch);

  // Floats of scratch that an item of `queries` queries and `keys` keys needs.
  size_t (*attention_scratch)(uint32_t queries, uint32_t keys, uint32_t width);
  void (*attend)(const ck_causal *attention, const ck_causal_item *item, float *scratch);
  void (*attend_backward)(const ck_causal *attention, const ck_causal_item *item, float *scratch);

  // statistics: mean (0 for RMS) and 1 / root of the mean square or of the variance, kept for the backward pass.
  void (*normalize)(int kind, const float *input, size_t count, const float *weight, const float *bias, float epsilon,
                    float *output, float *statistics);
  void (*normalize_backward)(int kind, const float *input, const float *weight, const float *statistics,
                             const float *output_gradient, size_t count, bool adds, float *input_gradient);
  // weight_gradient[c] += sum of output_gradient * normalized input over rows, then heads; bias_gradient may be null.
  void (*normalize_weights)(int kind, const float *input, size_t stride, const float *statistics,
                            size_t statistics_stride, const float *output_gradient, size_t gradient_stride,
                            uint32_t rows, uint32_t heads, size_t head_width, uint32_t first_column, uint32_t columns,
                            float *weight_gradient, float *bias_gradient);
  // `up` and `up_gradient` are null if there is no gate. Gradients may replace output_gradient.
  void (*activate_backward)(int kind, const float *gate, const float *up, const float *output_gradient, size_t count,
                            float *gate_gradient, float *up_gradient);
  void (*rotate_backward)(float *head, const float *cosines, const float *sines, size_t pairs, bool interleaved);
  // gradient *= 1 - (capped / cap)^2
  void (*softcap_backward)(const float *capped, size_t count, float cap, float *gradient);
  // Rounds each value to bf16 (nearest even), in place and, as bf16, in `halves`.
  void (*round_row)(float *values, size_t count, uint16_t *halves);
  // output[c] += sum over rows of input[row][c]
  void (*sum_rows)(const float *input, size_t stride, uint32_t rows, uint32_t columns, float *output);

  // Replaces a row of logits by the gradient of factor * loss, if `gradient`; returns the loss.
  double (*cross_entropy)(float *logits, size_t count, uint32_t label, float softcap, float factor, bool gradient);

  void (*adam)(const ck_adam *adam, const float *gradient, size_t count, float *weights, float *first, float *second);
  double (*sum_of_squares)(const float *values, size_t count);
} ck_training;

// The kernels of an instruction set of ckernels.h; null if this machine lacks it.
const ck_training *ck_training_for(int instruction_set);

// True if those kernels multiply pairs of bf16 by an instruction.
bool ck_training_multiplies_pairs(int instruction_set);

#endif
