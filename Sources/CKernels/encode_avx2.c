// The encoders for AVX2.
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_CONVERTS_HALVES 1
#define CK_ENCODE ck_encode_avx2
#include "encode_blocks.h"

#pragma clang attribute pop
#endif
