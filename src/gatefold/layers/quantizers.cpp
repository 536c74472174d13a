// Quant, IntQuant, BipolarQuant (QONNX): y = round(clamp(x / scale + zero_point, low, high)), out =
// (y - zero_point) * scale. The bounds are integers, so rounding before clamping is the same.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/constant_operators.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

using graph::Value;
using numeric::Grid;
using numeric::PerAxis;
using numeric::Rounding;

constexpr int widest_quantizer = 32;

struct Spec {
  PerAxis<Grid> grid;
  Rounding rounding = Rounding::HalfEven;
  bool is_bipolar = false;
};

Result<Rounding> rounding_mode(const ForeignNode& node) {
  GATEFOLD_TRY(std::string mode, attribute(node, "rounding_mode", std::string("ROUND")));
  std::transform(mode.begin(), mode.end(), mode.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  static const std::map<std::string, Rounding> modes = {{"ROUND", Rounding::HalfEven},
                                                        {"HALF_EVEN", Rounding::HalfEven},
                                                        {"FLOOR", Rounding::Floor},
                                                        {"CEIL", Rounding::Ceil},
                                                        {"DOWN", Rounding::TowardZero},
                                                        {"ROUND_TO_ZERO", Rounding::TowardZero},
                                                        {"UP", Rounding::AwayFromZero},
                                                        {"HALF_UP", Rounding::HalfAwayFromZero},
                                                        {"HALF_DOWN", Rounding::HalfTowardZero}};
  const auto found = modes.find(mode);
  if (found == modes.end()) return diagnose(DiagnosticId::UnknownRounding, node.name, mode);
  return found->second;
}

/// ±scale by sign, 0 counting as positive, as a grid of the integers 0 and 1: with ties up,
/// round(x / (2 scale) + 1/2) = floor(x / (2 scale) + 1) is 1 exactly where x >= 0.
Grid bipolar_grid(const Rational& scale) {
  return numeric::make_grid(1, false, scale * 2, Rational(1, 2));
}

Result<Grid> integer_grid(const ForeignNode& node, const Rational& scale, const Rational& zero,
                          const Rational& width, bool is_signed, bool narrow) {
  if (sgn(scale) <= 0)
    return diagnose(DiagnosticId::BadQuantizer, node.name, "scale is not positive");
  if (width.get_den() != 1 || width < 1 || width > widest_quantizer)
    return diagnose(DiagnosticId::BadQuantizer, node.name, "bit width is no integer from 1 to 32");
  Grid grid =
      numeric::make_grid(static_cast<int>(width.get_num().get_si()), is_signed, scale, zero);
  if (narrow) is_signed ? ++grid.bounds.low : --grid.bounds.high;
  if (narrow && grid.bounds.low >= grid.bounds.high)
    return diagnose(DiagnosticId::BadQuantizer, node.name, "narrow range holds a single value");
  return grid;
}

/// One grid from parameters that may each be uniform, along an axis or by element.
Result<PerAxis<Grid>> merge(const Shape& shape, const std::vector<PerAxis<Rational>>& parts,
                            const std::function<Result<Grid>(const std::vector<Rational>&)>& make) {
  int axis = PerAxis<Grid>::uniform;
  std::int64_t count = 1;
  for (const auto& part : parts) {
    if (part.is_uniform() || part.axis == axis) continue;
    axis = axis == PerAxis<Grid>::uniform ? part.axis : PerAxis<Grid>::by_element;
  }
  if (axis == PerAxis<Grid>::by_element) count = numeric::element_count(shape);
  if (axis >= 0) count = shape[static_cast<std::size_t>(axis)];
  std::vector<Grid> grids;
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<Rational> values;
    for (const auto& part : parts) {
      const bool own = axis >= 0 && part.axis == axis;
      values.push_back(part.is_uniform() ? part.values.front()
                       : own             ? part.values[static_cast<std::size_t>(i)]
                                         : part.at(i, shape));
    }
    GATEFOLD_TRY(Grid grid, make(values));
    grids.push_back(std::move(grid));
  }
  return PerAxis<Grid>(axis, std::move(grids));
}

Result<std::vector<PerAxis<Rational>>> parameters(const Importer& importer, const ForeignNode& node,
                                                  const Shape& shape,
                                                  const std::vector<std::string>& names) {
  std::vector<PerAxis<Rational>> parts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, i + 1, names[i]));
    GATEFOLD_TRY(auto part, broadcast(constant, shape, node.name));
    parts.push_back(std::move(part));
  }
  return parts;
}

/// `shape` is the quantized tensor's, without the batch axis.
Result<Spec> bipolar_spec(const Importer& importer, const ForeignNode& node, const Shape& shape) {
  GATEFOLD_TRY(const auto parts, parameters(importer, node, shape, {"scale"}));
  GATEFOLD_TRY(auto grid, merge(shape, parts, [&](const auto& v) -> Result<Grid> {
                 if (sgn(v[0]) <= 0)
                   return diagnose(DiagnosticId::BadQuantizer, node.name, "scale is not positive");
                 return bipolar_grid(v[0]);
               }));
  return Spec{std::move(grid), Rounding::HalfUp, true};
}

