#pragma once

#include "gatefold/graph/op.h"

namespace gatefold::passes {

/// A saturating quantizer whose bounds are exactly the ranges of `out`, on a tensor of this shape.
/// The same function wherever `q` gives values in `out` by saturation or without overflow.
graph::Quantize narrowed(graph::Quantize q, const graph::Shape& shape,
                         const graph::TensorType& out);

}  // namespace gatefold::passes
