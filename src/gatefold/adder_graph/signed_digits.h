#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/adder_graph/builder.h"

namespace gatefold::adder_graph {

/// Appends the canonical signed digits (no two neighbours nonzero) of weight * node.
void append_canonical(std::int32_t node, std::int64_t weight, std::vector<Digit>& digits);
/// How many there are.
int canonical_count(std::int64_t weight);

}  // namespace gatefold::adder_graph
