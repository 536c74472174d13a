#include "gatefold/adder_graph/form.h"

#include <algorithm>
#include <bit>

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

std::int64_t factor_of(const Digit& digit) { return digit.sign * (std::int64_t{1} << digit.shift); }

}  // namespace

Form sum_of_forms(const Form& a, const Digit& a_digit, const Form& b, const Digit& b_digit) {
  Form sum;
  sum.reserve(a.size() + b.size());
  auto i = a.begin(), j = b.begin();
  while (i != a.end() || j != b.end()) {
    const bool from_a = j == b.end() || (i != a.end() && i->input <= j->input);
    const bool from_b = i == a.end() || (j != b.end() && j->input <= i->input);
    Factor factor{from_a ? i->input : j->input, 0};
    if (from_a) factor.weight += factor_of(a_digit) * (i++)->weight;
    if (from_b) factor.weight += factor_of(b_digit) * (j++)->weight;
    if (factor.weight != 0) sum.push_back(factor);
  }
  return sum;
}

Interval range_of(const Form& form, const Problem& problem) {
  Interval range{0, 0, numeric::max_word_width};
  for (const auto& [input, weight] : form) {
    const auto& source = problem.ranges[static_cast<std::size_t>(input)];
    range.low += (weight > 0 ? source.low : source.high) * weight;
    range.high += (weight > 0 ? source.high : source.low) * weight;
    const int zeros = std::countr_zero(static_cast<std::uint64_t>(weight));
    range.zeros = std::min(range.zeros, source.zeros + zeros);
  }
  return range;
}

}  // namespace gatefold::adder_graph
