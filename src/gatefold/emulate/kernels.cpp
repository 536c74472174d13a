#include "gatefold/emulate/kernels.h"

#include <limits>
#include <vector>

#include "gatefold/emulate/kernel_loops.h"

namespace gatefold::emulate {
namespace {

constexpr Kernels baseline = make_kernels("baseline", [] { return true; });

template <typename T>
bool holds(const numeric::Interval& range) {
  return range.low >= std::numeric_limits<T>::min() && range.high <= std::numeric_limits<T>::max();
}

}  // namespace

#if defined(GATEFOLD_X86_KERNELS)
extern const Kernels avx2_kernels, avx512_kernels;
#endif

Lane lane_of(const numeric::Interval& range) {
  if (holds<std::int16_t>(range)) return Lane::Int16;
  return holds<std::int32_t>(range) ? Lane::Int32 : Lane::Int64;
}

std::span<const Kernels* const> usable_kernels() {
  static const std::vector<const Kernels*> usable = [] {
    std::vector<const Kernels*> all;
#if defined(GATEFOLD_X86_KERNELS)
    for (const Kernels* kernels : {&avx512_kernels, &avx2_kernels})
      if (kernels->is_usable()) all.push_back(kernels);
#endif
    all.push_back(&baseline);
    return all;
  }();
  return usable;
}

}  // namespace gatefold::emulate
