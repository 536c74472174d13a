#pragma once

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// A Quant, IntQuant or BipolarQuant on a constant, in the constant's own float arithmetic:
/// q = round(clamp(x / scale + zero_point)), which stands for exactly (q - zero_point) * scale.
Result<std::optional<ConstantSymbol>> quantize_constant(const Importer& importer,
                                                        const ForeignNode& node,
                                                        const ConstantSymbol& x);

}  // namespace gatefold::layers