Result<Spec> integer_spec(const Importer& importer, const ForeignNode& node, const Shape& shape) {
  GATEFOLD_TRY(const auto is_signed, required_attribute<std::int64_t>(node, "signed"));
  GATEFOLD_TRY(const auto narrow, required_attribute<std::int64_t>(node, "narrow"));
  GATEFOLD_TRY(const Rounding rounding, rounding_mode(node));
  GATEFOLD_TRY(const auto parts,
               parameters(importer, node, shape, {"scale", "zero point", "bit width"}));
  const auto& widths = parts[2].values;
  const bool one_bit = is_signed != 0 && std::all_of(widths.begin(), widths.end(),
                                                     [](const Rational& w) { return w == 1; });
  if (one_bit) {
    if (std::any_of(parts[1].values.begin(), parts[1].values.end(),
                    [](const Rational& z) { return sgn(z) != 0; }))
      return diagnose(DiagnosticId::BadQuantizer, node.name, "one signed bit has a zero point");
    return bipolar_spec(importer, node, shape);
  }
  GATEFOLD_TRY(auto grid, merge(shape, parts, [&](const auto& v) {
                 return integer_grid(node, v[0], v[1], v[2], is_signed != 0, narrow != 0);
               }));
  return Spec{std::move(grid), rounding, false};
}

Result<Spec> spec_of(const Importer& importer, const ForeignNode& node, const Shape& shape) {
  return node.type == "BipolarQuant" ? bipolar_spec(importer, node, shape)
                                     : integer_spec(importer, node, shape);
}

Status import_spec(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(Spec spec, spec_of(importer, node, importer.shape(node, 0)));
  graph::Quantize quantize{std::move(spec.grid), spec.rounding, numeric::Overflow::Saturate, 0, {}};
  if (const auto* port = std::get_if<PortSymbol>(&importer.input(node, 0))) {
    GATEFOLD_TRY(const Value value,
                 importer.quantize_port(PortSymbol(*port), std::move(quantize), layer_name(node)));
    importer.set(node, value);
    return success();
  }
  GATEFOLD_TRY(const Value value, importer.value(node, 0));
  return importer.set_op(node, std::move(quantize), {value});
}

/// The integers of a grid, counted from its zero point in parts of a step where that lies between
/// two; none where they are wide.
std::optional<numeric::Interval> integers_of(const Grid& grid) {
  const auto counted = [&](std::int64_t bound) {
    const Rational from_zero = numeric::from_int64(bound) - grid.zero_point;
    return numeric::to_int64(Rational(from_zero * grid.zero_point.get_den()).get_num());
  };
  const auto low = counted(grid.bounds.low), high = counted(grid.bounds.high);
  if (!low || !high) return std::nullopt;
  const numeric::Interval integers{*low, *high, 0};
  return numeric::fits_word(integers) ? std::optional(integers) : std::nullopt;
}

std::optional<ConstantGrid> constant_grid(const PerAxis<Grid>& grids, const ConstantSymbol& x) {
  std::optional<numeric::Interval> all;
  for (const Grid& grid : grids.values) {
    const auto integers = integers_of(grid);
    if (!integers) return std::nullopt;
    all = numeric::hull(all.value_or(*integers), *integers);
  }
  ConstantGrid result{{}, *all};
  const std::size_t count = grids.is_uniform() ? 1 : x.values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Grid& grid = grids.at(static_cast<std::int64_t>(i), x.shape);
    result.steps.push_back(grid.scale / grid.zero_point.get_den());
  }
  return result;
}

/// A quotient that leaves the floats is infinite and saturates.
std::int64_t integer_of(double quotient, const Grid& grid, const Spec& spec) {
  if (std::isinf(quotient)) return quotient > 0 ? grid.bounds.high : grid.bounds.low;
  const Grid integers{grid.type, grid.bounds, 1, 0};
  return numeric::quantize(numeric::exact(quotient), integers, spec.rounding,
                           numeric::Overflow::Saturate);
}

}  // namespace

/// A quantizer on a constant, in the constant's own float arithmetic: q = round(clamp(x / scale +
/// zero_point)), which stands for exactly (q - zero_point) * scale.
Result<std::optional<ConstantSymbol>> quantize_constant(const Importer& importer,
                                                        const ForeignNode& node) {
  using enum frontends::ElementKind;
  GATEFOLD_TRY(const ConstantSymbol x, importer.constant(node, 0, "operand"));
  if (x.kind == Float16 || x.kind == BFloat16) return std::optional<ConstantSymbol>();
  GATEFOLD_TRY(const Spec spec, spec_of(importer, node, x.shape));
  const bool wide = x.kind == Float64;
  const auto narrowed = [wide](double value) { return wide ? value : static_cast<float>(value); };
  ConstantSymbol result{x.kind, x.shape, {}, constant_grid(spec.grid, x)};
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const Grid& grid = spec.grid.at(static_cast<std::int64_t>(i), x.shape);
    const double quotient =
        narrowed(numeric::to_double(x.values[i]) / narrowed(numeric::to_double(grid.scale)));
    const double real = narrowed(quotient + numeric::to_double(grid.zero_point));
    const std::int64_t raw = spec.is_bipolar ? quotient >= 0 : integer_of(real, grid, spec);
    result.values.push_back((numeric::from_int64(raw) - grid.zero_point) * grid.scale);
  }
  return std::optional(std::move(result));
}

Status import_quant(Importer& importer, const ForeignNode& node) {
  return import_spec(importer, node);
}

Status import_bipolar_quant(Importer& importer, const ForeignNode& node) {
  return import_spec(importer, node);
}

}  // namespace gatefold::layers
