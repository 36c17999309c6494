#include "unpack.h"

#include <stdlib.h>
#include <zlib.h>

/// The largest window; with 16 zlib expects a gzip header, and negative none at all.
enum { WINDOW_BITS = 15, GZIP_BITS = WINDOW_BITS + 16 };
/// zlib counts with 32 bits.
enum { LARGEST_STEP = 1 << 30 };

struct unpacking {
  z_stream stream;
};

static uInt step(int64_t count) { return (uInt)(count < LARGEST_STEP ? count : LARGEST_STEP); }

struct unpacking *unpacking_begin(enum packing packing) {
  struct unpacking *unpacking = calloc(1, sizeof *unpacking);
  if (!unpacking) return NULL;
  int bits = packing == PACKING_ZLIB ? WINDOW_BITS : packing == PACKING_GZIP ? GZIP_BITS : -WINDOW_BITS;
  if (inflateInit2(&unpacking->stream, bits) == Z_OK) return unpacking;
  free(unpacking);
  return NULL;
}

enum unpacking_state unpacking_step(struct unpacking *unpacking, const uint8_t *input, int64_t from, int64_t to,
                                    uint8_t *output, int64_t room, int64_t *used, int64_t *written) {
  z_stream *stream = &unpacking->stream;
  uInt given = step(to - from), wanted = step(room);
  stream->next_in = (Bytef *)input + from;
  stream->avail_in = given;
  stream->next_out = output;
  stream->avail_out = wanted;
  int result = inflate(stream, Z_NO_FLUSH);
  *used = given - stream->avail_in;
  *written = wanted - stream->avail_out;
  switch (result) {
  case Z_OK:
  // Nothing could be done now: the input is used up, or the room.
  case Z_BUF_ERROR: return UNPACKING_GOES_ON;
  case Z_STREAM_END: return UNPACKING_ENDED;
  case Z_MEM_ERROR: return UNPACKING_NO_MEMORY;
  default: return UNPACKING_DAMAGED;
  }
}

void unpacking_end(struct unpacking *unpacking) {
  if (!unpacking) return;
  inflateEnd(&unpacking->stream);
  free(unpacking);
}

uint32_t unpacking_checksum(uint32_t sum, const uint8_t *bytes, int64_t from, int64_t to) {
  while (from < to) {
    uInt count = step(to - from);
    sum = (uint32_t)crc32(sum, bytes + from, count);
    from += count;
  }
  return sum;
}
