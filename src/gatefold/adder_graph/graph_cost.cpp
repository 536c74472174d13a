#include <algorithm>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/adder_graph/form.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

class GraphCost {
 public:
  GraphCost(const AdderGraph& graph, const Problem& problem)
      : graph_(graph), problem_(problem), inner_(graph.adders.size()), cost_(graph.adders.size()) {}

  std::int64_t run() {
    find_inner();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < graph_.adders.size(); ++i) {
      cost_[i] = least_cost(graph_.adders[i]);
      if (!inner_[i]) sum += cost_[i];
    }
    return sum;
  }

 private:
  const Adder* adder(int node) const {
    return node < problem_.inputs ? nullptr : &graph_.adders[index(node)];
  }
  std::size_t index(int node) const { return static_cast<std::size_t>(node - problem_.inputs); }
  bool is_inner(int node) const { return node >= problem_.inputs && inner_[index(node)]; }
  /// Of the tree of adders that only this operand's reader reads.
  std::int64_t below(int node) const { return is_inner(node) ? cost_[index(node)] : 0; }

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

  std::int64_t least_cost(const Adder& outer) const {
    const Interval a = word(outer.a, outer.shift_a), b = word(outer.b, outer.shift_b);
    const auto& model = problem_.model;
    const std::int64_t alone =
        model.of_adder(a, b, outer.subtract, outer.range) + below(outer.a) + below(outer.b);
    if (!model.row) return alone;
    const std::int64_t with_a =
        row_cost(outer, outer.a, outer.shift_a, false, outer.b, {b, outer.subtract}, alone);
    return row_cost(outer, outer.b, outer.shift_b, outer.subtract, outer.a, {a, false}, with_a);
  }

  /// Of the row that takes in `child`, or `otherwise` if that is less.
  std::int64_t row_cost(const Adder& outer, int child, int shift, bool subtracted, int other,
                        const RowOperand& kept, std::int64_t otherwise) const {
    if (!is_inner(child)) return otherwise;
    const Adder& inner = *adder(child);
    const RowOperand x{word(inner.a, inner.shift_a + shift), subtracted};
    const RowOperand y{word(inner.b, inner.shift_b + shift), subtracted != inner.subtract};
    return std::min(otherwise, problem_.model.of_row(x, y, kept, outer.range) + below(inner.a) +
                                   below(inner.b) + below(other));
  }

  const AdderGraph& graph_;
  const Problem& problem_;
  std::vector<bool> inner_;         // by adder: one other adder reads it, and nothing else
  std::vector<std::int64_t> cost_;  // by adder: of the tree that ends there
};

}  // namespace

std::int64_t cost_of(const AdderGraph& graph, const Problem& problem) {
  return GraphCost(graph, problem).run();
}

}  // namespace gatefold::adder_graph
