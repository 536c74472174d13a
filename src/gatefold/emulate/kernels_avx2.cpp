// Compiled with the options that src/gatefold/CMakeLists.txt gives to this file.
#if defined(__AVX2__)
#include "gatefold/emulate/kernel_loops.h"

namespace gatefold::emulate {

extern const Kernels avx2_kernels;
const Kernels avx2_kernels =
    make_kernels("avx2", [] { return __builtin_cpu_supports("avx2") != 0; });

}  // namespace gatefold::emulate
#endif
