// All kernels of training. Compiled once for each instruction set, whose file defines:
// - CK_(name): a name of its own for each function; CK_TRAINING_TABLE: the name of the table.
// - CK_TILE_ROWS_MOST x CK_TILE_VECTORS vectors of 16: the sums that a product keeps in registers.
// - CK_PAIR_ROWS: as many rows if pairs are multiplied; fewer if their halves take registers of their own.
// - CK_ATTENTION_ROWS: the rows of attention's tiles; heads are mostly multiples of it.
// - CK_MULTIPLIES_PAIRS: if there is an instruction for pairs of bf16.
#include "../vectors.h"
#include "ctraining.h"
#include "units.h"
#include "products.h"
#include "attention.h"
#include "rows.h"
#include "optimizer.h"
#include "table.h"
