// Chooses the kernels of training that this machine can run.

#include "ctraining.h"

extern const ck_training ck_training_scalar;
#if defined(__x86_64__)
extern const ck_training ck_training_avx2, ck_training_avx512, ck_training_avx512_bf16;
#elif defined(__aarch64__)
extern const ck_training ck_training_neon;
#endif

bool ck_training_multiplies_pairs(int instruction_set) {
#if defined(__x86_64__)
  return instruction_set == CK_AVX512VNNI && ck_kernels_for(instruction_set) && __builtin_cpu_supports("avx512bf16");
#else
  (void)instruction_set;
  return false;
#endif
}

const ck_training *ck_training_for(int instruction_set) {
  if (!ck_kernels_for(instruction_set)) return NULL;
  switch (instruction_set) {
#if defined(__x86_64__)
    case CK_AVX2: return &ck_training_avx2;
    case CK_AVX512VNNI:
      return ck_training_multiplies_pairs(instruction_set) ? &ck_training_avx512_bf16 : &ck_training_avx512;
#elif defined(__aarch64__)
    case CK_NEON:
    case CK_NEON_DOT: return &ck_training_neon;
#endif
    default: return &ck_training_scalar;
  }
}
