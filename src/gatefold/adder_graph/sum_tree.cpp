#include "gatefold/adder_graph/sum_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

constexpr int impossible = 1 << 28;

double span_of(const Interval& range) {
  return static_cast<double>(range.high) - static_cast<double>(range.low) + 1;
}

}  // namespace

/// The terms still to be added, by level, each level by falling size.
class SumPlan::Pool {
 public:
  Pool(const SumPlan& plan, int depth_limit) : plan_(plan), slack_(power_of_two(depth_limit)) {
    for (std::size_t i = 0; i < plan.leaves_; ++i) insert(static_cast<int>(i));
  }

  void insert(int node) {
    const auto depth = static_cast<std::size_t>(plan_.at(node).depth);
    if (depth >= levels_.size()) levels_.resize(depth + 1);
    auto& level = levels_[depth];
    const auto larger = [&](int x, int y) { return span(x) > span(y); };
    level.insert(std::upper_bound(level.begin(), level.end(), node, larger), node);
    slack_ -= power_of_two(static_cast<int>(depth));
  }

  /// Takes out the two whose sum is smallest, a use of slack priced in bits.
  std::pair<int, int> take(double slack_price) {
    double best = std::numeric_limits<double>::infinity();
    std::size_t best_low = 0, best_high = 0;
    for (std::size_t low = 0; low < levels_.size(); ++low) {
      if (levels_[low].empty()) continue;
      for (std::size_t high = low; high < levels_.size(); ++high) {
        if (levels_[high].size() < (low == high ? 2u : 1u)) continue;
        double value = pair_span(low, high);
        if (low != high) {
          const double used =
              power_of_two(static_cast<int>(high)) - power_of_two(static_cast<int>(low));
          if (used > slack_) break;
          if (value >= best) continue;
          value *= 1 + slack_price * used / slack_;
        }
        if (value < best) best = value, best_low = low, best_high = high;
      }
    }
    const int first = remove(best_low);
    return {first, remove(best_high)};
  }

 private:
  double span(int node) const { return plan_.at(node).span; }
  double pair_span(std::size_t low, std::size_t high) const {
    const auto& a = levels_[low];
    const auto& b = levels_[high];
    return span(a.back()) + span(low == high ? b[b.size() - 2] : b.back());
  }
  int remove(std::size_t depth) {
    const int node = levels_[depth].back();
    levels_[depth].pop_back();
    slack_ += power_of_two(static_cast<int>(depth));
    return node;
  }

  const SumPlan& plan_;
  std::vector<std::vector<int>> levels_;
  double slack_ = 0;
};

SumPlan::SumPlan(std::span<const Leaf> leaves, int depth_limit, Sign sign, int trial)
    : leaves_(leaves.size()) {
  if (leaves.empty()) return;
  const int first = trial == cheapest ? 0 : trial;
  make(leaves, depth_limit, sign, first);
  const bool more = trial == cheapest && leaves.size() > 2;
  for (int other = first + 1; more && other < trials; ++other) {
    SumPlan plan(leaves, depth_limit, sign, other);
    if (plan.bits_ < bits_) *this = std::move(plan);
  }
}

void SumPlan::make(std::span<const Leaf> leaves, int depth_limit, Sign sign, int trial) {
  constexpr double slack_prices[trials] = {0, 1, 4, 16};
  trial_ = trial;
  make_tree(leaves, depth_limit, slack_prices[trial]);
  choose_signs(leaves, sign);
  GATEFOLD_ASSERT(nodes_.back().depth <= depth_limit, "a sum is later than its limit");
}

void SumPlan::make_tree(std::span<const Leaf> leaves, int depth_limit, double slack_price) {
  nodes_.clear();
  nodes_.reserve(leaves.size() * 2);
  for (const auto& leaf : leaves) {
    nodes_.push_back({-1, -1, leaf.range, leaf.depth, span_of(leaf.range)});
  }
  Pool pool(*this, depth_limit);
  for (std::size_t i = 1; i < leaves.size(); ++i) {
    const auto [left, right] = pool.take(slack_price);
    const Interval range = sum_of(at(left).range, at(right).range);
    nodes_.push_back(
        {left, right, range, std::max(at(left).depth, at(right).depth) + 1, span_of(range)});
    pool.insert(static_cast<int>(nodes_.size()) - 1);
  }
}

// Which sign each node is computed with, at the least total of full adders: dynamic programming
// from the leaves.
void SumPlan::choose_signs(std::span<const Leaf> leaves, Sign sign) {
  choices_.assign(nodes_.size(), {});
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (const bool negative : {false, true}) {
      auto& choice = choices_[i][negative ? 1 : 0];
      if (i >= leaves_) {
        choice = choose(nodes_[i], negative);
      } else if (leaves[i].negative != negative) {
        choice.bits = impossible;
      }
    }
  }
  const int root = static_cast<int>(nodes_.size()) - 1;
  const int positive = bits_of(root, false), negative = bits_of(root, true);
  negative_ = sign == Sign::Positive   ? positive >= impossible
              : sign == Sign::Negative ? negative < impossible
                                       : negative < positive;
  bits_ = negative_ ? negative : positive;
}

// The value wanted is (negative ? -1 : 1) * (left + right); a child computed with the other sign is
// subtracted, and only one can be.
SumPlan::Choice SumPlan::choose(const Node& node, bool negative) const {
  Choice best{impossible, false, false};
  for (const auto& [left, right] : {std::pair(negative, negative), std::pair(negative, !negative),
                                    std::pair(!negative, negative)}) {
    const int below = bits_of(node.left, left) + bits_of(node.right, right);
    if (below >= impossible) continue;
    const int bits = below + bits_of(node, negative, left != negative, right != negative);
    if (bits < best.bits) best = {bits, left, right};
  }
  return best;
}

int SumPlan::bits_of(const Node& node, bool negative, bool left_subtracted,
                     bool right_subtracted) const {
  const auto operand = [&](int child, bool subtracted) {
    return negative != subtracted ? negated(at(child).range) : at(child).range;
  };
  const Interval a = operand(node.left, left_subtracted);
  const Interval b = operand(node.right, right_subtracted);
  const Interval sum = negative ? negated(node.range) : node.range;
  if (left_subtracted) return adder_bits(b, a, true, sum);
  return adder_bits(a, b, right_subtracted, sum);
}

Digit SumPlan::build(Builder& builder, std::span<const Digit> digits) const {
  if (digits.empty()) return {0, 0, 0};
  return build(builder, digits, static_cast<int>(nodes_.size()) - 1, negative_);
}

Digit SumPlan::build(Builder& builder, std::span<const Digit> digits, int node,
                     bool negative) const {
  const auto i = static_cast<std::size_t>(node);
  if (i < leaves_) return digits[i];
  const auto& choice = choices_[i][negative ? 1 : 0];
  const Digit a = build(builder, digits, nodes_[i].left, choice.left_negative);
  const Digit b = build(builder, digits, nodes_[i].right, choice.right_negative);
  const Digit sum = negative ? negated(builder.add(negated(a), negated(b))) : builder.add(a, b);
  for (const auto& [child, digit] : {std::pair(nodes_[i].left, a), std::pair(nodes_[i].right, b)}) {
    if (static_cast<std::size_t>(child) >= leaves_) builder.used_up(digit.node);
  }
  return sum;
}

}  // namespace gatefold::adder_graph
