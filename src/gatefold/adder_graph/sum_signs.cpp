#include <algorithm>
#include <utility>

#include "gatefold/adder_graph/sum_tree.h"

namespace gatefold::adder_graph {

namespace {

constexpr std::int64_t impossible = std::int64_t{1} << 50;
constexpr int level = 10;  // tenths

}  // namespace

// Which sign each node is computed with, and which share a row, at the least total cost: dynamic
// programming from the leaves.
void SumPlan::choose_signs(std::span<const Leaf> leaves, Sign sign) {
  choices_.assign(nodes_.size(), {});
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (const bool negative : {false, true}) {
      auto& choice = choices_[i][negative ? 1 : 0];
      if (i >= leaves_) {
        choice = choose(static_cast<int>(i), negative);
      } else {
        choice.cost = leaves[i].negative == negative ? 0 : impossible;
        choice.tenths = level * leaves[i].depth;
      }
    }
  }
  const int root = static_cast<int>(nodes_.size()) - 1;
  const std::int64_t positive = cost_of({root, false}), negative = cost_of({root, true});
  negative_ = sign == Sign::Positive   ? positive >= impossible
              : sign == Sign::Negative ? negative < impossible
                                       : negative < positive;
  cost_ = negative_ ? negative : positive;
}

// The value wanted is (negative ? -1 : 1) * (left + right); a child computed with the other sign is
// subtracted, and one operand at least must be added.
SumPlan::Choice SumPlan::choose(int node, bool negative) const {
  Choice best;
  best.cost = impossible;
  const auto [left, right] = std::pair(at(node).left, at(node).right);
  const Signed sum{node, negative};
  consider_pair(sum, {left, negative}, {right, negative}, best);
  consider_pair(sum, {left, negative}, {right, !negative}, best);
  consider_pair(sum, {left, !negative}, {right, negative}, best);
  if (!model_->row) return best;
  consider_rows(sum, left, right, best);
  consider_rows(sum, right, left, best);
  return best;
}

void SumPlan::consider_pair(Signed sum, Signed left, Signed right, Choice& best) const {
  const std::int64_t below = cost_of(left) + cost_of(right);
  if (below >= best.cost) return;
  const bool left_subtracted = left.negative != sum.negative;
  const Word& a = word_of(left_subtracted ? right : left);
  const Word& b = word_of(left_subtracted ? left : right);
  const bool subtract = left_subtracted || right.negative != sum.negative;
  const std::int64_t cost = below + model_->of_adder(a, b, subtract, word_of(sum));
  if (cost >= best.cost) return;
  const int ready = level + std::max(choice_of(left).tenths, choice_of(right).tenths);
  best = {cost, ready, left.negative, right.negative, -1, false, false};
}

// All signs that have an operand to add. The inner adder is computed with the sign of one of its
// own operands.
void SumPlan::consider_rows(Signed sum, int inner, int other, Choice& best) const {
  if (is_leaf(inner)) return;
  const bool same = sum.negative, opposite = !sum.negative;
  const int x = at(inner).left, y = at(inner).right;
  for (const bool sign : {same, opposite}) {
    consider_row(sum, {inner, same}, {x, same}, {y, same}, {other, sign}, best);
    consider_row(sum, {inner, same}, {x, same}, {y, opposite}, {other, sign}, best);
    consider_row(sum, {inner, same}, {x, opposite}, {y, same}, {other, sign}, best);
  }
  consider_row(sum, {inner, opposite}, {x, opposite}, {y, opposite}, {other, same}, best);
}

void SumPlan::consider_row(Signed sum, Signed inner, Signed x, Signed y, Signed other,
                           Choice& best) const {
  const std::int64_t below = cost_of(x) + cost_of(y) + cost_of(other);
  if (below >= best.cost) return;
  const int latest = std::max({choice_of(x).tenths, choice_of(y).tenths, choice_of(other).tenths});
  const int ready = latest + model_->row->tenths;
  if (ready > level * at(sum.node).deadline) return;
  const auto term = [&](Signed of) { return RowOperand{word_of(of), of.negative != sum.negative}; };
  const std::int64_t cost = below + model_->of_row(term(x), term(y), term(other), word_of(sum));
  if (cost >= best.cost) return;
  const bool inner_left = inner.node == at(sum.node).left;
  best = {cost,
          ready,
          inner_left ? inner.negative : other.negative,
          inner_left ? other.negative : inner.negative,
          inner.node,
          x.negative,
          y.negative};
}

}  // namespace gatefold::adder_graph
