// The kernels of training for AVX-512 with dot products of bf16 pairs (Cooper Lake, Sapphire Rapids, Zen 4 and later).
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c"))), apply_to = function)

#define CK_MULTIPLIES_PAIRS 1
#define CK_(name) ck_training_avx512_bf16_##name
#define CK_TRAINING_TABLE ck_training_avx512_bf16
#define CK_TILE_ROWS_MOST 14
#define CK_TILE_VECTORS 2
#define CK_PAIR_ROWS 14
#define CK_ATTENTION_ROWS 8
#include "training/all.h"

#pragma clang attribute pop
#endif
