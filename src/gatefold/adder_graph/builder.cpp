#include "gatefold/adder_graph/builder.h"

#include <algorithm>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

Builder::Builder(const Problem& problem) : problem_(problem) {
  graph_.inputs = problem.inputs;
  for (int i = 0; i < problem.inputs; ++i) {
    const int depth = problem.depths.empty() ? 0 : problem.depths[index(i)];
    nodes_.push_back({{{i, 1}}, problem.ranges[index(i)], depth});
  }
}

Digit Builder::add(const Digit& a, const Digit& b) {
  GATEFOLD_ASSERT(a.sign > 0 || b.sign > 0, "a sum of two negative terms is built negated");
  if (a.sign < 0) return add(b, a);
  const auto base = std::min(a.shift, b.shift);
  Digit first = a, second = b;
  first.shift = static_cast<std::int16_t>(a.shift - base);
  second.shift = static_cast<std::int16_t>(b.shift - base);
  const bool subtract = b.sign < 0;
  Node node;
  node.form = sum_of_forms(nodes_[index(a.node)].form, first, nodes_[index(b.node)].form, second);
  node.range = range_of(node.form, problem_);
  node.depth = std::max(depth(a.node), depth(b.node)) + 1;
  second.sign = 1;
  graph_.bits += bits_of_adder(shifted(range(a.node), first), shifted(range(b.node), second),
                               subtract, node.range)
                     .chain();
  graph_.adders.push_back(
      {a.node, b.node, first.shift, second.shift, subtract, node.depth, node.range});
  nodes_.push_back(std::move(node));
  return {static_cast<std::int32_t>(nodes_.size()) - 1, base, 1};
}

AdderGraph Builder::finish(std::span<const Digit> outputs) const {
  AdderGraph graph = graph_;
  for (const auto& digit : outputs) {
    if (digit.sign == 0) {
      graph.outputs.push_back({});
      graph.output_ranges.push_back(numeric::Interval::constant(0));
      continue;
    }
    graph.outputs.push_back({digit.node, digit.shift, digit.sign < 0});
    graph.output_ranges.push_back(shifted(range(digit.node), digit));
    graph.depth = std::max(graph.depth, depth(digit.node));
  }
  graph.cost = cost_of(graph, problem_);
  return graph;
}

}  // namespace gatefold::adder_graph
