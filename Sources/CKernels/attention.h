// Attention of a few queries over segments of keys and values.
// - Scores: lane = position; products are added in the order of the head's columns.
// - Softmax: over one array indexed by absolute position; 16 partial sums by position modulo 16.
// - Values: lane = column; products are added in the order of positions.
// - So a query's result depends neither on other queries nor on how positions are cut into segments.
// - If several queries share a segment, it is read once for all of them.
// Compiled once for each instruction set; CK_(name) gives each its own names.

typedef struct {
  const float *vector;
  const ck_attention_row *row;
  float *scores, *output;
  float inverse;
} CK_(query);

// Scores of `count` queries (at most 8) with `blocks` blocks of 16 keys.
CK_INLINE void CK_(score_block)(const CK_(query) *queries, const int count, const int blocks, const float *keys,
                                uint32_t width, float scale, uint32_t position) {
  f32x16 sums[8];
  for (int i = 0; i < count * blocks; i++) sums[i] = ck_all(0);
  for (uint32_t d = 0; d < width; d++)
    for (int b = 0; b < blocks; b++) {
      f32x16 key = ck_load(keys + ((size_t)b * width + d) * 16);
      for (int i = 0; i < count; i++)
        sums[i * blocks + b] = ck_fma(ck_all(queries[i].vector[d]), key, sums[i * blocks + b]);
    }
  for (int i = 0; i < count; i++)
    for (int b = 0; b < blocks; b++)
      ck_store(queries[i].scores + position + (uint32_t)b * 16, sums[i * blocks + b] * ck_all(scale));
}

// Scores of positions from..<to in a segment whose first position is `base`. Writes up to 15 more scores after `to`.
static void CK_(score)(const CK_(query) *queries, int count, const float *keys, uint32_t base, uint32_t from,
                       uint32_t to, uint32_t width, float scale) {
  uint32_t block = (from - base) / 16, end = (to - base + 15) / 16;
  while (block < end) {
    const float *k = keys + (size_t)block * width * 16;
    uint32_t position = base + block * 16;
    int i = 0, step = 1;
    if (count == 1 && block + 4 <= end) {
      CK_(score_block)(queries, 1, 4, k, width, scale, position);
      step = 4;
    } else if (count < 8 && block + 2 <= end) {
      for (; i + 4 <= count; i += 4) CK_(score_block)(queries + i, 4, 2, k, width, scale, position);
      for (; i + 2 <= count; i += 2) CK_(score_block)(queries + i, 2, 2, k, width, scale, position);
      for (; i < count; i++) CK_(score_block)(queries + i, 1, 2, k, width, scale, position);
      step = 2;
    } else if (count == 8) {
      CK_(score_block)(queries, 8, 1, k, width, scale, position);
    } else {
      for (; i + 4 <= count; i += 4) CK_(score_block)(queries + i, 4, 1, k, width, scale, position);
      for (; i < count; i++) CK_(score_block)(queries + i, 1, 1, k, width, scale, position);
    }
    block += (uint32_t)step;
  }
}

static void CK_(soften)(CK_(query) *query, float softcap) {
  uint32_t start = query->row->start, end = query->row->end;
  uint32_t low = start / 16 * 16, high = (end + 15) / 16 * 16;
  float *scores = query->scores;
  if (softcap > 0) CK_(softcap)(scores + start, end - start, softcap);
  for (uint32_t i = low; i < start; i++) scores[i] = -__builtin_inff();
  for (uint32_t i = end; i < high; i++) scores[i] = -__builtin_inff();
  float peak = CK_(maximum)(scores + low, high - low);
  query->inverse = 1.0f / CK_(exponentials)(scores + low, high - low, peak, 1.0f);
}

// output += scores * values for `count` queries over positions from..<to and `lanes` vectors of 16 columns.
CK_INLINE void CK_(mix_columns)(const CK_(query) *queries, const int count, const int lanes, const float *values,
                                uint32_t width, uint32_t column, uint32_t base, uint32_t from, uint32_t to) {
  f32x16 sums[16];
  for (int i = 0; i < count; i++)
    for (int l = 0; l < lanes; l++) sums[i * lanes + l] = ck_load(queries[i].output + column + l * 16);
  for (uint32_t p = from; p < to; p++) {
    const float *v = values + (size_t)(p - base) * width + column;
    for (int l = 0; l < lanes; l++) {
      f32x16 value = ck_load(v + l * 16);
      for (int i = 0; i < count; i++)
        sums[i * lanes + l] = ck_fma(ck_all(queries[i].scores[p]), value, sums[i * lanes + l]);
    }
  }
  for (int i = 0; i < count; i++)
    for (int l = 0; l < lanes; l++) ck_store(queries[i].output + column + l * 16, sums[i * lanes + l]);
}

