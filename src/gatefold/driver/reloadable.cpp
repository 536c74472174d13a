#include "gatefold/driver/reloadable.h"

#include "gatefold/driver/layer_choice.h"

namespace gatefold::driver {
namespace {

using Matrices = std::map<std::string, std::vector<graph::Linear>>;

void collect(Matrices& matrices, const graph::Graph& graph) {
  for (const graph::Node& node : graph.nodes()) {
    if (const auto* scan = std::get_if<graph::Scan>(&node.op)) collect(matrices, *scan->body);
    const auto* linear = std::get_if<graph::Linear>(&node.op);
    if (linear != nullptr && linear->reloadable) matrices[node.layer].push_back(*linear);
  }
}

}  // namespace

Matrices reloadable_matrices(const graph::Graph& graph) {
  Matrices matrices;
  collect(matrices, graph);
  return matrices;
}

Status check_reloadable(const graph::Graph& graph, const layers::ImportOptions& options) {
  const Matrices matrices = reloadable_matrices(graph);
  for (const std::string& layer : options.reloadable) {
    if (layer == "*" ? !matrices.empty() : matrices.contains(layer)) continue;
    return diagnose(DiagnosticId::NothingToReload, "", name_of_choice(layer));
  }
  return success();
}

Status add_weights(layers::ImportOptions& options, const std::string& text) {
  const auto layer = layer_choice(text, "reloadable");
  if (!layer) return diagnose(DiagnosticId::WeightsMalformed, "", text);
  options.reloadable.insert(*layer);
  return success();
}

}  // namespace gatefold::driver
