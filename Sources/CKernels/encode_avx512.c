// The encoders for AVX-512.
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), apply_to = function)

#define CK_CONVERTS_HALVES 1
#define CK_ENCODE ck_encode_avx512
#include "encode_blocks.h"

#pragma clang attribute pop
#endif
