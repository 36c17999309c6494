// Weights on their way from memory: fetched CK_LEAD_BYTES (and at least a tile) before they are read, at the pace at
// which they are read. A tile of 16 rows is one stretch of memory, and no hardware follows 16 rows. After a worker's
// tiles come the first bytes of those it takes next.
#ifndef CK_STREAM_H
#define CK_STREAM_H

#include "internal.h"

enum { CK_LEAD_BYTES = 32768 };

typedef struct {
  ck_bytes now, then;
  size_t block_bytes;        // of a block of 32 in all rows of a tile
} ck_stream;

CK_INLINE ck_stream ck_stream_of(const ck_multiply_job *job, uint32_t tile, uint32_t count, ck_bytes ahead) {
  size_t tile_bytes = CK_TILE_ROWS * job->row_bytes, lead = tile_bytes > CK_LEAD_BYTES ? tile_bytes : CK_LEAD_BYTES;
  size_t total = job->rows * job->row_bytes, from = tile * tile_bytes + lead, to = (tile + count) * tile_bytes;
  if (to > total) to = total;
  if (from > to) from = to;
  if ((size_t)(ahead.end - ahead.start) > lead) ahead.end = ahead.start + lead;
  return (ck_stream){{job->weights + from, job->weights + to}, ahead, tile_bytes / (job->columns / 32)};
}

// The next `bytes`, and perhaps a little beyond the end. Best a few lines at a time: many wait for each other.
CK_INLINE void ck_fetch(ck_stream *stream, size_t bytes) {
  if (stream->now.start >= stream->now.end) {
    if (stream->then.start >= stream->then.end) return;
    stream->now = stream->then;
    stream->then.start = stream->then.end;
  }
  for (size_t done = 0; done < bytes; done += 64) __builtin_prefetch(stream->now.start + done, 0, 2);
  stream->now.start += bytes;
}

#endif
