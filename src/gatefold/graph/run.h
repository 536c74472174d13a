#pragma once

#include <span>
#include <vector>

#include "gatefold/graph/graph.h"

namespace gatefold::graph {

/// Every node's outputs for one sample (inputs in port order), by `evaluate`; asserts that each
/// value lies in its inferred range. Indexed [node][output].
std::vector<std::vector<numeric::IntTensor>> run_all(const Graph& graph,
                                                     std::span<const numeric::IntTensor> inputs);

/// The graph's outputs for one sample.
std::vector<numeric::IntTensor> run_reference(const Graph& graph,
                                              std::span<const numeric::IntTensor> inputs);

}  // namespace gatefold::graph
