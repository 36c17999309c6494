// Causal attention of documents, and its gradient; the backward pass computes probabilities again, as FlashAttention-2
// does (arXiv:2307.08691).
// - Queries are the lanes: scores stand transposed, [key][query], so a softmax is vertical, and scores are at once the
//   right operand of the next product.
// - Each element is one chain: scores over the head's columns; sums of a softmax, outputs and gradients of queries over
//   keys in order; gradients of keys and values over the heads of the group, then queries in order.
// - Masked scores have the probability 0 and leave a chain as it is, so the size of blocks changes no bit.
// - Key positions begin at an even number, so pairs (bf16 mode) are the same for all blocks.

enum { CK_(key_block) = 128 };

CK_INLINE size_t CK_(wide)(size_t width) { return (width + CK_LANES_WIDE - 1) / CK_LANES_WIDE * CK_LANES_WIDE; }

static size_t CK_(attention_scratch)(uint32_t queries, uint32_t keys, uint32_t width) {
  (void)queries;
  size_t n = (size_t)keys + 32, wide = CK_(wide)(width) + 16;
  // Keys and values in two layouts, their gradients, the scores of a block of queries twice, its panels.
  return n * wide * 6 + n * CK_LANES_WIDE * 2 + (size_t)CK_(key_block) * CK_LANES_WIDE * 6 + wide * CK_LANES_WIDE * 8 +
         1024;
}

// The next `floats` floats of scratch memory, from a 64-byte boundary.
CK_INLINE float *CK_(take)(float **at, size_t floats) {
  float *start = *at;
  *at += (floats + 15) / 16 * 16;
  return start;
}

// Rows of `width` floats as units along the row: [row][units of width]. The last unit is filled with zero.
CK_INLINE void CK_(keep_rows)(const bool rounds, const float *from, size_t stride, size_t rows, size_t width,
                              uint32_t *to) {
  const size_t units = CK_(units)(rounds, width);
  for (size_t r = 0; r < rows; r++, from += stride, to += units) {
    if (!rounds) {
      memcpy(to, from, width * 4);
      continue;
    }
    size_t i = 0;
    for (; i + 16 <= width; i += 16) CK_(store_pairs)(ck_load(from + i), to + i / 2);
    for (; i < width; i += 2)
      to[i / 2] = CK_(rounded_one)(from[i]) | (i + 1 < width ? CK_(rounded_one)(from[i + 1]) << 16 : 0);
  }
}

// Rows as units down the columns: [units of rows][width].
CK_INLINE void CK_(keep_columns)(const bool rounds, const float *from, size_t stride, size_t rows, size_t width,
                                 uint32_t *to) {
  if (!rounds) {
    for (size_t r = 0; r < rows; r++) memcpy(to + r * width, from + r * stride, width * 4);
    return;
  }
  for (size_t r = 0; r < rows; r += 2, from += 2 * stride, to += width) {
    const bool is_whole = r + 1 < rows;
    size_t i = 0;
    for (; i + 16 <= width; i += 16) {
      u32x16 pair = CK_(pair)(ck_load(from + i), is_whole ? ck_load(from + stride + i) : ck_all(0));
      memcpy(to + i, &pair, 64);
    }
    for (; i < width; i++)
      to[i] = CK_(rounded_one)(from[i]) | (is_whole ? CK_(rounded_one)(from[stride + i]) << 16 : 0);
  }
}

// Tiles of a left operand whose rows are `step` units apart, or whose columns are. Functions of their own, because each
// copy of the tiles is long.
#define CK_ATTENTION_PRODUCT(name, rounds, row_step, depth_step)                                                     \
  static __attribute__((noinline)) void CK_(name)(const uint32_t *left, size_t step, uint32_t rows,                  \
                                                  const uint32_t *right, size_t depth, float *out, size_t stride,    \
                                                  bool adds) {                                                       \
    CK_(tiles)(rounds, left, row_step, depth_step, rows, CK_ATTENTION_ROWS, right, depth, out, stride, adds);        \
  }
CK_ATTENTION_PRODUCT(multiply_float_rows, false, step, 1)
CK_ATTENTION_PRODUCT(multiply_pair_rows, true, step, 1)
CK_ATTENTION_PRODUCT(multiply_float_columns, false, 1, step)
CK_ATTENTION_PRODUCT(multiply_pair_columns, true, 1, step)
#undef CK_ATTENTION_PRODUCT