static void CK_(mix)(const CK_(query) *queries, int count, const float *values, uint32_t width, uint32_t base,
                     uint32_t from, uint32_t to) {
  if (from >= to) return;
  uint32_t column = 0;
  for (; column + 64 <= width; column += 64) {
    int i = 0;
    for (; i + 4 <= count; i += 4) CK_(mix_columns)(queries + i, 4, 4, values, width, column, base, from, to);
    for (; i + 2 <= count; i += 2) CK_(mix_columns)(queries + i, 2, 4, values, width, column, base, from, to);
    for (; i < count; i++) CK_(mix_columns)(queries + i, 1, 4, values, width, column, base, from, to);
  }
  for (; column + 16 <= width; column += 16) {
    int i = 0;
    for (; i + 4 <= count; i += 4) CK_(mix_columns)(queries + i, 4, 1, values, width, column, base, from, to);
    for (; i < count; i++) CK_(mix_columns)(queries + i, 1, 1, values, width, column, base, from, to);
  }
  for (; column < width; column++)
    for (int i = 0; i < count; i++) {
      float sum = queries[i].output[column];
      for (uint32_t p = from; p < to; p++)
        sum = __builtin_fmaf(queries[i].scores[p], values[(size_t)(p - base) * width + column], sum);
      queries[i].output[column] = sum;
    }
}

CK_INLINE uint32_t CK_(most)(uint32_t a, uint32_t b) { return a > b ? a : b; }

// Scores (first pass) or mixes (second pass) queries that all have segment `index` of queries[0].
static void CK_(attend_segment)(const ck_attention *a, CK_(query) *queries, int count, uint32_t index, uint32_t base,
                                uint32_t head, bool mixes) {
  const ck_segment *segment = &queries[0].row->segments[index];
  uint32_t limit = base + segment->count, first = UINT32_MAX, last = 0, from = base, to = limit;
  for (int i = 0; i < count; i++) {
    uint32_t start = CK_(most)(base, queries[i].row->start), end = ck_smaller(limit, queries[i].row->end);
    first = ck_smaller(first, start);
    last = CK_(most)(last, end);
    from = CK_(most)(from, start);
    to = ck_smaller(to, end);
  }
  if (first >= last) return;
  if (!mixes) {
    const float *keys = segment->keys + head * segment->key_head_stride;
    CK_(score)(queries, count, keys, base, first, last, a->key_width, a->scale);
    return;
  }
  const float *values = segment->values + head * segment->value_head_stride;
  // The positions that all queries see are mixed together, the others query by query before and after them.
  bool together = from < to;
  for (int i = 0; i < count; i++) {
    uint32_t start = CK_(most)(base, queries[i].row->start), end = ck_smaller(limit, queries[i].row->end);
    CK_(mix)(queries + i, 1, values, a->value_width, base, start, together ? from : end);
  }
  if (!together) return;
  CK_(mix)(queries, count, values, a->value_width, base, from, to);
  for (int i = 0; i < count; i++) {
    uint32_t end = ck_smaller(limit, queries[i].row->end);
    CK_(mix)(queries + i, 1, values, a->value_width, base, to, end);
  }
}

static void CK_(attend_pass)(const ck_attention *a, CK_(query) *queries, int count, uint32_t index, uint32_t base,
                             uint32_t head, bool mixes) {
  for (int i = 0; i < count;) {
    const ck_attention_row *row = queries[i].row;
    int run = 1;
    if (index >= row->segment_count || base >= row->end) {
      i++;
      continue;
    }
    while (i + run < count && queries[i + run].row->segment_count > index &&
           queries[i + run].row->segments[index].keys == row->segments[index].keys &&
           queries[i + run].row->segments[index].count == row->segments[index].count)
      run++;
    CK_(attend_segment)(a, queries + i, run, index, base, head, mixes);
    uint32_t next = base + row->segments[index].count;
    // The next segment has the same base for the whole run.
    if (next > base || index + 1 < row->segment_count) CK_(attend_pass)(a, queries + i, run, index + 1, next, head, mixes);
    i += run;
  }
}

// Queries are numbered by key-value head, then row, then head within the group.
static void CK_(attend)(const ck_attention *a, uint32_t first_query, uint32_t query_count, float *scores) {
  uint32_t group = a->head_count / a->key_value_head_count, per_head = group * a->row_count;
  CK_(query) queries[CK_ATTENTION_QUERIES];
  for (uint32_t done = 0; done < query_count;) {
    uint32_t at = first_query + done, head = at / per_head;
    uint32_t count = ck_smaller(query_count - done, ck_smaller((head + 1) * per_head - at, CK_ATTENTION_QUERIES));
    for (uint32_t i = 0; i < count; i++) {
      uint32_t within = (at + i) % per_head, row = within / group, h = head * group + within % group;
      CK_(query) *query = &queries[i];
      query->vector = a->queries + row * a->query_stride + (size_t)h * a->key_width;
      query->row = &a->rows[row];
      query->scores = scores + (size_t)i * a->score_stride;
      query->output = a->output + row * a->output_stride + (size_t)h * a->value_width;
      memset(query->output, 0, a->value_width * sizeof(float));
    }
    CK_(attend_pass)(a, queries, (int)count, 0, 0, head, false);
    for (uint32_t i = 0; i < count; i++) CK_(soften)(&queries[i], a->softcap);
    CK_(attend_pass)(a, queries, (int)count, 0, 0, head, true);
    for (uint32_t i = 0; i < count; i++) CK_(multiply_by)(queries[i].output, a->value_width, queries[i].inverse);
    done += count;
  }
}
