#include "gatefold/adder_graph/sum_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

/// A binary tree over the terms: leaves first, then inner nodes, children before parents.
struct Shape {
  struct Node {
    int left = -1, right = -1;
    Interval range;  // of the signed value
    int depth = 0;
  };
  std::vector<Node> nodes;
  std::size_t leaves = 0;
};

Interval sum_of(const Interval& a, const Interval& b) {
  return {a.low + b.low, a.high + b.high, std::min(a.zeros, b.zeros)};
}

double span_of(const Interval& range) {
  return static_cast<double>(range.high) - static_cast<double>(range.low) + 1;
}

double power(int exponent) { return std::ldexp(1.0, exponent); }

/// The terms still to be added, by level and then by size.
class Pool {
 public:
  Pool(const Shape& shape, int depth_limit) : shape_(shape), slack_(power(depth_limit)) {
    for (std::size_t i = 0; i < shape.leaves; ++i) insert(static_cast<int>(i));
  }

  int size() const { return size_; }

  void insert(int node) {
    const int depth = at(node).depth;
    if (static_cast<std::size_t>(depth) >= levels_.size()) {
      levels_.resize(static_cast<std::size_t>(depth) + 1);
    }
    auto& level = levels_[static_cast<std::size_t>(depth)];
    const auto larger = [&](int x, int y) { return span_of(at(x).range) > span_of(at(y).range); };
    level.insert(std::upper_bound(level.begin(), level.end(), node, larger), node);
    slack_ -= power(depth);
    ++size_;
  }

  /// Takes out the two whose sum is smallest, a use of slack priced in bits.
  std::pair<int, int> take(double slack_price) {
    double best = std::numeric_limits<double>::infinity();
    std::size_t best_low = 0, best_high = 0;
    for (std::size_t low = 0; low < levels_.size(); ++low) {
      if (levels_[low].empty()) continue;
      for (std::size_t high = low; high < levels_.size(); ++high) {
        if (levels_[high].size() < (low == high ? 2u : 1u)) continue;
        const double used = power(static_cast<int>(high)) - power(static_cast<int>(low));
        if (used > slack_) break;
        const double price = used > 0 ? slack_price * used / slack_ : 0;
        const double value = std::log2(pair_span(low, high)) + price;
        if (value < best) best = value, best_low = low, best_high = high;
      }
    }
    const int first = remove(best_low), second = remove(best_high);
    return {first, second};
  }

 private:
  const Shape::Node& at(int node) const { return shape_.nodes[static_cast<std::size_t>(node)]; }
  double pair_span(std::size_t low, std::size_t high) const {
    const auto& a = levels_[low];
    const auto& b = levels_[high];
    const int second = low == high ? b[b.size() - 2] : b.back();
    return span_of(at(a.back()).range) + span_of(at(second).range);
  }
  int remove(std::size_t depth) {
    const int node = levels_[depth].back();
    levels_[depth].pop_back();
    slack_ += power(static_cast<int>(depth));
    --size_;
    return node;
  }

  const Shape& shape_;
  std::vector<std::vector<int>> levels_;  // each by falling size
  double slack_ = 0;
  int size_ = 0;
};

Shape make_shape(const Builder& builder, std::span<const Digit> terms, int depth_limit,
                 double slack_price) {
  Shape shape;
  shape.leaves = terms.size();
  for (const auto& term : terms) {
    shape.nodes.push_back(
        {-1, -1, shifted(builder.range(term.node), term), builder.depth(term.node)});
  }
  shape.nodes.reserve(terms.size() * 2);
  Pool pool(shape, depth_limit);
  while (pool.size() > 1) {
    const auto [left, right] = pool.take(slack_price);
    const auto& a = shape.nodes[static_cast<std::size_t>(left)];
    const auto& b = shape.nodes[static_cast<std::size_t>(right)];
    shape.nodes.push_back({left, right, sum_of(a.range, b.range), std::max(a.depth, b.depth) + 1});
    pool.insert(static_cast<int>(shape.nodes.size()) - 1);
  }
  return shape;
}

Interval negated(const Interval& range) { return {-range.high, -range.low, range.zeros}; }