CK_INLINE void CK_(multiply_rows)(const bool rounds, const uint32_t *left, size_t step, uint32_t rows,
                                  const uint32_t *right, size_t depth, float *out, size_t stride, bool adds) {
  (rounds ? CK_(multiply_pair_rows) : CK_(multiply_float_rows))(left, step, rows, right, depth, out, stride, adds);
}

CK_INLINE void CK_(multiply_columns)(const bool rounds, const uint32_t *left, size_t step, uint32_t rows,
                                     const uint32_t *right, size_t depth, float *out, size_t stride, bool adds) {
  (rounds ? CK_(multiply_pair_columns) : CK_(multiply_float_columns))(left, step, rows, right, depth, out, stride,
                                                                      adds);
}

// Writes [width][lanes] to rows: row l gets column l.
CK_INLINE void CK_(put_transposed)(const float *from, size_t width, uint32_t lanes, float *to, size_t stride) {
  f32x16 v[16];
  for (uint32_t lane = 0; lane < lanes; lane += 16)
    for (size_t d = 0; d < width; d += 16) {
      size_t count = width - d < 16 ? width - d : 16;
      CK_(load_group)(from + d * CK_LANES_WIDE + lane, CK_LANES_WIDE, count, 16, v);
      CK_(transpose)(v);
      for (uint32_t l = lane; l < lanes && l < lane + 16; l++) memcpy(to + l * stride + d, &v[l - lane], count * 4);
    }
}

