#include "gatefold/lowering/folded_matrices.h"

#include "gatefold/lowering/network.h"

namespace gatefold::lowering {

std::vector<MatrixOverTime> matrices_over_time(const graph::Graph& graph, const Folds& folds) {
  const auto plan = plan_network(graph, folds);
  GATEFOLD_ASSERT(plan.ok(), "the graph has been lowered");
  std::vector<MatrixOverTime> matrices;
  for (const ProcessPlan& process : plan->processes) {
    const auto* fold = std::get_if<FoldFront>(&process.front);
    if (fold == nullptr) continue;
    const graph::Op& op = process.graph->node(process.front_values.front().node).op;
    matrices.push_back(
        {&std::get<graph::Linear>(op), fold->matrix.multipliers(), fold->matrix.steps()});
  }
  return matrices;
}

}  // namespace gatefold::lowering
