// output (+)= left * right, in tiles of registers.
// - Each element is one chain: its sum over the depth in order, one fused multiply-add a term (bf16 mode: two a pair).
// - The left operand is packed once for all workers. The right one is packed strip by strip by the worker that
//   multiplies it; quantized blocks are decoded on the way.
// - A strip of the right operand stays in the L2 cache while the blocks of the left one pass by, each of which stays in
//   L1 for the strip's panels.

CK_INLINE void CK_(pack_blocks)(const bool rounds, const float *values, size_t stride, const bool transposed,
                                uint32_t rows, uint32_t depth, uint32_t first_block, uint32_t block_count,
                                uint32_t *packed) {
  f32x16 v[16];
  for (uint32_t block = first_block; block < first_block + block_count; block++) {
    uint32_t row = block * CK_TILE_ROWS_MOST;
    // Up to 16 rows are read, because whole vectors load faster; those of the next block are not stored.
    size_t some = rows - row < 16 ? rows - row : 16;
    uint32_t *to = packed + (size_t)block * CK_TILE_ROWS_MOST * CK_(units)(rounds, depth);
    if (rounds && !transposed) {
      CK_(pack_pairs)(values + row * stride, stride, depth, some, CK_TILE_ROWS_MOST, CK_TILE_ROWS_MOST, to);
      continue;
    }
    for (size_t k = 0; k < depth; k += 16) {
      size_t count = depth - k < 16 ? depth - k : 16;
      if (transposed)
        CK_(load_group)(values + k * stride + row, stride, count, some, v);
      else
        CK_(load_group_transposed)(values + row * stride + k, stride, count, some, v);
      CK_(store_group)(rounds, v, count, CK_TILE_ROWS_MOST, CK_TILE_ROWS_MOST,
                       to + CK_(units)(rounds, k) * CK_TILE_ROWS_MOST);
    }
  }
}

static void CK_(pack)(const float *values, size_t stride, bool transposed, uint32_t rows, uint32_t depth, bool rounds,
                      uint32_t first_block, uint32_t block_count, void *packed) {
  if (rounds && transposed)
    CK_(pack_blocks)(true, values, stride, true, rows, depth, first_block, block_count, packed);
  else if (rounds)
    CK_(pack_blocks)(true, values, stride, false, rows, depth, first_block, block_count, packed);
  else if (transposed)
    CK_(pack_blocks)(false, values, stride, true, rows, depth, first_block, block_count, packed);
  else
    CK_(pack_blocks)(false, values, stride, false, rows, depth, first_block, block_count, packed);
}

// Some bytes of each of some rows of the right operand, as they lie in memory.
typedef struct {
  const uint8_t *start;
  size_t stride, bytes;
  uint32_t rows;
} CK_(part);

// Rows first_row..<first_row + depth and columns first_column..<first_column + columns; both begin with a block.
CK_INLINE CK_(part) CK_(part_of)(const ck_product *p, uint32_t first_row, uint32_t depth, uint32_t first_column,
                                 uint32_t columns) {
  const ck_format format = ck_format_of(p->right_type);
  const bool transposed = p->right_transposed;
  const size_t row = transposed ? first_column : first_row, first = transposed ? first_row : first_column;
  const size_t count = transposed ? depth : columns;
  return (CK_(part)){p->right + row * p->right_row_bytes + first / format.block_elements * format.block_bytes,
                     p->right_row_bytes,
                     (count + format.block_elements - 1) / format.block_elements * format.block_bytes,
                     transposed ? columns : depth};
}

// Fetches rows first..<end into the L2 cache. Weights of a file come from memory, in runs that are too short for the
// processor to see them coming.
CK_INLINE void CK_(fetch_rows)(const CK_(part) *part, uint32_t first, uint32_t end) {
  for (uint32_t row = first; row < end && row < part->rows; row++)
    for (size_t byte = 0; byte < part->bytes; byte += 64)
      __builtin_prefetch(part->start + row * part->stride + byte, 0, 2);
}

// Rows first..<first + count of a part (at most 16) as lanes first..<first + 16 of the panels. They stand at `from`,
// `stride` floats apart.
CK_INLINE void CK_(pack_lanes)(const bool rounds, const float *from, size_t stride, uint32_t first, uint32_t count,
                               uint32_t depth, uint32_t *panels) {
  const size_t panel_units = CK_(units)(rounds, depth) * CK_LANES_WIDE;
  CK_(pack_panel)(rounds, from, stride, true, depth, count, 16,
                  panels + first / CK_LANES_WIDE * panel_units + first % CK_LANES_WIDE);
}

