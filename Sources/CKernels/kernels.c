// Chooses the kernels that this machine can run, and holds helpers that need no vectors.

#include "internal.h"
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

const ck_kernels *ck_kernels_for(int instruction_set) {
  switch (instruction_set) {
    case CK_SCALAR: return &ck_kernels_scalar;
#if defined(__x86_64__)
    case CK_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
                 ? &ck_kernels_avx2
                 : NULL;
    case CK_AVX512VNNI:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                     __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("fma")
                 ? &ck_kernels_avx512
                 : NULL;
#endif
#if defined(__aarch64__)
    // Every 64-bit ARM has NEON. Dot products of bytes came with ARMv8.2.
    case CK_NEON: return &ck_kernels_neon;
    case CK_NEON_DOT: return getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? &ck_kernels_neon_dot : NULL;
#endif
    default: return NULL;
  }
}

void ck_quantized_gather(const ck_quantized *from, const uint32_t *indexes, ck_quantized *to) {
  for (uint32_t row = 0; row < to->rows; row++)
    for (uint32_t block = 0; block < to->blocks; block++)
      to->cells[ck_index(to, row, block)] = from->cells[ck_index(from, indexes[row], block)];
}
