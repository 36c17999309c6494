// The kernels of training for AVX-512 (Skylake-X, Ice Lake), which multiply bf16 as floats.
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), apply_to = function)

// 14 x 32 sums are 28 of the 32 registers.
#define CK_(name) ck_training_avx512_##name
#define CK_TRAINING_TABLE ck_training_avx512
#define CK_TILE_ROWS_MOST 14
#define CK_TILE_VECTORS 2
#define CK_PAIR_ROWS 7
#define CK_ATTENTION_ROWS 8
#include "training/all.h"

#pragma clang attribute pop
#endif
