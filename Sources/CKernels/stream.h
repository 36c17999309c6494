// Weights on their way from memory: fetched CK_LEAD_BYTES (and at least a tile) before they are read, at the pace at
// which they are read. A tile of 16 rows is one stretch of memory, and no hardware follows 16 rows. After a worker's
// tiles come the first bytes of those it takes next.
#ifndef CK_STREAM_H
#define CK_STREAM_H

#include "internal.h"

enum { CK_LEAD_BYTES = 32768 };

typedef struct {
  ck_bytes now, then;
} ck_stream;

// Bytes of a block of 32 in all rows of a tile.
CK_INLINE size_t ck_block_bytes(ck_format format) {
  return (size_t)CK_TILE_ROWS * 32 * format.block_bytes / format.block_elements;
}

CK_INLINE ck_stream ck_stream_of(const ck_multiply_job *job, uint32_t tile, uint32_t count, ck_bytes ahead) {
  size_t tile_bytes = CK_TILE_ROWS * job->row_bytes, lead = tile_bytes > CK_LEAD_BYTES ? tile_bytes : CK_LEAD_BYTES;
  size_t total = job->rows * job->row_bytes, from = tile * tile_bytes + lead, to = (tile + count) * tile_bytes;
  if (to > total) to = total;
  if (from > to) from = to;
  if ((size_t)(ahead.end - ahead.start) > lead) ahead.end = ahead.start + lead;
  const ck_bytes now = {job->weights + from, job->weights + to};
  return (ck_stream){now, ahead.start ? ahead : (ck_bytes){now.end, now.end}};
}

// Where the next `bytes` to be fetched start. No branch, so that several blocks are one stretch of code to the compiler;
// when all is fetched it is the end, again and again.
CK_INLINE const uint8_t *ck_next_fetch(ck_stream *stream, size_t bytes) {
  const bool over = stream->now.start >= stream->now.end;
  const uint8_t *start = over ? stream->then.start : stream->now.start;
  stream->now = (ck_bytes){start + bytes, over ? stream->then.end : stream->now.end};
  stream->then.start = over ? stream->then.end : stream->then.start;
  return start;
}

// Fetches line `line` of the bytes from `start` on, where there are so many. Best one at a time: many wait for each other.
CK_INLINE void ck_fetch_line(const uint8_t *start, size_t line, size_t bytes) {
  if (line * 64 < bytes) __builtin_prefetch(start + line * 64, 0, 2);
}

#endif
