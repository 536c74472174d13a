#pragma once

#include <optional>
#include <span>

#include "gatefold/graph/graph.h"

// What one position of a streamed tensor sees. A tensor [positions…, rest…] with `axes` position
// axes goes by one position after the other; an op that does the same at each of them is one piece
// of hardware, used again and again.
namespace gatefold::lowering {

/// Elements of one position.
std::int64_t position_size(const graph::Shape& shape, int axes);

/// The tensor of any one position: the shape loses its position axes, the range of an element is
/// the hull over all positions.
graph::TensorType at_position(const graph::TensorType& type, int axes);

/// The constant of one position, where it is the same at all.
std::optional<graph::Constant> at_position(const graph::Constant& constant, int axes,
                                           std::size_t rank);

/// The op of one position, where the node does the same at all; its output then has the same
/// position axes. `types` are the types of the node's inputs.
std::optional<graph::Op> at_position(const graph::Node& node,
                                     std::span<const graph::TensorType> types, int axes);

/// Whether a quantizer's path is defined for every integer of its input's ranges. Words are outside
/// of their tensor's ranges in steps that bring none of its positions.
bool is_defined_on(const graph::Quantize& quantize, const graph::TensorType& in);

}  // namespace gatefold::lowering
