#include "gatefold/numeric/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gatefold::numeric {

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    GATEFOLD_ASSERT(extent >= 0, "extent of an axis");
    GATEFOLD_ASSERT(!__builtin_mul_overflow(count, extent, &count),
                    "a tensor of over 2^63 elements");
  }
  return count;
}

std::string to_string(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

}  // namespace gatefold::numeric
