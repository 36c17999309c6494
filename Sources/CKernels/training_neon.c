// The kernels of training for every 64-bit ARM.
#if defined(__aarch64__)

#include <arm_neon.h>

// 6 x 16 sums are 24 of the 32 registers.
#define CK_(name) ck_training_neon_##name
#define CK_TRAINING_TABLE ck_training_neon
#define CK_TILE_ROWS_MOST 6
#define CK_TILE_VECTORS 1
#define CK_PAIR_ROWS 6
#define CK_ATTENTION_ROWS 4
#include "training/all.h"

#endif
