// Chooses the encoders of an instruction set, and holds those without special instructions.

#define CK_ENCODE ck_encode_scalar
#include "encode_blocks.h"

bool ck_encode_avx2(uint32_t type, const float *x, size_t count, uint8_t *out);
bool ck_encode_avx512(uint32_t type, const float *x, size_t count, uint8_t *out);

bool ck_encode(int instruction_set, uint32_t type, const float *x, size_t count, uint8_t *out) {
  switch (instruction_set) {
#if defined(__x86_64__)
    case CK_AVX2: return ck_encode_avx2(type, x, count, out);
    case CK_AVX512VNNI: return ck_encode_avx512(type, x, count, out);
#endif
    default: return ck_encode_scalar(type, x, count, out);
  }
}
