// Compiled with the options that src/gatefold/CMakeLists.txt gives to this file.
#if defined(__AVX512BW__)
#include "gatefold/emulate/kernel_loops.h"

namespace gatefold::emulate {

extern const Kernels avx512_kernels;
const Kernels avx512_kernels = make_kernels("avx512", [] {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
});

}  // namespace gatefold::emulate
#endif
