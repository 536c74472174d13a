#include "gatefold/graph/run.h"

#include <algorithm>

#include "gatefold/support/assert.h"

namespace gatefold::graph {
namespace {

using numeric::IntTensor;

void check_ranges(const IntTensor& value, const TensorType& type) {
  GATEFOLD_ASSERT(value.shape == type.shape, "a value has its inferred shape");
  GATEFOLD_ASSERT(value.size() == type.size(), "a value fills its shape");
  for (std::int64_t i = 0; i < value.size(); ++i)
    GATEFOLD_ASSERT(type.range(i).contains(value[i]), "a value lies in its inferred range");
}

std::vector<TensorType> types_of_inputs(const Graph& graph, const Node& node) {
  std::vector<TensorType> types;
  for (const Value v : node.inputs) types.push_back(graph.type(v));
  return types;
}

/// A scan that goes on where the inference before it ended.
std::vector<IntTensor> go_on(const Scan& scan, std::span<const TensorType> types,
                             std::vector<IntTensor> arguments, std::vector<IntTensor>& states) {
  if (!states.empty()) std::ranges::copy(states, arguments.begin() + scan.sequence_inputs);
  std::vector<IntTensor> outputs = evaluate(scan, types, arguments);
  states.assign(outputs.begin() + scan.sequence_outputs, outputs.end());
  return outputs;
}

}  // namespace

std::vector<std::vector<IntTensor>> run_all(const Graph& graph, std::span<const IntTensor> inputs,
                                            KeptStates& kept) {
  std::vector<std::vector<IntTensor>> values;
  std::size_t port = 0;
  for (const Node& node : graph.nodes()) {
    if (std::holds_alternative<Input>(node.op)) {
      GATEFOLD_ASSERT(port < inputs.size(), "a tensor for each port");
      values.push_back({inputs[port++]});
    } else {
      const std::vector<TensorType> types = types_of_inputs(graph, node);
      std::vector<IntTensor> arguments;
      for (const Value v : node.inputs)
        arguments.push_back(
            values[static_cast<std::size_t>(v.node.index)][static_cast<std::size_t>(v.output)]);
      const NodeId id{static_cast<std::int32_t>(values.size())};
      const auto* scan = std::get_if<Scan>(&node.op);
      values.push_back(scan != nullptr && scan->stateful
                           ? go_on(*scan, types, std::move(arguments), kept[id])
                           : evaluate(node.op, types, arguments));
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      check_ranges(values.back()[i], node.outputs[i]);
  }
  return values;
}

std::vector<std::vector<IntTensor>> run_all(const Graph& graph, std::span<const IntTensor> inputs) {
  KeptStates kept;
  return run_all(graph, inputs, kept);
}

std::vector<IntTensor> run_reference(const Graph& graph, std::span<const IntTensor> inputs,
                                     KeptStates& kept) {
  const auto values = run_all(graph, inputs, kept);
  std::vector<IntTensor> results;
  for (const Output& output : graph.outputs())
    results.push_back(values[static_cast<std::size_t>(output.value.node.index)]
                            [static_cast<std::size_t>(output.value.output)]);
  return results;
}

std::vector<IntTensor> run_reference(const Graph& graph, std::span<const IntTensor> inputs) {
  KeptStates kept;
  return run_reference(graph, inputs, kept);
}

}  // namespace gatefold::graph
