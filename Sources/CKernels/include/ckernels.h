// The numeric kernels of Copydesk, as Tensors calls them. Plain C; only the pool allocates memory.
// - ck_kernels holds every kernel once for each instruction set. All sets give the same bits.
// - Callers check shapes and ranges; the kernels do not.
// - Results do not depend on how work is split: a row gives the same bits alone and in a batch.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Element types by their id in GGUF files.
enum {
  CK_F32 = 0, CK_F16 = 1, CK_Q4_0 = 2, CK_Q4_1 = 3, CK_Q5_0 = 6, CK_Q5_1 = 7, CK_Q8_0 = 8,
  CK_Q2_K = 10, CK_Q3_K = 11, CK_Q4_K = 12, CK_Q5_K = 13, CK_Q6_K = 14, CK_IQ4_NL = 20,
  CK_IQ4_XS = 23, CK_BF16 = 30, CK_MXFP4 = 39,
};

// 32 activations of a row as int8, with their scale and their sums. A cell is one cache line and starts at a multiple
// of 64, so workers that write neighbouring rows never share a line.
// The negative sums are the zero points' part of a dot product, ready to be added.
typedef struct ck_cell {
  int8_t values[32];
  float scale;               // greatest magnitude / 127
  float scaled_sum;          // scale * sum of the values
  float scaled_half_sum[2];  // of the first and the last 16
  int32_t minus_sum_8;       // -8 times the sum of the values
  int32_t minus_sum_128;
  int32_t minus_half_sum_32[2];
} ck_cell;

// Rows of activations as int8, in blocks of 32 with a scale each.
// Rows are stored in groups of 16; the last group may be narrower. Block b of row c of a group of width w has index
// group * 16 * blocks + b * w + c, so a product reads memory in order.
typedef struct ck_quantized {
  ck_cell *cells;
  uint32_t blocks, rows;
} ck_quantized;

// The activations of a product: rows as floats, and as int8 if any of the weights is quantized.
typedef struct ck_input {
  const float *values;       // row r at values + (indexes ? indexes[r] : r) * stride
  size_t stride;
  const uint32_t *indexes;   // the rows to read, or null for 0..<rows; `quantized` is already gathered
  uint32_t rows;
  ck_quantized quantized;
} ck_input;

// output[row][r] (+)= dot(weights[r], input[row]) + bias[r]
typedef struct ck_multiply_job {
  const uint8_t *weights;
  size_t row_bytes;
  uint32_t type, rows, columns;
  const float *bias;         // null if there is none
  float *output;
  size_t output_stride;
  bool adds;                 // adds to the output instead of replacing it
} ck_multiply_job;

typedef struct ck_bytes {
  const uint8_t *start, *end;
} ck_bytes;

// Room for the decoded weights of a tile of 16 rows; 64-byte aligned.
enum { CK_PANEL_BLOCKS = 64, CK_TILE_ROWS = 16 };
typedef struct ck_panel {
  uint8_t values[CK_PANEL_BLOCKS * 512];     // [block][4 elements][row][element], unsigned
  float scales[CK_PANEL_BLOCKS * 32];        // [block][half][row]
  float minimums[CK_PANEL_BLOCKS * 32];
} ck_panel;

typedef struct ck_segment {
  const float *keys;         // of head 0: [block of 16 positions][keyWidth][16]
  const float *values;       // of head 0: [position][valueWidth]
  size_t key_head_stride, value_head_stride;
  uint32_t count;
} ck_segment;

typedef struct ck_attention_row {
  const ck_segment *segments;
  uint32_t segment_count;
  uint32_t start, end;       // the row attends to absolute positions start..<end
} ck_attention_row;

typedef struct ck_attention {
  const float *queries;      // row r, head h at queries + r * query_stride + h * key_width
  size_t query_stride;
  float *output;             // row r, head h at output + r * output_stride + h * value_width
  size_t output_stride;
  const ck_attention_row *rows;
  uint32_t row_count, head_count, key_value_head_count, key_width, value_width;
  float scale, softcap;      // no soft cap if it is 0
  uint32_t score_stride;     // floats for one query's scores: at least the longest row's end + 32
} ck_attention;

enum { CK_ATTENTION_QUERIES = 8 };           // queries computed together; `scores` has room for this many strides

enum { CK_SILU = 0, CK_GELU_ERF = 1, CK_GELU_TANH = 2, CK_RELU = 3, CK_GELU_SIGMOID = 4 };

typedef struct ck_kernels {
  // The first `count` elements of a row (whole blocks), times scale.
  void (*decode)(uint32_t type, const uint8_t *row, size_t count, float scale, float *output);
  // Blocks first..<first+count of row `row`, which starts at `input`.
  void (*quantize_row)(const float *input, uint32_t first, uint32_t count, ck_quantized *output, uint32_t row);
  // Tiles of 16 weight rows. `ahead` is the weights that the same worker multiplies next; they are prefetched.
  void (*multiply)(const ck_multiply_job *job, uint32_t first_tile, uint32_t tile_count, const ck_input *input,
                   ck_panel *panel, ck_bytes ahead);
  void (*normalize_rms)(const float *input, size_t count, const float *weight, const float *bias, float epsilon,
                        float *output);
  void (*normalize_layer)(const float *input, size_t count, const float *weight, const float *bias, float epsilon,
                          float *output);
  void (*activate)(int kind, const float *gate, const float *up, size_t count, float *output);
  void (*add)(const float *input, size_t count, float scale, float *output);
  void (*softcap)(float *values, size_t count, float cap);
  void (*rotate)(float *head, const float *cosines, const float *sines, size_t pairs, bool interleaved);
  void (*attend)(const ck_attention *attention, uint32_t first_query, uint32_t query_count, float *scores);
  float (*maximum)(const float *values, size_t count);
  // values = exp((values - peak) * scale); returns their sum.
  float (*exponentials)(float *values, size_t count, float peak, float scale);
  void (*multiply_by)(float *values, size_t count, float factor);
} ck_kernels;

enum { CK_SCALAR = 0, CK_AVX2 = 1, CK_AVX512VNNI = 2, CK_NEON = 3, CK_NEON_DOT = 4 };

// The kernels of an instruction set; null if this machine lacks it.
const ck_kernels *ck_kernels_for(int instruction_set);

// Copies the listed rows of `from`, in any order, into `to`, whose rows and blocks are set.
void ck_quantized_gather(const ck_quantized *from, const uint32_t *indexes, ck_quantized *to);

// Threads.
typedef struct ck_pool ck_pool;
int ck_core_count(void);                     // cores that this process may use
typedef void (*ck_body)(void *context, int worker);
ck_pool *ck_pool_new(int workers);           // null if threads cannot be started
void ck_pool_free(ck_pool *pool);
// Runs `body` on every worker; the caller is worker 0. If `alone` is set, only the caller runs it.
void ck_pool_run(ck_pool *pool, bool alone, ck_body body, void *context);
void ck_pool_barrier(ck_pool *pool, int worker);
// A shared loop over 0..<total. All workers begin it; each call of `next` claims one item, or returns `total` if none
// is left. See pool.c.
void ck_pool_loop_begin(ck_pool *pool, int worker, uint32_t total);
uint32_t ck_pool_loop_next(ck_pool *pool, int worker);

// Encodes floats as blocks. `count` is a whole number of blocks. Returns false if the type has no encoder.
bool ck_encode(int instruction_set, uint32_t type, const float *input, size_t count, uint8_t *output);

#endif
