// The kernels for every 64-bit ARM.
#if defined(__aarch64__)

#define CK_(name) ck_neon_##name
#define CK_TABLE ck_kernels_neon
#include "neon.h"

#endif
