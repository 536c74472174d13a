#pragma once

#include "gatefold/lowering/lowerer.h"
#include "gatefold/lowering/network.h"

namespace gatefold::lowering {

/// The constant of the element whose turn it is in a lane; a beat without one repeats the last.
ValueId constant_in_turn(Lowerer& lowerer, const std::vector<std::int64_t>& elements,
                         const std::vector<std::vector<std::int64_t>>& groups, std::size_t lane,
                         ValueId group);

/// The nodes of a process whose beats are parts of positions: each works on every element alone. A
/// lane serves the elements of all groups, `group` says whose turn it is; what differs among them
/// comes from tables. Adds the words of each node's value to `words`.
Status lower_elements(Lowerer& lowerer, const graph::Graph& graph, const ProcessPlan& plan,
                      ValueId group, std::map<graph::Value, Words>& words);

}  // namespace gatefold::lowering
