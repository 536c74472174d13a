#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gatefold/frontends/foreign_model.h"
#include "gatefold/graph/graph.h"

namespace gatefold::layers {

using numeric::Rational;
using numeric::Shape;

/// What the quantizer of a constant can give: step times an integer of the range.
struct ConstantGrid {
  std::vector<Rational> steps;  // one for all elements, or one for each
  numeric::Interval integers;
};

/// A constant of the file with exact values. A quantized constant holds (raw - zero_point) * scale
/// exactly, where the framework would round the product to float32. The shape is the file's.
struct ConstantSymbol {
  frontends::ElementKind kind = frontends::ElementKind::Float32;
  Shape shape;
  std::vector<Rational> values;
  std::optional<ConstantGrid> grid = {};  // where it comes from a quantizer
};

/// A model input before its first quantizer: still real numbers, in the host's hands.
struct PortSymbol {
  std::string name;
  Shape port_shape;  // without the batch axis
  std::vector<graph::RealFunction> functions;
  std::vector<graph::Wiring> wiring;  // after the functions, applied behind the quantizer
  Shape shape;                        // after the wiring
};

/// A list of extents in which the open batch stands (empty), on the way from Shape to Reshape.
struct ExtentsSymbol {
  std::vector<std::optional<std::int64_t>> extents;
  bool is_scalar = false;  // one extent without an axis of its own
};

/// A computed tensor or model input whose batch is this axis of the file's tensor, not the first.
struct MovedBatch {
  std::variant<PortSymbol, graph::Value> content;
  int axis = 1;
};

/// The output of a layer that was refused: whatever depends on it is not reported again.
struct Poisoned {};

using Symbol =
    std::variant<ConstantSymbol, PortSymbol, ExtentsSymbol, graph::Value, MovedBatch, Poisoned>;

}  // namespace gatefold::layers
