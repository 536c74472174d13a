#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/graph/graph.h"

namespace gatefold::passes {

/// Which elements of each node's outputs some output of the graph depends on: [node][output][flat].
/// Exact through wiring, sums with zero weights and elementwise functions of one value; other ops
/// need all of their inputs.
using Liveness = std::vector<std::vector<std::vector<bool>>>;
Liveness live_elements(const graph::Graph& graph);

/// The channels (positions on the last axis) with a live element.
std::vector<std::int64_t> live_channels(const std::vector<bool>& live, std::int64_t channels);

}  // namespace gatefold::passes
