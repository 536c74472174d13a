#include "gatefold/driver/stateful.h"

#include <algorithm>

#include "gatefold/driver/layer_choice.h"

namespace gatefold::driver {

std::vector<std::string> stateful_layers(const graph::Graph& graph) {
  std::vector<std::string> layers;
  for (const graph::Node& node : graph.nodes()) {
    const auto* scan = std::get_if<graph::Scan>(&node.op);
    if (scan == nullptr || !scan->stateful) continue;
    if (std::ranges::find(layers, node.layer) == layers.end()) layers.push_back(node.layer);
  }
  return layers;
}

Status check_stateful(const graph::Graph& graph, const layers::ImportOptions& options) {
  const auto layers = stateful_layers(graph);
  for (const std::string& chosen : options.stateful)
    if (chosen == "*" ? layers.empty() : std::ranges::find(layers, chosen) == layers.end())
      return diagnose(DiagnosticId::NothingStateful, "", name_of_choice(chosen));
  return success();
}

Status add_recurrent_state(layers::ImportOptions& options, const std::string& text) {
  const auto layer = layer_choice(text, "stateful");
  if (!layer) return diagnose(DiagnosticId::StateMalformed, "", text);
  options.stateful.insert(*layer);
  return success();
}

}  // namespace gatefold::driver
