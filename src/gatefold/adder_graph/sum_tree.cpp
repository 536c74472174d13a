#include "gatefold/adder_graph/sum_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

constexpr std::array<double, 4> slack_prices = {0, 1, 4, 16};

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

  /// Takes out the one whose sum with `node`, which is not in the pool, is smallest; -1 where the
  /// levels allow none.
  int take_partner(int node, double slack_price) {
    const int depth = plan_.at(node).depth;
    const double slack = slack_ - power_of_two(depth);
    double best = std::numeric_limits<double>::infinity();
    std::size_t best_level = levels_.size();
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      if (levels_[level].empty()) continue;
      const int other = static_cast<int>(level);
      const double used =
          power_of_two(std::max(depth, other)) - power_of_two(std::min(depth, other));
      if (used > slack) continue;
      double value = span(levels_[level].back());
      if (used > 0) value *= 1 + slack_price * used / slack;
      if (value < best) best = value, best_level = level;
    }
    return best_level == levels_.size() ? -1 : remove(best_level);
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

SumPlan::SumPlan(const CostModel& model, std::span<const Leaf> leaves, int depth_limit, Sign sign,
                 int trial)
    : model_(&model), leaves_(leaves.size()) {
  if (leaves.empty()) return;
  make(leaves, depth_limit, sign, trial == cheapest ? 0 : trial);
  const int trials = static_cast<int>(slack_prices.size()) * (model.row ? 2 : 1);
  const bool more = trial == cheapest && leaves.size() > 2;
  for (int other = 1; more && other < trials; ++other) {
    SumPlan plan(model, leaves, depth_limit, sign, other);
    if (plan.cost_ < cost_) *this = std::move(plan);
  }
}

void SumPlan::make(std::span<const Leaf> leaves, int depth_limit, Sign sign, int trial) {
  trial_ = trial;
  const auto number = static_cast<std::size_t>(trial);
  const bool triples = number >= slack_prices.size();
  make_tree(leaves, depth_limit, slack_prices[number % slack_prices.size()], triples);
  set_deadlines(depth_limit);
  choose_signs(leaves, sign);
  GATEFOLD_ASSERT(nodes_.back().depth <= depth_limit, "a sum is later than its limit");
}

// An odd number of terms makes rows of three operands without rest.
void SumPlan::make_tree(std::span<const Leaf> leaves, int depth_limit, double slack_price,
                        bool triples) {
  nodes_.clear();
  nodes_.reserve(leaves.size() * 2);
  for (const auto& leaf : leaves) {
    nodes_.push_back({-1, -1, leaf.range, leaf.depth, span_of(leaf.range), 0});
  }
  Pool pool(*this, depth_limit);
  for (std::size_t left = leaves.size(); left > 1; --left) {
    const auto [first, second] = pool.take(slack_price);
    int sum = join(first, second);
    const bool wanted = triples && left > 2 && left % 2 == 1;
    if (const int third = wanted ? pool.take_partner(sum, slack_price) : -1; third >= 0) {
      sum = join(sum, third);
      --left;
    }
    pool.insert(sum);
  }
}

int SumPlan::join(int left, int right) {
  const Interval range = sum_of(at(left).range, at(right).range);
  const int depth = std::max(at(left).depth, at(right).depth) + 1;
  nodes_.push_back({left, right, range, depth, span_of(range), 0});
  return static_cast<int>(nodes_.size()) - 1;
}

void SumPlan::set_deadlines(int depth_limit) {
  nodes_.back().deadline = depth_limit;
  for (std::size_t i = nodes_.size(); i-- > leaves_;) {
    for (const int child : {nodes_[i].left, nodes_[i].right}) {
      nodes_[static_cast<std::size_t>(child)].deadline = nodes_[i].deadline - 1;
    }
  }
}

Digit SumPlan::build(Builder& builder, std::span<const Digit> digits) const {
  if (digits.empty()) return {0, 0, 0};
  return build(builder, digits, {static_cast<int>(nodes_.size()) - 1, negative_});
}

Digit SumPlan::build(Builder& builder, std::span<const Digit> digits, Signed sum) const {
  const auto i = static_cast<std::size_t>(sum.node);
  if (is_leaf(sum.node)) return digits[i];
  const Choice& choice = choice_of(sum);
  const auto child = [&](int node, bool negative) {
    if (node != choice.inner) return build(builder, digits, {node, negative});
    const Digit x = build(builder, digits, {at(node).left, choice.inner_left_negative});
    const Digit y = build(builder, digits, {at(node).right, choice.inner_right_negative});
    return add(builder, x, y, {node, negative});
  };
  const Digit a = child(nodes_[i].left, choice.left_negative);
  const Digit b = child(nodes_[i].right, choice.right_negative);
  return add(builder, a, b, sum);
}

Digit SumPlan::add(Builder& builder, const Digit& a, const Digit& b, Signed sum) const {
  const Digit result =
      sum.negative ? negated(builder.add(negated(a), negated(b))) : builder.add(a, b);
  if (!is_leaf(at(sum.node).left)) builder.used_up(a.node);
  if (!is_leaf(at(sum.node).right)) builder.used_up(b.node);
  return result;
}

}  // namespace gatefold::adder_graph
