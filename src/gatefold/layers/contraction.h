#pragma once

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// A matrix product [batch, ..., M, K] x [batch, ..., K, N] of two computed tensors.
/// UnsupportedForm for other axes, ScaleMismatch where terms of one sum have different scales.
Status import_contraction(Importer& importer, const ForeignNode& node);

}  // namespace gatefold::layers
