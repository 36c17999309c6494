// The kernels of training for every 64-bit ARM.
#if defined(__aarch64__)

#include <arm_neon.h>

// 6 x 16 sums are 24 of the 32 registers. A pair of bf16 is multiplied as two floats, which need eight more for the right
// operand: six rows of them would not fit, and three take 49 instructions a step instead of 138 for six.
#define CK_(name) ck_training_neon_##name
#define CK_TRAINING_TABLE ck_training_neon
#define CK_TILE_ROWS_MOST 6
#define CK_TILE_VECTORS 1
#define CK_PAIR_ROWS 3
#define CK_ATTENTION_ROWS 4
#include "training/all.h"

#endif
