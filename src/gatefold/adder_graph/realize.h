#pragma once

#include "gatefold/adder_graph/network.h"

namespace gatefold::adder_graph {

/// Builds every sum's tree.
AdderGraph realize(const Network& network, const Problem& problem);

}  // namespace gatefold::adder_graph