/// Which sign each node is computed with, at the least total of full adders.
class Signs {
 public:
  static constexpr int impossible = 1 << 28;

  struct Choice {
    int bits = impossible;
    bool left_negative = false, right_negative = false;
  };

  Signs(const Shape& shape, std::span<const Digit> terms) : shape_(shape) {
    for (std::size_t i = 0; i < shape.nodes.size(); ++i) {
      auto& both = choices_.emplace_back();
      if (i < shape.leaves) {
        both[terms[i].sign < 0 ? 1 : 0].bits = 0;
      } else {
        for (const bool negative : {false, true}) both[negative ? 1 : 0] = choose(i, negative);
      }
    }
  }

  const Choice& at(int node, bool negative) const {
    return choices_[static_cast<std::size_t>(node)][negative ? 1 : 0];
  }

 private:
  // The value wanted is (negative ? -1 : 1) * (left + right); a child computed with the other sign
  // is subtracted, and only one can be.
  Choice choose(std::size_t node, bool negative) const {
    const auto& [left, right, range, depth] = shape_.nodes[node];
    Choice best;
    for (const auto& [l, r] : {std::pair(negative, negative), std::pair(negative, !negative),
                               std::pair(!negative, negative)}) {
      const int below = at(left, l).bits + at(right, r).bits;
      if (below >= impossible) continue;
      const int bits = below + bits_of(node, negative, l != negative, r != negative);
      if (bits < best.bits) best = {bits, l, r};
    }
    return best;
  }

  int bits_of(std::size_t node, bool negative, bool left_subtracted, bool right_subtracted) const {
    const auto& [left, right, range, depth] = shape_.nodes[node];
    const auto operand = [&](int child, bool subtracted) {
      const auto& value = shape_.nodes[static_cast<std::size_t>(child)].range;
      return negative != subtracted ? negated(value) : value;
    };
    const Interval a = operand(left, left_subtracted), b = operand(right, right_subtracted);
    const Interval sum = negative ? negated(range) : range;
    if (left_subtracted) return adder_bits(b, a, true, sum);
    return adder_bits(a, b, right_subtracted, sum);
  }

  const Shape& shape_;
  std::vector<std::array<Choice, 2>> choices_;
};

Digit build(Builder& builder, const Shape& shape, const Signs& signs, std::span<const Digit> terms,
            int node, bool negative) {
  const auto at = static_cast<std::size_t>(node);
  if (at < shape.leaves) return terms[at];
  const auto& choice = signs.at(node, negative);
  Digit a = build(builder, shape, signs, terms, shape.nodes[at].left, choice.left_negative);
  Digit b = build(builder, shape, signs, terms, shape.nodes[at].right, choice.right_negative);
  if (negative) {
    a.sign = static_cast<std::int16_t>(-a.sign);
    b.sign = static_cast<std::int16_t>(-b.sign);
  }
  Digit sum = builder.add(a, b);
  if (negative) sum.sign = static_cast<std::int16_t>(-sum.sign);
  return sum;
}

}  // namespace

Digit build_sum(Builder& builder, std::span<const Digit> terms, int depth_limit) {
  if (terms.empty()) return {0, 0, 0};
  if (terms.size() == 1) return terms.front();
  Shape best;
  bool best_negative = false;
  int best_bits = Signs::impossible;
  for (const double slack_price : {0.0, 1.0, 4.0, 16.0}) {
    Shape shape = make_shape(builder, terms, depth_limit, slack_price);
    const Signs signs(shape, terms);
    const int root = static_cast<int>(shape.nodes.size()) - 1;
    const bool negative = signs.at(root, false).bits >= Signs::impossible;
    const int bits = signs.at(root, negative).bits;
    if (bits < best_bits) {
      best_bits = bits;
      best = std::move(shape);
      best_negative = negative;
    }
  }
  const Signs signs(best, terms);
  const int root = static_cast<int>(best.nodes.size()) - 1;
  GATEFOLD_ASSERT(best.nodes.back().depth <= depth_limit, "a sum is later than its limit");
  return build(builder, best, signs, terms, root, best_negative);
}

}  // namespace gatefold::adder_graph