// The numbers of the lanes of vector v.
CK_INLINE i32x16 CK_(lane_numbers)(int v) {
  return (i32x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + v * 16;
}

CK_INLINE f32x16 CK_(choose)(i32x16 which, f32x16 yes, f32x16 no) {
  return (f32x16)(((u32x16)yes & (u32x16)which) | ((u32x16)no & ~(u32x16)which));
}

// The score of key `key` as the softmax takes it: scaled, capped, and minus infinity if the lane does not see the key.
CK_INLINE f32x16 CK_(finished_score)(const ck_causal *a, f32x16 score, uint32_t key, uint32_t query, int v) {
  score = score * ck_all(a->scale);
  if (a->softcap > 0) score = ck_all(a->softcap) * ck_tanh(score * ck_all(1.0f / a->softcap));
  if (key > query || (a->window > 0 && key + a->window <= query + CK_LANES_WIDE)) {
    i32x16 distance = CK_(lane_numbers)(v) + (int32_t)(query - key);
    i32x16 hidden = distance < 0;
    if (a->window > 0) hidden |= distance >= (int32_t)a->window;
    score = CK_(choose)(hidden, ck_all(-__builtin_inff()), score);
  }
  return score;
}

CK_INLINE void CK_(attend_mode)(const bool rounds, const ck_causal *a, const ck_causal_item *item, float *scratch) {
  const size_t width = a->width, width_units = CK_(units)(rounds, width);
  const uint32_t low = ck_causal_low(item->first_query, a->window), count = item->end_query - low;
  const float *key_rows = a->keys + (item->first_row + low) * a->key_stride + item->head * width;
  const float *value_rows = a->values + (item->first_row + low) * a->value_stride + item->head * width;
  float *at = scratch;
  uint32_t *keys = (uint32_t *)CK_(take)(&at, (count + 16) * width_units);
  uint32_t *values = (uint32_t *)CK_(take)(&at, (count + 16) * width);
  uint32_t *panel = (uint32_t *)CK_(take)(&at, width_units * CK_LANES_WIDE);
  float *result = CK_(take)(&at, width * CK_LANES_WIDE);
  float *scores = CK_(take)(&at, (count + 1) * CK_LANES_WIDE);
  uint32_t *probabilities = rounds ? (uint32_t *)CK_(take)(&at, (count + 1) * CK_LANES_WIDE) : (uint32_t *)scores;
  CK_(keep_rows)(rounds, key_rows, a->key_stride, count, width, keys);
  CK_(keep_columns)(rounds, value_rows, a->value_stride, count, width, values);
  for (uint32_t h = 0; h < a->group; h++)
    for (uint32_t q = item->first_query; q < item->end_query; q += CK_LANES_WIDE) {
      const uint32_t lanes = ck_smaller(item->end_query - q, CK_LANES_WIDE), head = item->head * a->group + h;
      const uint32_t first = ck_causal_low(q, a->window), end = q + lanes, seen = end - first;
      CK_(pack_panel)(rounds, a->queries + (item->first_row + q) * a->query_stride + head * width, a->query_stride,
                      true, width, lanes, CK_LANES_WIDE, panel);
      uint64_t state = CK_(begin_pairs)(rounds);
      CK_(multiply_rows)(rounds, keys + (first - low) * width_units, width_units, seen, panel, width_units, scores,
                         CK_LANES_WIDE, false);
      CK_(end_pairs)(rounds, state);

      f32x16 peaks[CK_TILE_VECTORS], sums[CK_TILE_VECTORS];
      for (int v = 0; v < CK_TILE_VECTORS; v++) peaks[v] = ck_all(-__builtin_inff()), sums[v] = ck_all(0);
      for (uint32_t k = 0; k < seen; k++)
        for (int v = 0; v < CK_TILE_VECTORS; v++) {
          float *score = scores + k * CK_LANES_WIDE + v * 16;
          f32x16 s = CK_(finished_score)(a, ck_load(score), first + k, q, v);
          ck_store(score, s);
          peaks[v] = ck_max(peaks[v], s);
        }
      if (seen % 2) memset(scores + seen * CK_LANES_WIDE, 0, CK_LANES_WIDE * 4);
      for (uint32_t k = 0; k < seen; k += 2)
        for (int v = 0; v < CK_TILE_VECTORS; v++) {
          float *score = scores + k * CK_LANES_WIDE + v * 16;
          f32x16 even = ck_exp(ck_load(score) - peaks[v]), odd = ck_all(0);
          sums[v] = sums[v] + even;
          if (k + 1 < seen) {
            odd = ck_exp(ck_load(score + CK_LANES_WIDE) - peaks[v]);
            sums[v] = sums[v] + odd;
          }
          if (rounds) {
            u32x16 pair = CK_(pair)(even, odd);
            memcpy(probabilities + k / 2 * CK_LANES_WIDE + v * 16, &pair, 64);
          } else {
            ck_store(score, even);
            if (k + 1 < seen) ck_store(score + CK_LANES_WIDE, odd);
          }
        }

      state = CK_(begin_pairs)(rounds);
      CK_(multiply_columns)(rounds, values + CK_(units)(rounds, first - low) * width, width, (uint32_t)width,
                            probabilities, CK_(units)(rounds, seen), result, CK_LANES_WIDE, false);
      CK_(end_pairs)(rounds, state);
      for (size_t d = 0; d < width; d++)
        for (int v = 0; v < CK_TILE_VECTORS; v++) {
          float *r = result + d * CK_LANES_WIDE + v * 16;
          ck_store(r, ck_load(r) / sums[v]);
        }
      CK_(put_transposed)(result, width, lanes, a->output + (item->first_row + q) * a->output_stride + head * width,
                          a->output_stride);
      for (uint32_t l = 0; l < lanes; l++)
        a->log_sums[(item->first_row + q + l) * a->log_sum_stride + head] =
            (float)((double)peaks[l / 16][l % 16] + __builtin_log((double)sums[l / 16][l % 16]));
    }
}

static void CK_(attend_causally)(const ck_causal *a, const ck_causal_item *item, float *scratch) {
  if (a->rounds)
    CK_(attend_mode)(true, a, item, scratch);
  else
    CK_(attend_mode)(false, a, item, scratch);
}

// 16 partial sums by index modulo 16, added in a fixed order.
CK_INLINE float CK_(inner)(const float *a, const float *b, size_t count) {
  f32x16 sums = ck_all(0);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) sums = ck_fma(ck_load(a + i), ck_load(b + i), sums);
  if (i < count) sums = ck_fma(ck_load_part(a + i, count - i), ck_load_part(b + i, count - i), sums);
  return ck_sum(sums);
}

// The panels of a block of queries that its gradient reads: of queries and of output gradients, both with queries as
// lanes and with columns as lanes.
typedef struct {
  uint32_t *queries, *output_gradients;            // [units of width][lanes]
  uint32_t *query_rows, *output_gradient_rows;     // [panel of columns][units of queries][lanes]
  float log_sums[CK_LANES_WIDE] __attribute__((aligned(64)));
  float means[CK_LANES_WIDE] __attribute__((aligned(64)));      // output . its gradient
} CK_(query_block);