// Rows first..<first + count of a part (at most 16) as the same rows of the panels.
CK_INLINE void CK_(pack_rows)(const bool rounds, const float *from, size_t stride, uint32_t first, uint32_t count,
                              uint32_t depth, uint32_t columns, uint32_t *panels) {
  const size_t panel_units = CK_(units)(rounds, depth) * CK_LANES_WIDE;
  for (uint32_t c = 0; c < columns; c += CK_LANES_WIDE)
    CK_(pack_panel)(rounds, from + c, stride, false, count, ck_smaller(columns - c, CK_LANES_WIDE), CK_LANES_WIDE,
                    panels + c / CK_LANES_WIDE * panel_units + CK_(units)(rounds, first) * CK_LANES_WIDE);
}

// Numbers that are bf16 already are units once they stand in pairs: here two of a row, which become lanes.
CK_INLINE void CK_(pack_bfloats_transposed)(const CK_(part) *part, uint32_t depth, uint32_t columns, uint32_t *panels) {
  const size_t units = CK_(units)(true, depth);
  f32x16 v[16];
  for (uint32_t c = 0; c < CK_(whole_panels)(columns); c += 16) {
    const size_t some = c >= columns ? 0 : ck_smaller(columns - c, 16);
    uint32_t *to = panels + c / CK_LANES_WIDE * units * CK_LANES_WIDE + c % CK_LANES_WIDE;
    CK_(fetch_rows)(part, c + 16, c + 32);
    for (size_t u = 0; u < units; u += 16) {
      for (size_t l = 0; l < 16; l++) {
        const uint8_t *from = part->start + (c + l) * part->stride + u * 4;
        v[l] = l < some ? (f32x16)CK_(load_pairs)(from, depth - 2 * u) : ck_all(0);
      }
      CK_(transpose)(v);
      for (size_t i = 0; i < 16 && u + i < units; i++) memcpy(to + (u + i) * CK_LANES_WIDE, &v[i], 64);
    }
  }
}

// Here one of a row with one of the next row.
CK_INLINE void CK_(pack_bfloats)(const CK_(part) *part, uint32_t depth, uint32_t columns, uint32_t *panels) {
  const size_t units = CK_(units)(true, depth);
  for (uint32_t u = 0; u < units; u++) {
    const uint8_t *first = part->start + 2 * u * part->stride, *second = first + part->stride;
    CK_(fetch_rows)(part, 2 * u + 16, 2 * u + 18);
    for (uint32_t c = 0; c < CK_(whole_panels)(columns); c += 16) {
      const size_t some = c >= columns ? 0 : ck_smaller(columns - c, 16);
      u32x16 pair = CK_(load_bfloats)(first + (size_t)c * 2, some);
      if (2 * u + 1 < depth) pair = pair | CK_(load_bfloats)(second + (size_t)c * 2, some) << 16;
      memcpy(panels + c / CK_LANES_WIDE * units * CK_LANES_WIDE + u * CK_LANES_WIDE + c % CK_LANES_WIDE, &pair, 64);
    }
  }
}

// Packs a part of the right operand as panels [panel][depth][lanes]. `decoded` has room for 16 rows of
// CK_DECODED_FLOATS floats.
CK_INLINE void CK_(pack_part)(const bool rounds, const ck_product *p, const CK_(part) *part, uint32_t depth,
                              uint32_t columns, float *decoded, uint32_t *panels) {
  const bool transposed = p->right_transposed, is_float = p->right_type == CK_F32;
  if (rounds && p->right_type == CK_BF16) {
    if (transposed)
      CK_(pack_bfloats_transposed)(part, depth, columns, panels);
    else
      CK_(pack_bfloats)(part, depth, columns, panels);
    return;
  }
  for (uint32_t row = 0; row < (transposed ? CK_(whole_panels)(columns) : depth); row += 16) {
    const uint32_t count = row >= part->rows ? 0 : ck_smaller(part->rows - row, 16);
    const uint8_t *start = part->start + row * part->stride;
    CK_(fetch_rows)(part, row + 16, row + 32);
    for (uint32_t r = 0; r < count && !is_float; r++)
      p->decode(p->right_type, start + r * part->stride, transposed ? depth : columns, 1,
                decoded + (size_t)r * CK_DECODED_FLOATS);
    const float *from = is_float ? (const float *)start : decoded;
    const size_t stride = is_float ? part->stride / 4 : CK_DECODED_FLOATS;
    if (transposed)
      CK_(pack_lanes)(rounds, from, stride, row, count, depth, panels);
    else
      CK_(pack_rows)(rounds, from, stride, row, count, depth, columns, panels);
  }
}

