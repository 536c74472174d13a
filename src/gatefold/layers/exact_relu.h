#pragma once

#include <optional>

#include "gatefold/layers/importer.h"

// ReLU without a quantizer behind it, where integers hold it exactly.
namespace gatefold::layers {

/// ReLU of the integers themselves, where real 0 is one integer for the whole tensor and all scales
/// have one sign.
std::optional<graph::Clamp> exact_relu(const graph::TensorType& type);

/// Of a tensor with one pending ReLU, as behind a pool: the quantizer that changes no real number,
/// to integers of the largest step of which all are multiples. None where another function is
/// pending, or such integers are wider than a word.
std::optional<graph::Quantize> relu_quantizer(const graph::TensorType& type);

}  // namespace gatefold::layers
