#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/graph/graph.h"
#include "gatefold/lowering/lower.h"

namespace gatefold::lowering {

/// A matrix of the graph (or of a body in it) that is worked off over time.
struct MatrixOverTime {
  const graph::Linear* linear = nullptr;
  std::int64_t multipliers = 0, steps = 0;  // at a position
};

/// The matrices that `lower_network` folds; the others are adder graphs. The graph must be one that
/// it lowers with these folds.
std::vector<MatrixOverTime> matrices_over_time(const graph::Graph& graph, const Folds& folds);

}  // namespace gatefold::lowering