CK_INLINE void CK_(load_query_block)(const bool rounds, const ck_causal *a, size_t row, uint32_t lanes, uint32_t head,
                                     CK_(query_block) *block) {
  const size_t width = a->width, panel = CK_(units)(rounds, lanes) * CK_LANES_WIDE;
  const float *queries = a->queries + row * a->query_stride + head * width;
  const float *gradients = a->output_gradient + row * a->output_gradient_stride + head * width;
  CK_(pack_panel)(rounds, queries, a->query_stride, true, width, lanes, CK_LANES_WIDE, block->queries);
  CK_(pack_panel)(rounds, gradients, a->output_gradient_stride, true, width, lanes, CK_LANES_WIDE,
                  block->output_gradients);
  for (size_t c = 0; c < width; c += CK_LANES_WIDE) {
    size_t some = width - c < CK_LANES_WIDE ? width - c : CK_LANES_WIDE, to = c / CK_LANES_WIDE * panel;
    CK_(pack_panel)(rounds, queries + c, a->query_stride, false, lanes, some, CK_LANES_WIDE, block->query_rows + to);
    CK_(pack_panel)(rounds, gradients + c, a->output_gradient_stride, false, lanes, some, CK_LANES_WIDE,
                    block->output_gradient_rows + to);
  }
  memset(block->log_sums, 0, sizeof block->log_sums);
  memset(block->means, 0, sizeof block->means);
  for (uint32_t l = 0; l < lanes; l++) {
    block->log_sums[l] = a->log_sums[(row + l) * a->log_sum_stride + head];
    block->means[l] = CK_(inner)(a->output + (row + l) * a->output_stride + head * width,
                                 gradients + l * a->output_gradient_stride, width);
  }
}

// What a block of scores becomes: probabilities and gradients of scores, each as the left operand of the sums over
// queries, and the gradients also as the right operand of the sum over keys. Without rounding these are one memory.
typedef struct {
  float *scores, *gradients;                       // [key][lanes]
  uint32_t *probability_rows, *gradient_rows;            // [key][units of lanes]
  uint32_t *gradient_columns;                      // [units of keys][lanes]
} CK_(score_memory);

CK_INLINE void CK_(score_gradients)(const bool rounds, const ck_causal *a, const CK_(query_block) *block, uint32_t key,
                                    uint32_t keys, uint32_t query, const CK_(score_memory) *m) {
  for (uint32_t k = 0; k < keys; k++)
    for (int v = 0; v < CK_TILE_VECTORS; v++) {
      float *score = m->scores + k * CK_LANES_WIDE + v * 16, *gradient = m->gradients + k * CK_LANES_WIDE + v * 16;
      f32x16 s = CK_(finished_score)(a, ck_load(score), key + k, query, v);
      f32x16 probability = ck_exp(s - ck_load(block->log_sums + v * 16));
      f32x16 g = probability * (ck_load(gradient) - ck_load(block->means + v * 16));
      if (a->softcap > 0) {
        f32x16 t = ck_max(s, ck_all(-a->softcap)) * ck_all(1.0f / a->softcap);   // a hidden score stays finite
        g = g * (ck_all(1) - t * t);
      }
      ck_store(score, probability);
      ck_store(gradient, g * ck_all(a->scale));
    }
  if (!rounds) return;
  if (keys % 2) memset(m->gradients + keys * CK_LANES_WIDE, 0, CK_LANES_WIDE * 4);
  CK_(keep_rows)(true, m->scores, CK_LANES_WIDE, keys, CK_LANES_WIDE, m->probability_rows);
  CK_(keep_rows)(true, m->gradients, CK_LANES_WIDE, keys, CK_LANES_WIDE, m->gradient_rows);
  for (uint32_t k = 0; k < keys; k += 2)
    for (int v = 0; v < CK_TILE_VECTORS; v++) {
      const float *g = m->gradients + k * CK_LANES_WIDE + v * 16;
      u32x16 pair = CK_(pair)(ck_load(g), ck_load(g + CK_LANES_WIDE));
      memcpy(m->gradient_columns + k / 2 * CK_LANES_WIDE + v * 16, &pair, 64);
    }
}

