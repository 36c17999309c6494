// Unpacks zlib, gzip and bare deflate data, piece by piece, and computes CRC-32.
// - Places are indices into the given bytes, so that callers pass whole arrays.
#pragma once

#include <stdint.h>

/// What is around the deflate data.
enum packing { PACKING_ZLIB, PACKING_GZIP, PACKING_BARE };

enum unpacking_state {
  /// More input is wanted, or more room for output.
  UNPACKING_GOES_ON,
  /// The data ended, and its own checksum is right.
  UNPACKING_ENDED,
  UNPACKING_DAMAGED,
  UNPACKING_NO_MEMORY,
};

/// An unpacking that has begun.
struct unpacking;

/// Begins; NULL if there is no memory. `unpacking_end` frees it.
struct unpacking *unpacking_begin(enum packing packing);

/// Unpacks bytes `from`..<`to` of `input` into at most `room` bytes of `output`.
/// `used` gets the number of bytes that were taken, `written` the number of bytes that were made.
enum unpacking_state unpacking_step(struct unpacking *unpacking, const uint8_t *input, int64_t from, int64_t to,
                                    uint8_t *output, int64_t room, int64_t *used, int64_t *written);

void unpacking_end(struct unpacking *unpacking);

/// CRC-32 of ISO 3309 over more bytes; it begins with 0.
uint32_t unpacking_checksum(uint32_t sum, const uint8_t *bytes, int64_t from, int64_t to);
