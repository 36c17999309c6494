// Prefetching of weights, at the pace at which they are read.
// - A tile of 16 rows is one range of memory, but hardware prefetchers cannot follow 16 rows at once. After a worker's
//   own tiles come the first bytes of the tiles that it multiplies next.
// - Every cache line is prefetched twice, CK_LEAD_BYTES apart if a worker's tiles are longer than that, because Zen 4
//   drops prefetches if too many are in flight, and one missing line stalls everything. If the first prefetch worked,
//   the second costs only its instruction.
// - For one column (AVX-512) and small tiles the second prefetch goes to the L1 cache.
#ifndef CK_STREAM_H
#define CK_STREAM_H

#include "internal.h"

// The second prefetch is this far ahead of reading, or one tile if that is more. The first is this much further ahead.
enum { CK_LEAD_BYTES = 16384 };

// The largest tile that is prefetched into L1, which must also hold CK_LEAD_BYTES of the next tiles.
enum { CK_NEAR_BYTES = 10240 };

// The bytes to prefetch, in order: the rest of a worker's tiles, then the beginning of its next ones.
typedef struct {
  ck_bytes now, then;
} ck_lead;

typedef struct {
  ck_lead first, second;
  bool near;                 // the second prefetch goes to L1
} ck_stream;

// The starts of the lines that are prefetched for the first and for the second time.
typedef struct {
  const uint8_t *first, *second;
} ck_fetch;

// Bytes of one block of 32 in all rows of a tile.
CK_INLINE size_t ck_block_bytes(ck_format format) {
  return (size_t)CK_TILE_ROWS * 32 * format.block_bytes / format.block_elements;
}

CK_INLINE ck_lead ck_lead_of(const ck_multiply_job *job, uint32_t tile, uint32_t count, ck_bytes ahead, size_t lead) {
  size_t tile_bytes = CK_TILE_ROWS * job->row_bytes, total = job->rows * job->row_bytes;
  size_t from = tile * tile_bytes + lead, to = (tile + count) * tile_bytes;
  if (to > total) to = total;
  if (from > to) from = to;
  if ((size_t)(ahead.end - ahead.start) > lead) ahead.end = ahead.start + lead;
  const ck_bytes now = {job->weights + from, job->weights + to};
  return (ck_lead){now, ahead.start ? ahead : (ck_bytes){now.end, now.end}};
}

CK_INLINE ck_stream ck_stream_of(const ck_multiply_job *job, uint32_t tile, uint32_t count, ck_bytes ahead) {
  size_t tile_bytes = CK_TILE_ROWS * job->row_bytes, lead = tile_bytes > CK_LEAD_BYTES ? tile_bytes : CK_LEAD_BYTES;
  return (ck_stream){ck_lead_of(job, tile, count, ahead, lead + CK_LEAD_BYTES),
                     ck_lead_of(job, tile, count, ahead, lead), tile_bytes <= CK_NEAR_BYTES};
}

// The start of the next `bytes`, or the end if everything is prefetched. Without a branch, so the compiler can schedule
// several blocks together.
CK_INLINE const uint8_t *ck_next_of(ck_lead *lead, size_t bytes) {
  const bool over = lead->now.start >= lead->now.end;
  const uint8_t *start = over ? lead->then.start : lead->now.start;
  lead->now = (ck_bytes){start + bytes, over ? lead->then.end : lead->now.end};
  lead->then.start = over ? lead->then.end : lead->then.start;
  return start;
}

CK_INLINE ck_fetch ck_next_fetch(ck_stream *stream, size_t bytes) {
  return (ck_fetch){ck_next_of(&stream->first, bytes), ck_next_of(&stream->second, bytes)};
}

// Prefetches line `line` if it is inside the bytes. Callers spread the calls out, because many at once stall.
CK_INLINE void ck_fetch_line(ck_fetch fetch, size_t line, size_t bytes, const bool near) {
  if (line * 64 >= bytes) return;
  __builtin_prefetch(fetch.first + line * 64, 0, 2);
  if (near)
    __builtin_prefetch(fetch.second + line * 64, 0, 3);
  else
    __builtin_prefetch(fetch.second + line * 64, 0, 2);
}

#endif