CK_INLINE void CK_(attend_backward_mode)(const bool rounds, const ck_causal *a, const ck_causal_item *item,
                                         float *scratch) {
  const size_t width = a->width, width_units = CK_(units)(rounds, width), wide = CK_(wide)(width);
  const uint32_t low = ck_causal_low(item->first_query, a->window), count = item->end_query - low;
  const float *key_rows = a->keys + (item->first_row + low) * a->key_stride + item->head * width;
  const float *value_rows = a->values + (item->first_row + low) * a->value_stride + item->head * width;
  const size_t lane_units = CK_(units)(rounds, CK_LANES_WIDE), block_floats = CK_(key_block) * CK_LANES_WIDE;
  float *at = scratch;
  uint32_t *keys = (uint32_t *)CK_(take)(&at, (count + 16) * width_units);
  uint32_t *values = (uint32_t *)CK_(take)(&at, (count + 16) * width_units);
  uint32_t *key_columns = rounds ? (uint32_t *)CK_(take)(&at, (count + 16) * width) : keys;
  float *key_gradient = CK_(take)(&at, (count + 16) * wide);
  float *value_gradient = CK_(take)(&at, (count + 16) * wide);
  float *query_gradient = CK_(take)(&at, width * CK_LANES_WIDE);
  CK_(query_block) block;
  block.queries = (uint32_t *)CK_(take)(&at, width_units * CK_LANES_WIDE);
  block.output_gradients = (uint32_t *)CK_(take)(&at, width_units * CK_LANES_WIDE);
  block.query_rows = (uint32_t *)CK_(take)(&at, wide * CK_LANES_WIDE);
  block.output_gradient_rows = (uint32_t *)CK_(take)(&at, wide * CK_LANES_WIDE);
  CK_(score_memory) m;
  m.scores = CK_(take)(&at, block_floats + CK_LANES_WIDE);
  m.gradients = CK_(take)(&at, block_floats + CK_LANES_WIDE);
  m.probability_rows = rounds ? (uint32_t *)CK_(take)(&at, block_floats) : (uint32_t *)m.scores;
  m.gradient_rows = rounds ? (uint32_t *)CK_(take)(&at, block_floats) : (uint32_t *)m.gradients;
  m.gradient_columns = rounds ? (uint32_t *)CK_(take)(&at, block_floats) : (uint32_t *)m.gradients;

  CK_(keep_rows)(rounds, key_rows, a->key_stride, count, width, keys);
  CK_(keep_rows)(rounds, value_rows, a->value_stride, count, width, values);
  if (rounds) CK_(keep_columns)(true, key_rows, a->key_stride, count, width, key_columns);
  memset(key_gradient, 0, count * wide * 4);
  memset(value_gradient, 0, count * wide * 4);
  for (uint32_t h = 0; h < a->group; h++)
    for (uint32_t q = item->first_query; q < item->end_query; q += CK_LANES_WIDE) {
      const uint32_t lanes = ck_smaller(item->end_query - q, CK_LANES_WIDE), head = item->head * a->group + h;
      const uint32_t end = q + lanes;
      const size_t row = item->first_row + q, depth = CK_(units)(rounds, lanes);
      CK_(load_query_block)(rounds, a, row, lanes, head, &block);
      memset(query_gradient, 0, width * CK_LANES_WIDE * 4);
      for (uint32_t key = ck_causal_low(q, a->window); key < end; key += CK_(key_block)) {
        const uint32_t some = ck_smaller(end - key, CK_(key_block));
        const size_t place = key - low;
        uint64_t state = CK_(begin_pairs)(rounds);
        CK_(multiply_rows)(rounds, keys + place * width_units, width_units, some, block.queries, width_units, m.scores,
                           CK_LANES_WIDE, false);
        CK_(multiply_rows)(rounds, values + place * width_units, width_units, some, block.output_gradients, width_units,
                           m.gradients, CK_LANES_WIDE, false);
        CK_(end_pairs)(rounds, state);
        CK_(score_gradients)(rounds, a, &block, key, some, q, &m);
        state = CK_(begin_pairs)(rounds);
        for (size_t c = 0; c < wide; c += CK_LANES_WIDE) {
          const size_t panel = c * depth;
          CK_(multiply_rows)(rounds, m.probability_rows, lane_units, some, block.output_gradient_rows + panel, depth,
                             value_gradient + place * wide + c, wide, true);
          CK_(multiply_rows)(rounds, m.gradient_rows, lane_units, some, block.query_rows + panel, depth,
                             key_gradient + place * wide + c, wide, true);
        }
        CK_(multiply_columns)(rounds, key_columns + CK_(units)(rounds, place) * width, width, (uint32_t)width,
                              m.gradient_columns, CK_(units)(rounds, some), query_gradient, CK_LANES_WIDE, true);
        CK_(end_pairs)(rounds, state);
      }
      CK_(put_transposed)(query_gradient, width, lanes,
                          a->query_gradient + row * a->query_gradient_stride + head * width, a->query_gradient_stride);
    }
  for (uint32_t k = 0; k < count; k++) {
    memcpy(item->key_gradient + k * item->gradient_stride, key_gradient + k * wide, width * 4);
    memcpy(item->value_gradient + k * item->gradient_stride, value_gradient + k * wide, width * 4);
  }
}

static void CK_(attend_backward)(const ck_causal *a, const ck_causal_item *item, float *scratch) {
  if (a->rounds)
    CK_(attend_backward_mode)(true, a, item, scratch);
  else
    CK_(attend_backward_mode)(false, a, item, scratch);
}
