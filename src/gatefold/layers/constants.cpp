// Constants of the file and constant subgraphs, computed as the framework computes them.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/importer.h"
#include "gatefold/layers/quantizer_spec.h"

namespace gatefold::layers {
namespace {

using frontends::ElementKind;

/// Rounds to what the element kind can hold. +, -, *, / and sqrt of floats computed in double and
/// rounded once more are correctly rounded (Figueroa 1995: 53 >= 2 * 24 + 2).
Rational stored(double value, ElementKind kind) {
  return numeric::exact(kind == ElementKind::Float64 ? value : static_cast<float>(value));
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
    const double value = function(x, y);
    if (!std::isfinite(value))
      return diagnose(DiagnosticId::NonFiniteConstant, node.name, node.outputs.front());
    result.values.push_back(stored(value, a.kind));
  }
  return std::optional(std::move(result));
}

Result<std::optional<ConstantSymbol>> reshaped(ConstantSymbol constant, Shape shape,
                                               const ForeignNode& node) {
  if (numeric::element_count(shape) != static_cast<std::int64_t>(constant.values.size()))
    return diagnose(DiagnosticId::BadBroadcast, node.name, numeric::to_string(constant.shape),
                    numeric::to_string(shape));
  constant.shape = std::move(shape);
  return std::optional(std::move(constant));
}

Result<std::optional<ConstantSymbol>> reshape(const Importer& importer, const ForeignNode& node,
                                              const ConstantSymbol& x) {
  GATEFOLD_TRY(const ConstantSymbol target, importer.constant(node, 1, "shape"));
  Shape shape;
  std::int64_t known = 1;
  for (std::size_t i = 0; i < target.values.size(); ++i) {
    if (target.values[i] < -1)
      return diagnose(DiagnosticId::BadBroadcast, node.name, numeric::to_string(x.shape),
                      numeric::to_string(target.values[i]));
    std::int64_t extent = target.values[i].get_num().get_si();
    if (extent == 0 && i < x.shape.size()) extent = x.shape[i];
    if (extent > 0) known *= extent;
    shape.push_back(extent);
  }
  for (std::int64_t& extent : shape)
    if (extent == -1)
      extent = static_cast<std::int64_t>(x.values.size()) / std::max<std::int64_t>(known, 1);
  return reshaped(x, std::move(shape), node);
}

Result<std::optional<ConstantSymbol>> transpose(const ForeignNode& node, const ConstantSymbol& x) {
  std::vector<std::int64_t> reversed(x.shape.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  GATEFOLD_TRY(const auto order, attribute(node, "perm", reversed));
  if (order.size() != x.shape.size())
    return diagnose(DiagnosticId::BadAttribute, node.name, "perm", node.type);
  ConstantSymbol result{x.kind, {}, {}};
  const auto strides = numeric::strides_of(x.shape);
  for (const std::int64_t axis : order) {
    const bool valid = axis >= 0 && axis < static_cast<std::int64_t>(order.size());
    if (!valid || std::ranges::count(order, axis) != 1)
      return diagnose(DiagnosticId::BadAttribute, node.name, "perm", node.type);
    result.shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
  }
  for (std::int64_t flat = 0; flat < numeric::element_count(result.shape); ++flat) {
    std::int64_t rest = flat, index = 0;
    for (std::size_t i = order.size(); i-- > 0;) {
      index += (rest % result.shape[i]) * strides[static_cast<std::size_t>(order[i])];
      rest /= result.shape[i];
    }
    result.values.push_back(x.values[static_cast<std::size_t>(index)]);
  }
  return std::optional(std::move(result));
}

Result<std::optional<ConstantSymbol>> flatten(const ForeignNode& node, const ConstantSymbol& x) {
  GATEFOLD_TRY(auto axis, attribute(node, "axis", std::int64_t{1}));
  const auto rank = static_cast<std::int64_t>(x.shape.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank)
    return diagnose(DiagnosticId::BadAttribute, node.name, "axis", node.type);
  const auto split = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const Shape shape{numeric::element_count({x.shape.begin(), split}),
                    numeric::element_count({split, x.shape.end()})};
  return reshaped(x, shape, node);
}

/// To float32, double or, of whole numbers, to an integer; `to` is ONNX's TensorProto.DataType.
Result<std::optional<ConstantSymbol>> cast(const ForeignNode& node, ConstantSymbol x) {
  GATEFOLD_TRY(const auto to, attribute(node, "to", std::int64_t{0}));
  const auto is_whole = [](const Rational& value) { return value.get_den() == 1; };
  if (to == 1 || to == 11) {
    x.kind = to == 1 ? ElementKind::Float32 : ElementKind::Float64;
    for (Rational& value : x.values) value = stored(numeric::to_double(value), x.kind);
  } else if ((to == 6 || to == 7) && std::ranges::all_of(x.values, is_whole)) {
    x.kind = ElementKind::Integer;
  } else {
    return std::optional<ConstantSymbol>();
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

Result<std::optional<ConstantSymbol>> evaluate_constant(const Importer& importer,
                                                        const ForeignNode& node) {
  if (node.inputs.empty() || node.outputs.empty()) return std::optional<ConstantSymbol>();
  GATEFOLD_TRY(ConstantSymbol x, importer.constant(node, 0, "operand"));
  const std::string& type = node.type;
  if (type == "Identity" || type == "Dropout") return std::optional(std::move(x));
  if (type == "Cast") return cast(node, std::move(x));
  if (type == "Add") return elementwise(importer, node, [](double a, double b) { return a + b; });
  if (type == "Sub") return elementwise(importer, node, [](double a, double b) { return a - b; });
  if (type == "Mul") return elementwise(importer, node, [](double a, double b) { return a * b; });
  if (type == "Div") return elementwise(importer, node, [](double a, double b) { return a / b; });
  if (type == "Reshape") return reshape(importer, node, x);
  if (type == "Flatten") return flatten(node, x);
  if (type == "Transpose") return transpose(node, x);
  if (type == "Quant" || type == "IntQuant" || type == "BipolarQuant")
    return quantize_constant(importer, node, x);
  return std::optional<ConstantSymbol>();
}

}  // namespace gatefold::layers
