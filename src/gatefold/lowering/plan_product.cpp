// Products of two computed tensors that go row by row.
#include "gatefold/lowering/lowerer.h"
#include "gatefold/lowering/planner.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

bool swaps_inner_axes(const Node& node) {
  const auto* op = std::get_if<Rearrange>(&node.op);
  const auto* transpose = op == nullptr ? nullptr : std::get_if<Transpose>(&op->wiring);
  if (transpose == nullptr || transpose->permutation.size() < 2) return false;
  std::vector<int> permutation = transpose->permutation;
  std::swap(permutation[permutation.size() - 1], permutation[permutation.size() - 2]);
  return std::ranges::is_sorted(permutation);
}

}  // namespace

bool Planner::is_product_over_time(NodeId id) const {
  const Node& node = graph_.node(id);
  if (!std::holds_alternative<Contract>(node.op)) return false;
  if (std::ranges::any_of(node.inputs, [&](Value v) { return is_constant(v); })) return false;
  const ProductSizes sizes = product_sizes(graph_, node);
  if (reuse_of(node.layer) == 1 && sizes.batches * sizes.rows == 1) return false;
  const double largest = magnitude(graph_.type(node.inputs[0]).range()) *
                         magnitude(graph_.type(node.inputs[1]).range());
  return adders_have_room(largest * static_cast<double>(sizes.inner));
}

bool Planner::turns_factor(NodeId id) const {
  const Node& node = graph_.node(id);
  if (!swaps_inner_axes(node) || is_constant(node.inputs.front())) return false;
  const auto reader = only_reader({id, 0});
  return reader && graph_.node(*reader).inputs.back() == Value{id, 0} &&
         is_product_over_time(*reader);
}

Factors Planner::factors_of(NodeId id, Value second) const {
  const Node& node = graph_.node(id);
  return {product_sizes(graph_, node), static_cast<int>(node.outputs.front().shape.size()) - 1,
          layout_of(node.inputs.front()), layout_of(second), second != node.inputs.back()};
}

Transfer Planner::beats_of(Value value, const Layout& layout) {
  const bool as_it_comes = conversion_steps(layout_of(value), layout) == 0;
  const std::size_t giver = as_it_comes ? homes_.at(value) : convert(value, layout);
  return {root(value), give(giver, value)};
}

bool Planner::plan_product(NodeId id) {
  if (!is_product_over_time(id)) return false;
  const Node& node = graph_.node(id);
  Value second = node.inputs.back();
  if (turns_factor(second.node)) second = graph_.node(second.node).inputs.front();
  FoldedProduct product = choose_product(factors_of(id, second), reuse_of(node.layer));
  std::vector<Transfer> takes{beats_of(node.inputs.front(), product.first),
                              beats_of(second, product.second)};
  const Layout layout = product.result;
  const std::size_t process =
      start(node.layer, "product", ProductFront{std::move(product)}, layout, {{id, 0}});
  plan_.processes[process].takes = std::move(takes);
  return true;
}

}  // namespace gatefold::lowering
