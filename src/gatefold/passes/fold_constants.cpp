// Holds after: no node but a constant, a reloadable matrix or a stateful scan has only constants as
// inputs, or outputs of a single possible integer each.
#include <algorithm>
#include <fmt/core.h>

#include "gatefold/graph/run.h"
#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using numeric::IntTensor;

bool has_one_value(const TensorType& type) {
  return std::ranges::all_of(type.ranges, [](const auto& r) { return r.is_constant(); });
}

IntTensor only_value(const TensorType& type) {
  IntTensor value{type.shape, {}};
  for (std::int64_t i = 0; i < type.size(); ++i) value.data.push_back(type.range(i).low);
  return value;
}

bool takes_constants(const Rewriter& to, const Node& node) {
  return std::ranges::all_of(node.inputs, [&](Value v) {
    return as<graph::Constant>(to.graph().node(to(v).node)) != nullptr;
  });
}

std::vector<IntTensor> evaluated(const Rewriter& to, const Node& node) {
  std::vector<TensorType> types;
  std::vector<IntTensor> inputs;
  for (const Value v : node.inputs) {
    types.push_back(to.graph().type(to(v)));
    inputs.push_back(as<graph::Constant>(to.graph().node(to(v).node))->value);
  }
  return graph::evaluate(node.op, types, inputs);
}

std::vector<IntTensor> known_values(const Rewriter& to, const Node& node) {
  if (const auto* linear = as<graph::Linear>(node); linear != nullptr && linear->reloadable)
    return {};
  const auto* scan = as<graph::Scan>(node);
  const bool changes = scan != nullptr && scan->stateful;
  if (!changes && takes_constants(to, node)) return evaluated(to, node);
  if (!std::ranges::all_of(node.outputs, has_one_value)) return {};
  std::vector<IntTensor> values;
  for (const TensorType& type : node.outputs) values.push_back(only_value(type));
  return values;
}

}  // namespace

Result<Graph> fold_constants(Graph graph, const PassContext& context) {
  int folded = 0;
  auto result = rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    if (as<graph::Input>(node) != nullptr || as<graph::Constant>(node) != nullptr) return false;
    const std::vector<IntTensor> values = known_values(to, node);
    if (values.empty()) return false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      GATEFOLD_TRY(const Value constant,
                   to.add(graph::Constant{values[i], node.outputs[i].encoding}, {}, node.layer));
      to.map({id, static_cast<int>(i)}, constant);
    }
    ++folded;
    return true;
  });
  if (folded > 0) context.note(fmt::format("{} nodes are constant", folded));
  return result;
}

}  // namespace gatefold::passes
