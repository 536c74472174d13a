#pragma once

#include <map>
#include <span>
#include <vector>

#include "gatefold/graph/graph.h"

namespace gatefold::graph {

/// What the stateful scans of a graph keep from one inference to the next: the final states by
/// node.
using KeptStates = std::map<NodeId, std::vector<numeric::IntTensor>>;

/// Every node's outputs for one sample (inputs in port order), by `evaluate`; asserts that each
/// value lies in its inferred range. Indexed [node][output]. Stateful scans begin with what `kept`
/// holds and leave their states there; empty: the first inference.
std::vector<std::vector<numeric::IntTensor>> run_all(const Graph& graph,
                                                     std::span<const numeric::IntTensor> inputs,
                                                     KeptStates& kept);
/// The first inference.
std::vector<std::vector<numeric::IntTensor>> run_all(const Graph& graph,
                                                     std::span<const numeric::IntTensor> inputs);

/// The graph's outputs for one sample.
std::vector<numeric::IntTensor> run_reference(const Graph& graph,
                                              std::span<const numeric::IntTensor> inputs,
                                              KeptStates& kept);
/// The first inference.
std::vector<numeric::IntTensor> run_reference(const Graph& graph,
                                              std::span<const numeric::IntTensor> inputs);

}  // namespace gatefold::graph
