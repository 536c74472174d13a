// Constants of the file and constant subgraphs, computed as the framework computes them.
#include <algorithm>
#include <cmath>

#include "gatefold/graph/op_rules.h"
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/constant_operators.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

using frontends::ElementKind;

/// Rounds to what the element kind can hold. +, -, *, / and sqrt of floats computed in double and
/// rounded once more are correctly rounded (Figueroa 1995: 53 >= 2 * 24 + 2).
Result<Rational> stored(double value, ElementKind kind, const ForeignNode& node) {
  const double kept = kind == ElementKind::Float64 ? value : static_cast<float>(value);
  if (!std::isfinite(kept))
    return diagnose(DiagnosticId::NonFiniteConstant, node.name, node.outputs.front());
  return numeric::exact(kept);
}

double loaded(const Rational& value, ElementKind kind) {
  const double nearest = numeric::to_double(value);
  return kind == ElementKind::Float64 ? nearest : static_cast<float>(nearest);
}

Result<Shape> broadcast_shape(const Shape& a, const Shape& b, const std::string& layer) {
  Shape shape(std::max(a.size(), b.size()), 1);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1;
    const std::int64_t y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1)
      return diagnose(DiagnosticId::BadBroadcast, layer, numeric::to_string(a),
                      numeric::to_string(b));
    shape[shape.size() - 1 - i] = x == 1 ? y : x;
  }
  GATEFOLD_CHECK(graph::check_shape(shape, layer));
  return shape;
}

std::int64_t broadcast_index(std::int64_t flat, const Shape& from, const Shape& to) {
  std::int64_t index = 0;
  std::int64_t stride = 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::int64_t extent = to[to.size() - 1 - i];
    const std::int64_t own = i < from.size() ? from[from.size() - 1 - i] : 1;
    if (own != 1) index += (flat % extent) * stride;
    stride *= own;
    flat /= extent;
  }
  return index;
}

bool is_real(ElementKind kind) {
  return kind == ElementKind::Float32 || kind == ElementKind::Float64;
}

using Unary = double (*)(double);
using Binary = double (*)(double, double);

Result<std::optional<ConstantSymbol>> elementwise(const Importer& importer, const ForeignNode& node,
                                                  Binary function) {
  GATEFOLD_TRY(const ConstantSymbol a, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(const ConstantSymbol b, importer.constant(node, 1, "operand"));
  if (!is_real(a.kind) || a.kind != b.kind) return std::optional<ConstantSymbol>();
  GATEFOLD_TRY(const Shape shape, broadcast_shape(a.shape, b.shape, node.name));
  ConstantSymbol result{a.kind, shape, {}};
  for (std::int64_t i = 0; i < numeric::element_count(shape); ++i) {
    const auto x = loaded(a.values[broadcast_index(i, a.shape, shape)], a.kind);
    const auto y = loaded(b.values[broadcast_index(i, b.shape, shape)], a.kind);
    GATEFOLD_TRY(Rational value, stored(function(x, y), a.kind, node));
    result.values.push_back(std::move(value));
  }
  return std::optional(std::move(result));
}

Result<std::optional<ConstantSymbol>> elementwise(const Importer& importer, const ForeignNode& node,
                                                  Unary function) {
  GATEFOLD_TRY(ConstantSymbol x, importer.constant(node, 0, "operand"));
  if (!is_real(x.kind)) return std::optional<ConstantSymbol>();
  x.grid.reset();
  for (Rational& element : x.values) {
    GATEFOLD_TRY(element, stored(function(loaded(element, x.kind)), x.kind, node));
  }
  return std::optional(std::move(x));
}

}  // namespace

Result<ConstantSymbol> from_array(const frontends::ForeignArray& array, const std::string& name) {
  ConstantSymbol constant{array.kind, array.shape, {}};
  for (const double value : array.reals) {
    if (!std::isfinite(value)) return diagnose(DiagnosticId::NonFiniteConstant, "", name);
    constant.values.push_back(numeric::exact(value));
  }
  for (const std::int64_t value : array.integers)
    constant.values.push_back(numeric::from_int64(value));
  return constant;
}

std::optional<ConstantGrid> with_steps(
    const std::optional<ConstantGrid>& grid,
    const std::function<std::vector<Rational>(const std::vector<Rational>&)>& order) {
  if (!grid || grid->steps.size() == 1) return grid;
  return ConstantGrid{order(grid->steps), grid->integers};
}

