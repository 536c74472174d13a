#pragma once

#include <optional>

#include "gatefold/graph/op_rules.h"

namespace gatefold::graph {

/// The shape of the rewired tensor; empty when the wiring does not fit its inputs.
std::optional<Shape> wired_shape(const Wiring& wiring, Types inputs);

}  // namespace gatefold::graph
