#include <algorithm>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/adder_graph/form.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

class GraphCost {
 public:
  GraphCost(const AdderGraph& graph, const Problem& problem)
      : graph_(graph), problem_(problem), inner_(graph.adders.size()), best_(graph.adders.size()) {}

  std::int64_t run() {
    find_inner();
    if (problem_.model.row) find_deadlines();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < graph_.adders.size(); ++i) {
      best_[i] = cheapest(i);
      if (!inner_[i]) sum += best_[i].cost;
    }
    return sum;
  }

 private:
  static constexpr int level = 10;  // tenths

  struct Choice {
    std::int64_t cost = 0;  // of the tree that ends there
    int ready = 0;          // tenths of levels
  };

  const Adder* adder(int node) const {
    return node < problem_.inputs ? nullptr : &graph_.adders[index(node)];
  }
  std::size_t index(int node) const { return static_cast<std::size_t>(node - problem_.inputs); }
  bool is_inner(int node) const { return node >= problem_.inputs && inner_[index(node)]; }
  /// Of the tree of adders that only this operand's reader reads.
  std::int64_t below(int node) const { return is_inner(node) ? best_[index(node)].cost : 0; }
  int ready(int node) const {
    if (node >= problem_.inputs) return best_[index(node)].ready;
    return problem_.depths.empty() ? 0 : level * problem_.depths[static_cast<std::size_t>(node)];
  }

  Interval word(int node, int shift) const {
    const auto* of = adder(node);
    return shifted(of ? of->range : problem_.ranges[static_cast<std::size_t>(node)],
                   {node, static_cast<std::int16_t>(shift), 1});
  }

  void find_inner() {
    std::vector<int> uses(graph_.adders.size());
    const auto count = [&](int node, int times) {
      if (node >= problem_.inputs) uses[index(node)] += times;
    };
    for (const auto& adder : graph_.adders) count(adder.a, 1), count(adder.b, 1);
    for (const auto& output : graph_.outputs) count(output.node, 2);
    for (std::size_t i = 0; i < uses.size(); ++i) inner_[i] = uses[i] == 1;
  }

  void find_deadlines() {
    const int limit = depth_limit(problem_);
    deadline_.assign(graph_.adders.size(), limit);
    for (std::size_t i = graph_.adders.size(); i-- > 0;) {
      for (const int node : {graph_.adders[i].a, graph_.adders[i].b}) {
        if (node < problem_.inputs) continue;
        deadline_[index(node)] = std::min(deadline_[index(node)], deadline_[i] - 1);
      }
    }
  }

  Choice cheapest(std::size_t i) const {
    const Adder& outer = graph_.adders[i];
    const Interval a = word(outer.a, outer.shift_a), b = word(outer.b, outer.shift_b);
    const std::int64_t cost = problem_.model.of_adder(a, b, outer.subtract, outer.range);
    Choice best{cost + below(outer.a) + below(outer.b),
                level + std::max(ready(outer.a), ready(outer.b))};
    if (!problem_.model.row) return best;
    consider_row(i, outer.a, outer.shift_a, false, outer.b, {b, outer.subtract}, best);
    consider_row(i, outer.b, outer.shift_b, outer.subtract, outer.a, {a, false}, best);
    return best;
  }

  /// The row of adder `i` that takes in `child`.
  void consider_row(std::size_t i, int child, int shift, bool subtracted, int other,
                    const RowOperand& kept, Choice& best) const {
    if (!is_inner(child)) return;
    const CostModel& model = problem_.model;
    const Adder& inner = *adder(child);
    const int when = model.row->tenths + std::max({ready(inner.a), ready(inner.b), ready(other)});
    if (when > level * deadline_[i]) return;
    const RowOperand x{word(inner.a, inner.shift_a + shift), subtracted};
    const RowOperand y{word(inner.b, inner.shift_b + shift), subtracted != inner.subtract};
    const std::int64_t cost = model.of_row(x, y, kept, graph_.adders[i].range) + below(inner.a) +
                              below(inner.b) + below(other);
    if (cost < best.cost) best = {cost, when};
  }

  const AdderGraph& graph_;
  const Problem& problem_;
  std::vector<bool> inner_;  // by adder: one other adder reads it, and nothing else
  std::vector<Choice> best_;
  std::vector<int> deadline_;  // by adder: latest level
};

}  // namespace

std::int64_t cost_of(const AdderGraph& graph, const Problem& problem) {
  return GraphCost(graph, problem).run();
}

}  // namespace gatefold::adder_graph
