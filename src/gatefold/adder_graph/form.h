#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "gatefold/adder_graph/adder_graph.h"

namespace gatefold::adder_graph {

/// One signed digit of a sum: sign * (node << shift).
struct Digit {
  std::int32_t node = 0;
  std::int16_t shift = 0;
  std::int16_t sign = 1;

  friend auto operator<=>(const Digit&, const Digit&) = default;
};

inline Digit negated(Digit digit) {
  digit.sign = static_cast<std::int16_t>(-digit.sign);
  return digit;
}

/// A linear form over the inputs: nonzero weights, by input.
struct Factor {
  std::int32_t input = 0;
  std::int64_t weight = 0;
};
using Form = std::vector<Factor>;

/// The form of the two digits' sum, given the forms of their nodes.
Form sum_of_forms(const Form& a, const Digit& a_digit, const Form& b, const Digit& b_digit);
/// Exact over the box of the inputs' ranges.
numeric::Interval range_of(const Form& form, const Problem& problem);

/// 2^exponent, for exponents from 0 to 1023: the unit of Kraft sums.
inline double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

inline numeric::Interval negated(const numeric::Interval& range) {
  return {-range.high, -range.low, range.zeros};
}
/// Rounded down, of a number from 1 on.
inline int log_2_of(double value) {
  return static_cast<int>(std::bit_cast<std::uint64_t>(value) >> 52) - 1023;
}
/// `sign * (interval << shift)`.
inline numeric::Interval shifted(const numeric::Interval& range, const Digit& digit) {
  const std::int64_t scale = std::int64_t{1} << digit.shift;
  const numeric::Interval moved{range.low * scale, range.high * scale, range.zeros + digit.shift};
  return digit.sign < 0 ? negated(moved) : moved;
}
/// Of a sum whose operands share no input; wider than exact otherwise.
inline numeric::Interval sum_of(const numeric::Interval& a, const numeric::Interval& b) {
  return {a.low + b.low, a.high + b.high, std::min(a.zeros, b.zeros)};
}

}  // namespace gatefold::adder_graph
