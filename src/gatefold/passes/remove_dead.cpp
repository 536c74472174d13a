// Holds after: every node but a port is read; no sum has a nonzero weight on a constant input that
// could be folded, or in a channel that nobody reads.
#include <fmt/core.h>

#include "gatefold/passes/dead_steps.h"
#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

Result<Graph> one_round(const Graph& graph, DeadCounts& counts) {
  GATEFOLD_TRY(const Graph folded, fold_constants(graph, {}));
  GATEFOLD_TRY(const Graph swept, sweep_nodes(folded, counts));
  GATEFOLD_TRY(const Graph biased, fold_constant_inputs(swept, counts));
  GATEFOLD_TRY(const Graph dropped, drop_unread_channels(biased, counts));
  GATEFOLD_TRY(const Graph zeroed, zero_unread_channels(dropped, counts));
  return sweep_nodes(zeroed, counts);
}

std::vector<bool> reachable(const Graph& graph) {
  std::vector<bool> reached = is_output(graph);
  for (std::size_t i = graph.nodes().size(); i-- > 0;)
    if (reached[i])
      for (const Value v : graph.nodes()[i].inputs) reached[at(v.node)] = true;
  return reached;
}

}  // namespace

Result<Graph> sweep_nodes(const Graph& graph, DeadCounts& counts) {
  const std::vector<bool> reached = reachable(graph);
  return rewrite(graph, [&](Rewriter&, NodeId id) -> Result<bool> {
    if (as<graph::Input>(graph.node(id)) != nullptr || reached[at(id)]) return false;
    ++counts.nodes;
    return true;
  });
}

Result<Graph> remove_dead(Graph graph, const PassContext& context) {
  DeadCounts counts, before;
  do {
    before = counts;
    GATEFOLD_TRY(graph, one_round(graph, counts));
  } while (!(counts == before));
  if (!(counts == DeadCounts{}))
    context.note(fmt::format("{} nodes, {} weights, {} neurons removed", counts.nodes,
                             counts.weights, counts.neurons));
  return graph;
}

}  // namespace gatefold::passes
