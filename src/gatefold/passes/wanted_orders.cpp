#include "gatefold/passes/wanted_orders.h"

#include <algorithm>

#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using graph::Transpose;

// What the readers of a value say about the order of its axes.
struct Wish {
  std::optional<Transpose> order;
  bool is_refused = false;  // some reader takes the order that is there

  void join(const Wish& other) {
    is_refused = is_refused || other.is_refused || (order && other.order && *order != *other.order);
    if (!order) order = other.order;
  }
};

// What a node wants of its input when its own readers want `behind`.
Wish wish_of(const Node& node, const Wish& behind) {
  if (as<graph::Map>(node) != nullptr || as<graph::Quantize>(node) != nullptr) return behind;
  if (as<graph::Combine>(node) != nullptr) return {behind.order, false};
  if (const auto* op = as<graph::Rearrange>(node)) {
    if (const auto* transpose = std::get_if<Transpose>(&op->wiring)) return {*transpose, false};
    if (std::holds_alternative<graph::Concatenate>(op->wiring)) return {behind.order, false};
  }
  return {std::nullopt, true};
}

}  // namespace

std::vector<std::optional<Transpose>> wanted_orders(const Graph& graph) {
  std::vector<Wish> wishes(graph.nodes().size());
  for (std::size_t i = graph.nodes().size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    const Wish own = wish_of(node, wishes[i]);
    for (const Value v : node.inputs)
      if (!own.order || own.order->permutation.size() == graph.type(v).shape.size())
        wishes[at(v.node)].join(own);
  }
  std::vector<std::optional<Transpose>> orders(graph.nodes().size());
  for (const NodeId id : graph.inputs()) {
    const Wish& wish = wishes[at(id)];
    const bool moves = wish.order && !std::ranges::is_sorted(wish.order->permutation);
    if (moves && !wish.is_refused) orders[at(id)] = wish.order;
  }
  return orders;
}

}  // namespace gatefold::passes
