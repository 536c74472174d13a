#pragma once

#include <optional>
#include <vector>

#include "gatefold/graph/graph.h"

namespace gatefold::passes {

/// For each input the transpose that stands before all ops that read it through elementwise ones
/// and take one order of axes only; empty where they differ, or none is there.
std::vector<std::optional<graph::Transpose>> wanted_orders(const graph::Graph& graph);

}  // namespace gatefold::passes
