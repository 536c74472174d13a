#pragma once

#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"

namespace gatefold::lowering {

struct LoweringOptions {
  /// Adder levels that a constant matrix may take above the least possible; -1 for as many as save
  /// area.
  int extra_depth = 2;
};

/// A fully parallel design of one process and one step per inference. Layers and port names are the
/// graph's. Errors: ops without a parallel form (NoHardware), quantizers too wide to realise
/// exactly (QuantizerTooWide).
Result<hardware::Design> lower(const graph::Graph& graph, const LoweringOptions& options = {});

}  // namespace gatefold::lowering
