#include "gatefold/graph/run.h"

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

}  // namespace

std::vector<std::vector<IntTensor>> run_all(const Graph& graph, std::span<const IntTensor> inputs) {
  std::vector<std::vector<IntTensor>> values;
  std::size_t port = 0;
  for (const Node& node : graph.nodes()) {
    if (std::holds_alternative<Input>(node.op)) {
      GATEFOLD_ASSERT(port < inputs.size(), "a tensor for each port");
      values.push_back({inputs[port++]});
    } else {
      std::vector<TensorType> types;
      std::vector<IntTensor> arguments;
      for (const Value v : node.inputs) {
        types.push_back(graph.type(v));
        arguments.push_back(
            values[static_cast<std::size_t>(v.node.index)][static_cast<std::size_t>(v.output)]);
      }
      values.push_back(evaluate(node.op, types, arguments));
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i)
      check_ranges(values.back()[i], node.outputs[i]);
  }
  return values;
}

std::vector<IntTensor> run_reference(const Graph& graph, std::span<const IntTensor> inputs) {
  const auto values = run_all(graph, inputs);
  std::vector<IntTensor> results;
  for (const Output& output : graph.outputs())
    results.push_back(values[static_cast<std::size_t>(output.value.node.index)]
                            [static_cast<std::size_t>(output.value.output)]);
  return results;
}

}  // namespace gatefold::graph
