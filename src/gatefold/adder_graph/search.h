#pragma once

#include "gatefold/adder_graph/network.h"

namespace gatefold::adder_graph {

/// The cheapest networks that the problem's effort finds: a greedy elimination from
/// several decompositions, then rounds that dissolve a region of the best one and eliminate it
/// anew with noise (large neighbourhood search).
struct Found {
  Network greedy, best;  // before and after the rounds
};
Found search(const Problem& problem, int depth_limit);

}  // namespace gatefold::adder_graph
