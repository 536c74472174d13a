#pragma once

#include <optional>
#include <string>

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// Computes a node whose inputs are all constants, in the arithmetic of its element kind (float32
/// is rounded after every operation, as the framework does); empty where that is not exact.
using ConstantOperator = Result<std::optional<ConstantSymbol>> (*)(const Importer&,
                                                                   const ForeignNode&);

/// The function of layers/constant_operators.def, or none.
std::optional<ConstantOperator> find_constant_operator(const std::string& domain,
                                                       const std::string& type);

}  // namespace gatefold::layers
