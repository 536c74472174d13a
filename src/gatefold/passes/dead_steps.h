#pragma once

#include "gatefold/graph/graph.h"
#include "gatefold/support/result.h"

// The steps of remove_dead. Each adds to a count what it removed and is repeated until none does.
namespace gatefold::passes {

struct DeadCounts {
  std::int64_t nodes = 0, weights = 0, neurons = 0;
  friend bool operator==(const DeadCounts&, const DeadCounts&) = default;
};

/// Nodes that no output depends on (ports stay).
Result<graph::Graph> sweep_nodes(const graph::Graph& graph, DeadCounts& counts);

/// Weights on inputs of a sum that are constant: the products go into the bias, and where that
/// moves the integers, into the sources of the quantizers that read them.
Result<graph::Graph> fold_constant_inputs(const graph::Graph& graph, DeadCounts& counts);

/// Weights of output channels that nobody reads.
Result<graph::Graph> zero_unread_channels(const graph::Graph& graph, DeadCounts& counts);

/// Channels that nobody reads between a linear and the linears after it, with elementwise functions
/// between.
Result<graph::Graph> drop_unread_channels(const graph::Graph& graph, DeadCounts& counts);

}  // namespace gatefold::passes
