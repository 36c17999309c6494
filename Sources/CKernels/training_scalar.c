// The kernels of training without special instructions: what all others equal bit for bit.

#define CK_(name) ck_training_scalar_##name
#define CK_TRAINING_TABLE ck_training_scalar
#define CK_TILE_ROWS_MOST 4
#define CK_TILE_VECTORS 1
#define CK_PAIR_ROWS 4
#define CK_ATTENTION_ROWS 4
#include "training/all.h"
