#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/graph/graph.h"

namespace gatefold::layers {

/// The largest difference between an output of the composed Softmax and the real softmax of the
/// exact logits, for this many logits. (0.0081 for 10 logits, 0.012 for 256; derived in
/// docs/architecture.md, "Softmax".)
double softmax_bound(std::int64_t logits);

/// A layer whose hardware is not exact.
struct BoundedLayer {
  std::string layer;
  double bound = 0;  // of the difference from the real function
};

/// The Softmax layers that the graph, imported from the model, computes in hardware.
std::vector<BoundedLayer> bounded_layers(const frontends::ForeignModel& model,
                                         const graph::Graph& graph);

}  // namespace gatefold::layers
