#include <algorithm>
#include <utility>

#include "gatefold/adder_graph/network.h"
#include "gatefold/adder_graph/signed_digits.h"
#include "gatefold/adder_graph/sum_tree.h"

namespace gatefold::adder_graph {

std::vector<int> Network::order() const {
  std::vector<int> result;
  std::vector<bool> seen(nodes_.size());
  std::vector<std::pair<int, std::size_t>> path;  // columns, next digit
  for (int j = 0; j < outputs_; ++j) {
    path.push_back({j, 0});
    while (!path.empty()) {
      auto& [at, next] = path.back();
      const auto& digits = column(at).digits;
      if (next == digits.size()) {
        if (at >= outputs_) result.push_back(owner_of(at));
        path.pop_back();
        continue;
      }
      const int child = digits[next++].node;
      if (child < inputs_ || seen[index(child)]) continue;
      seen[index(child)] = true;
      path.push_back({column_of(child), 0});
    }
  }
  return result;
}

bool Network::repeats_a_node(int c) {
  marks_.resize(nodes_.size());
  ++mark_;
  for (const auto& digit : column(c).digits) {
    if (std::exchange(marks_[index(digit.node)], mark_) == mark_) return true;
  }
  return false;
}

// Digits of one node as the canonical digits of their sum, where that takes fewer.
void Network::write_canonically(int c) {
  if (!repeats_a_node(c)) return;
  std::vector<Digit> digits = column(c).digits;
  std::sort(digits.begin(), digits.end());
  for (std::size_t i = 0; i < digits.size();) {
    const std::size_t begin = i;
    std::int64_t weight = 0;
    for (; i < digits.size() && digits[i].node == digits[begin].node; ++i) {
      weight += digits[i].sign * (std::int64_t{1} << digits[i].shift);
    }
    if (static_cast<int>(i - begin) <= canonical_count(weight)) continue;
    std::vector<Digit> canonical;
    append_canonical(digits[begin].node, weight, canonical);
    for (std::size_t k = begin; k < i; ++k) erase(c, digits[k]);
    for (const auto& digit : canonical) insert(c, digit);
  }
}

void Network::plan(int c, int trial) {
  leaves_.clear();
  for (const auto& digit : column(c).digits) {
    leaves_.push_back({shifted(at(digit.node).range, digit), at(digit.node).level, digit.sign < 0});
  }
  const auto sign = c < outputs_ ? SumPlan::Sign::Positive : SumPlan::Sign::Cheaper;
  plan_.plan(model(), leaves_, limit_of(c), sign, trial);
}

std::int64_t Network::cost(bool estimated) {
  std::int64_t sum = cost_;
  for (const auto& [c, old] : touched_) {
    auto& column = columns_[index(c)];
    plan(c, estimated ? column.trial : SumPlan::cheapest);
    column.cost = plan_.cost();
    column.trial = plan_.trial();
    sum += column.cost;
  }
  return sum;
}

}  // namespace gatefold::adder_graph
