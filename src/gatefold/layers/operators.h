#pragma once

#include <span>
#include <string_view>

namespace gatefold::layers {

/// An operator that is imported; `quant` stands for the three domains of QONNX's operators.
struct Operator {
  std::string_view domain, type;
};

/// All of them, in the order of layers/rules.def.
std::span<const Operator> operators();

}  // namespace gatefold::layers
