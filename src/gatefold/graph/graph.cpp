#include "gatefold/graph/graph.h"

#include <algorithm>
#include <fmt/format.h>

#include "gatefold/support/assert.h"

namespace gatefold::graph {
namespace {

bool is_defined(const Graph& graph, Value v, std::size_t before) {
  if (v.node.index < 0 || static_cast<std::size_t>(v.node.index) >= before) return false;
  return v.output >= 0 && static_cast<std::size_t>(v.output) < graph.node(v.node).outputs.size();
}

std::vector<TensorType> input_types(const Graph& graph, const std::vector<Value>& inputs) {
  std::vector<TensorType> types;
  for (const Value v : inputs) types.push_back(graph.type(v));
  return types;
}

std::string node_error(const Graph& graph, std::size_t index) {
  const Node& node = graph.nodes()[index];
  if (node.layer.empty()) return "has no layer";
  for (const Value v : node.inputs)
    if (!is_defined(graph, v, index)) return "takes a value that is not defined before it";
  const auto types = infer(node.op, input_types(graph, node.inputs), node.layer);
  if (!types.ok()) return types.errors().front().to_string();
  if (*types != node.outputs) return "has other types than its op gives";
  return "";
}

bool same_node(const Node& a, const Node& b) {
  return a.op == b.op && a.inputs == b.inputs && a.outputs == b.outputs && a.layer == b.layer;
}

}  // namespace

Result<Value> Graph::add(Op op, std::vector<Value> inputs, std::string layer) {
  GATEFOLD_ASSERT(!layer.empty(), "every node names its layer");
  for (const Value v : inputs)
    GATEFOLD_ASSERT(is_defined(*this, v, nodes_.size()), "a node's inputs are defined before it");
  GATEFOLD_TRY(std::vector<TensorType> types, infer(op, input_types(*this, inputs), layer));
  nodes_.push_back({std::move(op), std::move(inputs), std::move(types), std::move(layer)});
  return Value{NodeId{static_cast<std::int32_t>(nodes_.size() - 1)}, 0};
}

Value Graph::add_given(TensorType type, std::string layer) {
  nodes_.push_back({Input{layer, type.shape, {}}, {}, {std::move(type)}, std::move(layer)});
  return Value{NodeId{static_cast<std::int32_t>(nodes_.size() - 1)}, 0};
}

void Graph::add_output(std::string output_name, Value value, HostFunction host) {
  GATEFOLD_ASSERT(is_defined(*this, value, nodes_.size()), "an output is a value of the graph");
  outputs_.push_back({std::move(output_name), value, host});
}

std::vector<NodeId> Graph::inputs() const {
  std::vector<NodeId> ids;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (std::holds_alternative<Input>(nodes_[i].op)) ids.push_back({static_cast<std::int32_t>(i)});
  return ids;
}

bool operator==(const Graph& a, const Graph& b) {
  return a.name == b.name && std::ranges::equal(a.nodes(), b.nodes(), same_node) &&
         std::ranges::equal(a.outputs(), b.outputs());
}

bool is_stateful(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) {
    const auto* scan = std::get_if<Scan>(&node.op);
    return scan != nullptr && scan->stateful;
  });
}

std::string verify(const Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const std::string error = node_error(graph, i);
    if (!error.empty()) return fmt::format("%{} {} {}", i, name_of(graph.nodes()[i].op), error);
  }
  for (const Output& output : graph.outputs())
    if (!is_defined(graph, output.value, graph.nodes().size()))
      return fmt::format("output '{}' is not defined", output.name);
  return "";
}

}  // namespace gatefold::graph
