#include "gatefold/adder_graph/sum_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

constexpr std::array<double, 4> slack_prices = {0, 1, 4, 16};

constexpr double infinite = std::numeric_limits<double>::infinity();

double span_of(const Interval& range) {
  return static_cast<double>(range.high) - static_cast<double>(range.low) + 1;
}

}  // namespace

void SumPlan::Pool::reset(int depth_limit) {
  for (std::size_t level = 0; level < used_; ++level) levels_[level].clear();
  used_ = 0;
  slack_ = power_of_two(depth_limit);
}

void SumPlan::Pool::insert(int node, int depth, double span) {
  const auto number = static_cast<std::size_t>(depth);
  if (number >= levels_.size()) {
    levels_.resize(number + 1);
    smallest_.resize(number + 1);
  }
  for (; used_ <= number; ++used_) smallest_[used_] = infinite;
  auto& level = levels_[number];
  const auto larger = [](double x, const Entry& y) { return x > y.span; };
  level.insert(std::upper_bound(level.begin(), level.end(), span, larger), {span, node});
  slack_ -= power_of_two(depth);
  note_smallest(number);
}

void SumPlan::Pool::note_smallest(std::size_t level) {
  smallest_[level] = levels_[level].empty() ? infinite : levels_[level].back().span;
}

std::pair<int, int> SumPlan::Pool::take(double slack_price) {
  double best = infinite;
  std::size_t best_low = 0, best_high = 0;
  for (std::size_t low = 0; low < used_; ++low) {
    const double span = smallest_[low];
    if (span >= best) continue;
    const auto& level = levels_[low];
    if (level.size() > 1 && span + level[level.size() - 2].span < best) {
      best = span + level[level.size() - 2].span;
      best_low = best_high = low;
    }
    const std::size_t end = reach(low);
    for (std::size_t high = low + 1; high < end; ++high) {
      const double bare = span + smallest_[high];
      if (bare >= best) continue;
      const double used =
          power_of_two(static_cast<int>(high)) - power_of_two(static_cast<int>(low));
      // Divisions are slow; most values are too large by far.
      if (bare * (slack_ + slack_price * used) > best * slack_ * 1.001) continue;
      const double value = bare * (1 + slack_price * used / slack_);
      if (value < best) best = value, best_low = low, best_high = high;
    }
  }
  const int first = remove(best_low);
  return {first, remove(best_high)};
}

int SumPlan::Pool::take_partner(int depth, double slack_price) {
  const double slack = slack_ - power_of_two(depth);
  double best = infinite;
  std::size_t best_level = used_;
  for (std::size_t level = 0; level < used_; ++level) {
    if (levels_[level].empty()) continue;
    const int other = static_cast<int>(level);
    const double used = power_of_two(std::max(depth, other)) - power_of_two(std::min(depth, other));
    if (used > slack) continue;
    double value = levels_[level].back().span;
    if (used > 0) value *= 1 + slack_price * used / slack;
    if (value < best) best = value, best_level = level;
  }
  return best_level == used_ ? -1 : remove(best_level);
}

int SumPlan::Pool::remove(std::size_t level) {
  const int node = levels_[level].back().node;
  levels_[level].pop_back();
  note_smallest(level);
  slack_ += power_of_two(static_cast<int>(level));
  return node;
}

void SumPlan::plan(const CostModel& model, std::span<const Leaf> leaves, int depth_limit, Sign sign,
                   int trial) {
  model_ = &model;
  leaves_ = leaves.size();
  nodes_.clear();
  cost_ = 0;
  trial_ = 0;
  if (leaves.empty()) return;
  make(leaves, depth_limit, sign, trial == cheapest ? 0 : trial);
  if (trial != cheapest || leaves.size() < 3) return;
  const int trials = static_cast<int>(slack_prices.size()) * (model.row ? 2 : 1);
  SumPlan rival;
  for (int other = 1; other < trials; ++other) {
    rival.plan(model, leaves, depth_limit, sign, other);
    if (rival.cost_ < cost_) std::swap(*this, rival);
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
  nodes_.reserve(leaves.size() * 2);
  pool_.reset(depth_limit);
  const auto to_pool = [&](int node) { pool_.insert(node, at(node).depth, at(node).span); };
  for (const auto& leaf : leaves) append(-1, -1, leaf.range, leaf.depth);
  for (std::size_t i = 0; i < leaves_; ++i) to_pool(static_cast<int>(i));
  for (std::size_t left = leaves.size(); left > 1; --left) {
    const auto [first, second] = pool_.take(slack_price);
    int sum = join(first, second);
    const bool wanted = triples && left > 2 && left % 2 == 1;
    if (const int third = wanted ? pool_.take_partner(at(sum).depth, slack_price) : -1;
        third >= 0) {
      sum = join(sum, third);
      --left;
    }
    to_pool(sum);
  }
}

int SumPlan::join(int left, int right) {
  append(left, right, sum_of(at(left).range, at(right).range),
         std::max(at(left).depth, at(right).depth) + 1);
  return static_cast<int>(nodes_.size()) - 1;
}

void SumPlan::append(int left, int right, const Interval& range, int depth) {
  nodes_.push_back({left, right, range, {range, negated(range)}, depth, span_of(range), 0});
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
