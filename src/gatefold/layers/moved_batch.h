#pragma once

#include "gatefold/layers/importer.h"

// Recurrent layers of ONNX read [time, batch, features], so exporters transpose the batch away from
// the first axis and back.
namespace gatefold::layers {

/// Whether the batch of some input is not the first axis.
bool reads_moved_batch(const Importer& importer, const ForeignNode& node);

/// A node that brings such a tensor on its way to or from a recurrent layer: Transpose, Squeeze,
/// Reshape, Identity, Shape, or the layer itself. BatchAxis for others.
Status import_moved_batch(Importer& importer, const ForeignNode& node);

/// Transposes a tensor whose batch is axis `batch` by an order of all axes of the file.
Status transpose_with_batch(Importer& importer, const ForeignNode& node,
                            const std::vector<std::int64_t>& order, int batch);

/// A target without the batch, or empty where the batch would not stay the first axis. Entries are
/// empty where the batch stands.
std::optional<Shape> reshape_target(const std::vector<std::optional<std::int64_t>>& target,
                                    const Shape& shape, std::optional<std::int64_t> batch,
                                    bool keeps_zero);

}  // namespace gatefold::layers