Result<numeric::PerAxis<Rational>> broadcast(const ConstantSymbol& constant, const Shape& shape,
                                             const std::string& layer) {
  if (constant.values.size() == 1) return numeric::PerAxis<Rational>(constant.values.front());
  Shape full = shape;
  full.insert(full.begin(), 1);
  GATEFOLD_TRY(const Shape common, broadcast_shape(constant.shape, full, layer));
  if (common != full)
    return diagnose(DiagnosticId::BadBroadcast, layer, numeric::to_string(constant.shape),
                    numeric::to_string(full));
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] == static_cast<std::int64_t>(constant.values.size()) &&
        constant.shape.size() + axis >= shape.size() &&
        constant.shape[constant.shape.size() + axis - shape.size()] == shape[axis])
      return numeric::PerAxis<Rational>(static_cast<int>(axis), constant.values);
  std::vector<Rational> values;
  for (std::int64_t i = 0; i < numeric::element_count(shape); ++i)
    values.push_back(
        constant.values[static_cast<std::size_t>(broadcast_index(i, constant.shape, full))]);
  return numeric::PerAxis<Rational>(numeric::PerAxis<Rational>::by_element, std::move(values));
}

Result<std::optional<ConstantSymbol>> constant_identity(const Importer& importer,
                                                        const ForeignNode& node) {
  GATEFOLD_TRY(ConstantSymbol x, importer.constant(node, 0, "operand"));
  return std::optional(std::move(x));
}

/// To float32, double or, of whole numbers, to an integer; `to` is ONNX's TensorProto.DataType.
Result<std::optional<ConstantSymbol>> constant_cast(const Importer& importer,
                                                    const ForeignNode& node) {
  GATEFOLD_TRY(ConstantSymbol x, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(const auto to, attribute(node, "to", std::int64_t{0}));
  x.grid.reset();
  const auto is_whole = [](const Rational& value) { return value.get_den() == 1; };
  if (to == 1 || to == 11) {
    x.kind = to == 1 ? ElementKind::Float32 : ElementKind::Float64;
    for (Rational& value : x.values) {
      GATEFOLD_TRY(value, stored(numeric::to_double(value), x.kind, node));
    }
  } else if ((to == 6 || to == 7) && std::ranges::all_of(x.values, is_whole)) {
    x.kind = ElementKind::Integer;
  } else {
    return std::optional<ConstantSymbol>();
  }
  return std::optional(std::move(x));
}

Result<std::optional<ConstantSymbol>> constant_add(const Importer& importer,
                                                   const ForeignNode& node) {
  return elementwise(importer, node, [](double a, double b) { return a + b; });
}

Result<std::optional<ConstantSymbol>> constant_sub(const Importer& importer,
                                                   const ForeignNode& node) {
  return elementwise(importer, node, [](double a, double b) { return a - b; });
}

Result<std::optional<ConstantSymbol>> constant_mul(const Importer& importer,
                                                   const ForeignNode& node) {
  return elementwise(importer, node, [](double a, double b) { return a * b; });
}

Result<std::optional<ConstantSymbol>> constant_div(const Importer& importer,
                                                   const ForeignNode& node) {
  return elementwise(importer, node, [](double a, double b) { return a / b; });
}

Result<std::optional<ConstantSymbol>> constant_neg(const Importer& importer,
                                                   const ForeignNode& node) {
  return elementwise(importer, node, [](double x) { return -x; });
}

Result<std::optional<ConstantSymbol>> constant_abs(const Importer& importer,
                                                   const ForeignNode& node) {
  return elementwise(importer, node, [](double x) { return std::fabs(x); });
}

Result<std::optional<ConstantSymbol>> constant_sqrt(const Importer& importer,
                                                    const ForeignNode& node) {
  return elementwise(importer, node, [](double x) { return std::sqrt(x); });
}

/// Powers that are one correctly rounded operation.
Result<std::optional<ConstantSymbol>> constant_pow(const Importer& importer,
                                                   const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol x, importer.constant(node, 0, "base"));
  GATEFOLD_TRY(const ConstantSymbol exponent, importer.constant(node, 1, "exponent"));
  if (exponent.values.size() != 1 || exponent.shape.size() > x.shape.size())
    return std::optional<ConstantSymbol>();
  const Rational& power = exponent.values.front();
  if (power == Rational(1, 2)) return constant_sqrt(importer, node);
  if (power == 1) return constant_identity(importer, node);
  if (power == 2) return elementwise(importer, node, [](double v) { return v * v; });
  if (power == -1) return elementwise(importer, node, [](double v) { return 1 / v; });
  return std::optional<ConstantSymbol>();
}

}  // namespace gatefold::layers