// One block of rows and one panel. A panel that reaches past the last column is computed in `edge`.
CK_INLINE void CK_(multiply_panel)(const bool rounds, const uint32_t *left, uint32_t rows, const uint32_t *panel,
                                   size_t depth, float *out, size_t stride, uint32_t columns, bool adds) {
  float edge[CK_TILE_ROWS_MOST * CK_LANES_WIDE] __attribute__((aligned(64)));
  float *to = out;
  size_t step = stride;
  if (columns < CK_LANES_WIDE) {
    to = edge, step = CK_LANES_WIDE;
    memset(edge, 0, sizeof edge);
    if (adds)
      for (uint32_t r = 0; r < rows; r++) memcpy(edge + r * CK_LANES_WIDE, out + r * stride, columns * 4);
  }
  const int most = rounds ? CK_PAIR_ROWS : CK_TILE_ROWS_MOST;
  CK_(tiles)(rounds, left, 1, CK_TILE_ROWS_MOST, rows, most, panel, depth, to, step, adds);
  if (columns < CK_LANES_WIDE)
    for (uint32_t r = 0; r < rows; r++) memcpy(out + r * stride, edge + r * CK_LANES_WIDE, columns * 4);
}

CK_INLINE void CK_(multiply_mode)(const bool rounds, const ck_product *p, uint32_t first_block, uint32_t block_count,
                                  uint32_t first_column, uint32_t columns, float *scratch) {
  uint32_t *panels = (uint32_t *)scratch;
  float *decoded = scratch + CK_STRIP_COLUMNS * CK_DEPTH_UNITS;
  const uint32_t most = rounds ? 2 * CK_DEPTH_UNITS : CK_DEPTH_UNITS;
  const size_t left_units = CK_(units)(rounds, p->depth) * CK_TILE_ROWS_MOST;
  for (uint32_t k = 0; k < p->depth; k += most) {
    uint32_t depth = ck_smaller(p->depth - k, most);
    size_t depth_units = CK_(units)(rounds, depth);
    const CK_(part) part = CK_(part_of)(p, k, depth, first_column, columns);
    CK_(pack_part)(rounds, p, &part, depth, columns, decoded, panels);
    // The part after it is fetched while this one is multiplied, some rows with each panel.
    const uint32_t after = k + depth;
    const CK_(part) later = CK_(part_of)(p, after, ck_smaller(p->depth - after, most), first_column, columns);
    const uint32_t share = after < p->depth ? later.rows / (block_count * (columns / CK_LANES_WIDE + 1)) + 1 : 0;
    uint32_t fetched = 0;
    uint64_t state = CK_(begin_pairs)(rounds);
    for (uint32_t block = first_block; block < first_block + block_count; block++) {
      const uint32_t *left = (const uint32_t *)p->left + block * left_units + CK_(units)(rounds, k) * CK_TILE_ROWS_MOST;
      uint32_t row = block * CK_TILE_ROWS_MOST, rows = ck_smaller(p->rows - row, CK_TILE_ROWS_MOST);
      // The next block of the left operand is fetched meanwhile, a part with each panel, and each panel's next tile.
      const size_t block_lines = depth_units * CK_TILE_ROWS_MOST / 16;
      const size_t lines = block_lines * CK_LANES_WIDE / columns + 1;
      const uint32_t *next = left + left_units;
      for (uint32_t c = 0; c < columns; c += CK_LANES_WIDE) {
        CK_(fetch_rows)(&later, fetched, fetched + share);
        fetched += share;
        if (block + 1 < first_block + block_count)
          for (size_t line = 0; line < lines; line++, next += 16) __builtin_prefetch(next, 0, 2);
        for (uint32_t r = 0; r < rows; r++)
          for (uint32_t l = 0; l < CK_LANES_WIDE; l += 16)
            __builtin_prefetch(p->output + (row + r) * p->output_stride + first_column + c + CK_LANES_WIDE + l, 1, 3);
        CK_(multiply_panel)(rounds, left, rows, panels + c * depth_units, depth_units,
                            p->output + row * p->output_stride + first_column + c, p->output_stride,
                            ck_smaller(columns - c, CK_LANES_WIDE), p->adds || k > 0);
      }
    }
    CK_(end_pairs)(rounds, state);
  }
}

static void CK_(multiply)(const ck_product *p, uint32_t first_block, uint32_t block_count, uint32_t first_column,
                          uint32_t columns, float *scratch) {
  if (p->rounds)
    CK_(multiply_mode)(true, p, first_block, block_count, first_column, columns, scratch);
  else
    CK_(multiply_mode)(false, p, first_block, block_count, first_column, columns, scratch);
}
