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

// Decodes elements first..<first + count of row `row`; `first` begins a block.
static void CK_(decode_part)(const ck_product *p, uint32_t row, uint32_t first, uint32_t count, float *to) {
  ck_format format = ck_format_of(p->right_type);
  p->decode(p->right_type,
            p->right + row * p->right_row_bytes + (size_t)first / format.block_elements * format.block_bytes, count, 1,
            to);
}

// Packs rows first_row..<first_row + depth and columns first_column..<first_column + columns of the right operand as
// panels [panel][depth][lanes]. `decoded` has room for 16 rows of 256 floats.
CK_INLINE void CK_(pack_strip)(const bool rounds, const ck_product *p, uint32_t first_row, uint32_t depth,
                               uint32_t first_column, uint32_t columns, float *decoded, uint32_t *panels) {
  const size_t panel_units = CK_(units)(rounds, depth) * CK_LANES_WIDE;
  const bool is_float = p->right_type == CK_F32;
  f32x16 v[16];
  for (uint32_t c = 0; c < (columns + CK_LANES_WIDE - 1) / CK_LANES_WIDE * CK_LANES_WIDE; c += 16) {
    uint32_t some = c >= columns ? 0 : ck_smaller(columns - c, 16);
    uint32_t *panel = panels + c / CK_LANES_WIDE * panel_units + c % CK_LANES_WIDE;
    if (!p->right_transposed && !is_float && c != 0) break;
    if (p->right_transposed && !is_float)
      for (uint32_t l = 0; l < some; l++)
        CK_(decode_part)(p, first_column + c + l, first_row, depth, decoded + (size_t)l * CK_DEPTH_BLOCK);
    for (uint32_t k = 0; k < depth; k += 16) {
      uint32_t count = ck_smaller(depth - k, 16);
      if (p->right_transposed) {
        const float *from = is_float ? (const float *)(p->right + (first_column + c) * p->right_row_bytes) + first_row
                                     : decoded;
        CK_(load_group_transposed)(from + k, is_float ? p->right_row_bytes / 4 : CK_DEPTH_BLOCK, count, some, v);
        CK_(store_group)(rounds, v, count, 16, CK_LANES_WIDE, panel + CK_(units)(rounds, k) * CK_LANES_WIDE);
      } else if (is_float) {
        const float *from = (const float *)(p->right + (first_row + k) * p->right_row_bytes) + first_column + c;
        CK_(load_group)(from, p->right_row_bytes / 4, count, some, v);
        CK_(store_group)(rounds, v, count, 16, CK_LANES_WIDE, panel + CK_(units)(rounds, k) * CK_LANES_WIDE);
      } else {
        // Whole blocks are decoded, so all columns of 16 rows are packed together.
        for (uint32_t r = 0; r < count; r++)
          CK_(decode_part)(p, first_row + k + r, first_column, columns, decoded + (size_t)r * CK_STRIP_COLUMNS);
        for (uint32_t l = 0; l < (columns + CK_LANES_WIDE - 1) / CK_LANES_WIDE * CK_LANES_WIDE; l += 16) {
          CK_(load_group)(decoded + l, CK_STRIP_COLUMNS, count, l >= columns ? 0 : ck_smaller(columns - l, 16), v);
          CK_(store_group)(rounds, v, count, 16, CK_LANES_WIDE,
                           panels + l / CK_LANES_WIDE * panel_units + l % CK_LANES_WIDE +
                               CK_(units)(rounds, k) * CK_LANES_WIDE);
        }
      }
    }
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
  float *decoded = scratch + CK_STRIP_COLUMNS * CK_DEPTH_BLOCK;
  const size_t left_units = CK_(units)(rounds, p->depth) * CK_TILE_ROWS_MOST;
  for (uint32_t k = 0; k < p->depth; k += CK_DEPTH_BLOCK) {
    uint32_t depth = ck_smaller(p->depth - k, CK_DEPTH_BLOCK);
    size_t depth_units = CK_(units)(rounds, depth);
    CK_(pack_strip)(rounds, p, k, depth, first_column, columns, decoded, panels);
    uint64_t state = CK_(begin_pairs)(rounds);
    for (uint32_t block = first_block; block < first_block + block_count; block++) {
      const uint32_t *left = (const uint32_t *)p->left + block * left_units + CK_(units)(rounds, k) * CK_TILE_ROWS_MOST;
      uint32_t row = block * CK_TILE_ROWS_MOST, rows = ck_smaller(p->rows - row, CK_TILE_ROWS_MOST);
      // The next block of the left operand is fetched meanwhile, a part with each panel, and each panel's next tile.
      const size_t block_lines = depth_units * CK_TILE_ROWS_MOST / 16, part = block_lines * CK_LANES_WIDE / columns + 1;
      const uint32_t *next = left + left_units;
      for (uint32_t c = 0; c < columns; c += CK_LANES_WIDE) {
        if (block + 1 < first_block + block_count)
          for (size_t line = 0; line < part; line++, next += 16) __builtin_prefetch(next, 0, 2);
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
