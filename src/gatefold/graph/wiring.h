#pragma once

#include <optional>

#include "gatefold/graph/op_rules.h"

namespace gatefold::graph {

/// The shape of the rewired tensor; empty when the wiring does not fit its inputs.
std::optional<Shape> wired_shape(const Wiring& wiring, Types inputs);

/// What an axis of a rewired tensor reads: position i reads positions[i] of the input's axis, or,
/// where it lies outside of the input, the nearest one's meaning and the pad's integer. Where
/// several axes read one, their positions add up.
struct AxisMap {
  int input_axis = 0;
  std::vector<std::int64_t> positions;
  std::vector<bool> outside;  // empty when none is
};

/// One for each axis of the output; none for Reshape and Concatenate, whose axes have no such map.
std::vector<AxisMap> axis_maps(const Wiring& wiring, const Shape& from);

/// The sources of the elements that these axes, the last ones of an output, span from element 0 of
/// a tensor of shape `from` on.
std::vector<Source> mapped_sources(std::span<const AxisMap> maps, const Shape& from,
                                   std::int64_t value);

}  // namespace gatefold::graph
