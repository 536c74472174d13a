#include "gatefold/adder_graph/builder.h"

#include <algorithm>
#include <bit>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

int bit_length(std::int64_t value) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
}

Interval sum_of(const Interval& a, const Interval& b) {
  return {a.low + b.low, a.high + b.high, std::min(a.zeros, b.zeros)};
}

Digit relative(Digit digit, int base) {
  digit.shift = static_cast<std::int16_t>(digit.shift - base);
  return digit;
}

Digit negated(Digit digit) {
  digit.sign = static_cast<std::int16_t>(-digit.sign);
  return digit;
}

}  // namespace

int top_of(const Interval& range) {
  if (range.low == 0 && range.high == 0) return 0;
  return std::max(bit_length(range.low), bit_length(range.high)) + (range.low < 0 ? 1 : 0);
}

Interval shifted(const Interval& range, const Digit& digit) {
  const std::int64_t factor = static_cast<std::int64_t>(digit.sign) << digit.shift;
  const auto [low, high] = std::minmax({range.low * factor, range.high * factor});
  return {low, high, range.zeros + digit.shift};
}

int adder_bits(const Interval& a, const Interval& b, bool subtract, const Interval& sum) {
  const bool a_finer = a.zeros < b.zeros;
  const Interval& finer = a_finer ? a : b;
  const bool finer_subtracted = subtract && !a_finer && a.zeros != b.zeros;
  const int coarse = std::max(a.zeros, b.zeros);
  if (!finer_subtracted && finer.low >= 0 && top_of(finer) <= coarse) return 0;
  return std::max(0, top_of(sum) - (finer_subtracted ? finer.zeros : coarse));
}

Builder::Builder(const Problem& problem) : inputs_(problem.inputs) {
  for (int i = 0; i < inputs_; ++i) {
    const auto& range = problem.ranges[index(i)];
    const int depth = problem.depths.empty() ? 0 : problem.depths[index(i)];
    forms_.push_back({i, 1});
    nodes_.push_back({range, depth, top_of(range), forms_.size() - 1, forms_.size()});
  }
}

std::span<const Builder::Factor> Builder::form(int node) const {
  const auto& entry = nodes_[index(node)];
  return std::span(forms_).subspan(entry.form_begin, entry.form_end - entry.form_begin);
}

void Builder::append_form(const Digit& a, const Digit& b) {
  const auto scale = [](const Digit& digit, std::int64_t weight) {
    return weight * (static_cast<std::int64_t>(digit.sign) << digit.shift);
  };
  std::size_t i = nodes_[index(a.node)].form_begin, j = nodes_[index(b.node)].form_begin;
  const std::size_t i_end = nodes_[index(a.node)].form_end, j_end = nodes_[index(b.node)].form_end;
  while (i < i_end || j < j_end) {
    const bool from_a = j == j_end || (i < i_end && forms_[i].input <= forms_[j].input);
    const bool from_b = i == i_end || (j < j_end && forms_[j].input <= forms_[i].input);
    Factor factor{from_a ? forms_[i].input : forms_[j].input, 0};
    if (from_a) factor.weight += scale(a, forms_[i++].weight);
    if (from_b) factor.weight += scale(b, forms_[j++].weight);
    if (factor.weight != 0) forms_.push_back(factor);
  }
}

Interval Builder::range_of_form(std::size_t begin) const {
  Interval range{0, 0, 62};
  for (std::size_t i = begin; i < forms_.size(); ++i) {
    const auto& [input, weight] = forms_[i];
    const auto& source = nodes_[index(input)].range;
    const auto [low, high] = std::minmax({source.low * weight, source.high * weight});
    range.low += low;
    range.high += high;
    const int zeros = std::countr_zero(static_cast<std::uint64_t>(weight));
    range.zeros = std::min(range.zeros, source.zeros + zeros);
  }
  return range;
}

Digit Builder::add(const Digit& a, const Digit& b) {
  GATEFOLD_ASSERT(a.sign > 0 || b.sign > 0, "a sum of two negative terms is built negated");
  if (a.sign < 0) return add(b, a);
  const int base = std::min(a.shift, b.shift);
  const Digit first = relative(a, base), second = relative(b, base);
  const bool subtract = b.sign < 0;
  const std::size_t begin = forms_.size();
  append_form(first, second);
  const Interval range = range_of_form(begin);
  const int depth = std::max(this->depth(a.node), this->depth(b.node)) + 1;
  Digit plain_second = second;
  plain_second.sign = 1;
  bits_ += adder_bits(shifted(this->range(a.node), first),
                      shifted(this->range(b.node), plain_second), subtract, range);
  adders_.push_back({a.node, b.node, first.shift, second.shift, subtract, depth, range});
  nodes_.push_back({range, depth, top_of(range), begin, forms_.size()});
  return {size() - 1, static_cast<std::int16_t>(base), 1};
}

int Builder::cost(const Digit& a, const Digit& b) const {
  if (a.sign < 0 && b.sign < 0) return cost(negated(a), negated(b));
  const Interval x = shifted(range(a.node), a), y = shifted(range(b.node), b);
  const Interval sum = sum_of(x, y);
  if (a.sign == b.sign) return adder_bits(x, y, false, sum);
  return a.sign > 0 ? adder_bits(x, y, true, sum) : adder_bits(y, x, true, sum);
}

Digit Builder::add_either_sign(const Digit& a, const Digit& b) {
  const bool both_negative = a.sign < 0 && b.sign < 0;
  const bool mixed = a.sign != b.sign;
  if (both_negative || (mixed && cost(negated(a), negated(b)) < cost(a, b))) {
    return negated(add(negated(a), negated(b)));
  }
  return add(a, b);
}

AdderGraph Builder::finish(std::span<const Digit> outputs) const {
  AdderGraph graph{inputs_, adders_, {}, 0, bits_};
  for (const auto& digit : outputs) {
    if (digit.sign == 0) {
      graph.outputs.push_back({});
      continue;
    }
    graph.outputs.push_back({digit.node, digit.shift, digit.sign < 0});
    graph.depth = std::max(graph.depth, depth(digit.node));
  }
  return graph;
}

}  // namespace gatefold::adder_graph
