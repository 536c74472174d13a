#include "gatefold/adder_graph/signed_digits.h"

#include <bit>

namespace gatefold::adder_graph {

void append_canonical(std::int32_t node, std::int64_t weight, std::vector<Digit>& digits) {
  for (std::int16_t shift = 0; weight != 0; ++shift, weight /= 2) {
    if (weight % 2 == 0) continue;
    const auto sign = static_cast<std::int16_t>(2 - (weight & 3));
    digits.push_back({node, shift, sign});
    weight -= sign;
  }
}

void append_low(std::int32_t node, std::int64_t weight, std::vector<Digit>& digits) {
  const std::size_t begin = digits.size();
  append_canonical(node, weight, digits);
  if (digits.size() < begin + 2) return;
  Digit& top = digits.back();
  Digit& next = digits[digits.size() - 2];
  if (top.sign == next.sign || top.shift != next.shift + 2) return;
  next.sign = top.sign;
  --top.shift;
}

int canonical_count(std::int64_t weight) {
  // Digits of w are where w and 3w differ (Reitwiesner), seen in magnitude.
  const auto magnitude = static_cast<std::uint64_t>(weight < 0 ? -weight : weight);
  return std::popcount(magnitude ^ (magnitude * 3));
}

}  // namespace gatefold::adder_graph
