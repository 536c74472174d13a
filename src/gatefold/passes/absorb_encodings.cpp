// Holds after: no quantizer or table reads through a map that leaves integers as they are; such a
// quantizer's `source` is the whole path that it absorbed.
#include <fmt/core.h>

#include "gatefold/graph/quantize_step.h"
#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

bool keeps_integers(const Node& node) {
  const auto* map = as<graph::Map>(node);
  return map != nullptr && std::holds_alternative<graph::RealFunction>(map->function);
}

Value before_maps(const Graph& graph, Value v) {
  while (keeps_integers(graph.node(v.node))) v = graph.node(v.node).inputs[0];
  return v;
}

bool is_table(const Node& node) {
  const auto* map = as<graph::Map>(node);
  return map != nullptr && std::holds_alternative<graph::Table>(map->function);
}

}  // namespace

Result<Graph> absorb_encodings(Graph graph, const PassContext& context) {
  int absorbed = 0;
  auto result = rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    const auto* quantize = as<graph::Quantize>(node);
    if (quantize == nullptr && !is_table(node)) return false;
    const Value taken = node.inputs[0], origin = before_maps(graph, taken);
    if (origin == taken) return false;
    Op op = node.op;
    if (quantize != nullptr)
      std::get<graph::Quantize>(op).source = source_of(*quantize, graph.type(taken));
    GATEFOLD_TRY(const Value fresh, to.add(std::move(op), {to(origin)}, node.layer));
    to.map({id, 0}, fresh);
    ++absorbed;
    return true;
  });
  if (absorbed > 0) context.note(fmt::format("{} paths absorbed", absorbed));
  return result;
}

}  // namespace gatefold::passes
