// The kernels of training for AVX2 with FMA (Haswell, Zen and later).
#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

// 6 x 16 sums are twelve of the sixteen registers.
#define CK_(name) ck_training_avx2_##name
#define CK_TRAINING_TABLE ck_training_avx2
#define CK_TILE_ROWS_MOST 6
#define CK_TILE_VECTORS 1
#define CK_PAIR_ROWS 3
#define CK_ATTENTION_ROWS 4
#include "training/all.h"

#pragma clang attribute pop
#endif
