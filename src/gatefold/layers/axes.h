#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/layers/importer.h"

// Axes and other integers that a file gives as attributes or as constant inputs.
namespace gatefold::layers {

using Integers = std::vector<std::int64_t>;

Diagnostic bad_attribute(const ForeignNode& node, const std::string& name);

/// Counted from the end where negative; none outside of [0, rank).
std::optional<std::size_t> axis_of(std::int64_t axis, std::size_t rank);

/// The integers of the constant at this input; BadAttribute named `what` for others.
Result<Integers> integers_at(const Importer& importer, const ForeignNode& node, std::size_t index,
                             const std::string& what);
/// The same, or the attribute `name`, or nothing: many operators made an input of an attribute.
Result<Integers> integers_at_or(const Importer& importer, const ForeignNode& node,
                                std::size_t index, const std::string& name);

/// Which axes of a tensor of this rank are named; BadAttribute for one outside or named twice.
Result<std::vector<bool>> marked(const Integers& axes, std::size_t rank, const ForeignNode& node);

/// The same for a computed tensor, in the axes of the graph, which have no batch; BatchAxis where
/// the batch is named. `rank` counts the batch.
Result<std::vector<bool>> marked_inner(const Integers& axes, std::size_t rank,
                                       const ForeignNode& node);

/// An axis of the file as one of a computed tensor of this shape; BadAttribute, BatchAxis.
Result<int> inner_axis(std::int64_t axis, const Shape& shape, const ForeignNode& node);

/// Moves an axis to the end, or the last one there.
graph::Transpose axis_moved(std::size_t rank, int axis, bool to_the_end);

}  // namespace gatefold::layers
