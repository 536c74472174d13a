#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/adder_graph/form.h"

namespace gatefold::adder_graph {

/// Appends the canonical signed digits (no two neighbours nonzero) of weight * node.
void append_canonical(std::int32_t node, std::int64_t weight, std::vector<Digit>& digits);
/// As many digits, but with a leading 4 - 1 written as 2 + 1: its top is one bit lower.
void append_low(std::int32_t node, std::int64_t weight, std::vector<Digit>& digits);
/// How many there are.
int canonical_count(std::int64_t weight);

}  // namespace gatefold::adder_graph
