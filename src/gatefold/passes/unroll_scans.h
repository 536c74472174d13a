#pragma once

#include "gatefold/graph/graph.h"
#include "gatefold/support/result.h"

// Scans as copies of their bodies, one a time step, where the hardware has no loop for them. What
// happens in which step is known then: passes behind it fold initial states that are constants.
namespace gatefold::passes {

/// The same graph without scans, as a fully parallel design needs it. Nodes keep their layers.
/// Errors: stateful scans, all at once (StatefulInParallel).
Result<graph::Graph> unroll_scans(const graph::Graph& graph);

/// The same graph without scans in the bodies of scans, as a network of processes needs it.
Result<graph::Graph> unroll_inner_scans(const graph::Graph& graph);

}  // namespace gatefold::passes
