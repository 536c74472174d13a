#include <cstddef>
#include <cstdint>
#include <span>

#include "gatefold/support/npy.h"

/// Any bytes are read or refused; an array that is read has as many elements as its shape says and
/// comes back the same after being written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto array = gatefold::parse_npy(std::as_bytes(std::span(data, size)), "fuzz.npy");
  if (!array.ok()) return 0;
  std::int64_t count = 1;
  for (const std::int64_t extent : array->shape) {
    if (__builtin_mul_overflow(count, extent, &count)) return 0;  // beside an extent of 0
  }
  const auto held = std::visit([](const auto& values) { return values.size(); }, array->data);
  GATEFOLD_ASSERT(count == static_cast<std::int64_t>(held), "elements and shape differ");
  const std::string text = gatefold::to_npy(*array);
  const auto again = gatefold::parse_npy(std::as_bytes(std::span(text)), "fuzz.npy");
  GATEFOLD_ASSERT(again.ok() && again->shape == array->shape, "written and not read back");
  GATEFOLD_ASSERT(gatefold::to_npy(*again) == text, "other elements after a round trip");
  return 0;
}
