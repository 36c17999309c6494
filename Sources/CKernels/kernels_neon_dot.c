// The kernels for 64-bit ARM with dot products of bytes (ARMv8.2 and later: Neoverse N1, Cortex-A76, Apple M1).
#if defined(__aarch64__)

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define CK_HAS_DOT 1
#define CK_(name) ck_neon_dot_##name
#define CK_TABLE ck_kernels_neon_dot
#include "neon.h"

#pragma clang attribute pop
#endif
