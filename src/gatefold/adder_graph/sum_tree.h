#pragma once

#include <span>
#include <vector>

#include "gatefold/adder_graph/builder.h"

namespace gatefold::adder_graph {

/// Adds up the terms with few full adders, ready at level `depth_limit` or before (Kraft's
/// inequality must hold: sum over terms of 2^depth <= 2^depth_limit). The bits below each adder's
/// coarser operand add up to the same total in every tree, so only the tops of the partial sums
/// count: small terms are added first, as in a Huffman code, as far as the levels allow.
/// Returns the digit of the sum: sign 0 for no terms, negative only when all terms are.
Digit build_sum(Builder& builder, std::span<const Digit> terms, int depth_limit);

}  // namespace gatefold::adder_graph
