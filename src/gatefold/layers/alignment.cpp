#include "gatefold/layers/alignment.h"

#include <algorithm>
#include <utility>

#include "gatefold/layers/axes.h"

namespace gatefold::layers {
namespace {

using graph::TensorType;
using graph::Value;
using numeric::PerAxis;

/// Two float32 scales are multiples of a step that lies below both by their 24 bits and by the
/// distance of their exponents; this leaves room for integers of 14 bits in the widest word.
constexpr int widest_factor = 48;

std::int64_t quotient(const Rational& value, const Rational& step) {
  return Rational(value / step).get_num().get_si();
}

/// Elements of a tensor between which its parameters differ: one for all, along an axis, or all.
struct Classes {
  int axis;
  Shape shape;

  std::int64_t count() const {
    if (axis == PerAxis<Rational>::uniform) return 1;
    if (axis == PerAxis<Rational>::by_element) return numeric::element_count(shape);
    return shape[static_cast<std::size_t>(axis)];
  }
  /// An element of class i.
  std::int64_t element(std::int64_t i) const {
    return axis < 0 ? i : i * numeric::strides_of(shape)[static_cast<std::size_t>(axis)];
  }
  Rational of(const PerAxis<Rational>& parameter, std::int64_t i) const {
    return parameter.at(element(i), shape);
  }
};

Classes classes_of(const Shape& shape, const std::vector<const PerAxis<Rational>*>& parameters) {
  int axis = PerAxis<Rational>::uniform;
  for (const auto* p : parameters) {
    if (p->is_uniform() || p->axis == axis) continue;
    axis = axis == PerAxis<Rational>::uniform ? p->axis : PerAxis<Rational>::by_element;
  }
  return {axis, shape};
}

/// The tensor in a shape whose last axis is that of the classes (any, where they are uniform), the
/// op, and the way back.
Result<Value> along_last_axis(Importer& importer, Value x, const Classes& classes, graph::Op op,
                              const std::string& layer) {
  const std::size_t rank = classes.shape.size();
  const bool is_flat = classes.axis == PerAxis<Rational>::by_element || rank == 0;
  const auto wiring = [&](bool there) -> graph::Wiring {
    if (!is_flat && classes.axis >= 0) return axis_moved(rank, classes.axis, there);
    if (there) return graph::Reshape{{numeric::element_count(classes.shape)}};
    return graph::Reshape{classes.shape};
  };
  const bool moves =
      is_flat ? rank != 1 : classes.axis >= 0 && classes.axis + 1 < std::ssize(classes.shape);
  if (moves) {
    GATEFOLD_TRY(x, importer.add(graph::Rearrange{wiring(true)}, {x}, layer));
  }
  GATEFOLD_TRY(x, importer.add(std::move(op), {x}, layer));
  if (!moves) return x;
  return importer.add(graph::Rearrange{wiring(false)}, {x}, layer);
}

/// One weight an element: factor * raw, read in units of `steps`, plus `bias`.
Result<Value> scaled(Importer& importer, Value x, const Classes& classes,
                     const std::vector<Rational>& steps, const std::vector<std::int64_t>& factors,
                     const std::vector<Rational>& bias, const std::string& layer) {
  const TensorType type = importer.type(x);
  const bool uniform = classes.axis == PerAxis<Rational>::uniform;
  const std::int64_t channels = !uniform             ? classes.count()
                                : type.shape.empty() ? 1
                                                     : type.shape.back();
  graph::Linear linear;
  linear.weights.shape = {channels, 1, 1};
  std::vector<Rational> multipliers;
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto i = static_cast<std::size_t>(uniform ? 0 : c);
    linear.weights.data.push_back(factors[i]);
    multipliers.push_back(steps[i] / classes.of(type.encoding.scale, static_cast<std::int64_t>(i)));
    if (!bias.empty()) linear.bias.push_back(bias[i]);
  }
  linear.multiplier = uniform ? PerAxis<Rational>(multipliers.front())
                              : PerAxis<Rational>(0, std::move(multipliers));
  return along_last_axis(importer, x, classes, std::move(linear), layer);
}

/// The scales in these units; empty when one is wide.
std::vector<std::int64_t> factors_of(const Classes& classes, const PerAxis<Rational>& scale,
                                     const std::vector<Rational>& steps) {
  std::vector<std::int64_t> factors;
  for (std::int64_t i = 0; i < classes.count(); ++i) {
    const Rational& step = steps[static_cast<std::size_t>(i)];
    if (!is_narrow(classes.of(scale, i), step, widest_factor)) return {};
    factors.push_back(quotient(classes.of(scale, i), step));
  }
  return factors;
}

/// The steps of which both parameters are multiples; empty where the scale is 0.
std::vector<Rational> steps_of(const Classes& classes, const PerAxis<Rational>& scale,
                               const PerAxis<Rational>& other) {
  std::vector<Rational> steps;
  for (std::int64_t i = 0; i < classes.count(); ++i) {
    if (sgn(classes.of(scale, i)) == 0) return {};
    steps.push_back(common_step(classes.of(scale, i), classes.of(other, i)));
  }
  return steps;
}

/// Brings two operands to where their integers can be combined.
Status prepare(Importer& importer, graph::CombineKind kind, Value& a, Value& b,
               const std::string& layer) {
  using enum graph::CombineKind;
  const bool sums = kind == Add || kind == Subtract;
  if (kind != Multiply && importer.type(a).encoding == importer.type(b).encoding) return success();
  if (!sums) {
    const bool same = a == b;
    GATEFOLD_CHECK(remove_offsets(importer, a, layer));
    if (same) b = a;
    GATEFOLD_CHECK(remove_offsets(importer, b, layer));
  }
  return kind == Multiply ? success() : align_scales(importer, a, b, layer);
}

}  // namespace

Rational common_step(const Rational& a, const Rational& b) {
  if (sgn(a) == 0) return abs(b);
  if (sgn(b) == 0) return abs(a);
  return Rational(gcd(a.get_num(), b.get_num()), lcm(a.get_den(), b.get_den()));
}

bool is_narrow(const Rational& value, const Rational& step, int width) {
  return static_cast<int>(mpz_sizeinbase(Rational(value / step).get_num_mpz_t(), 2)) < width;
}

Result<Value> aligned(Importer& importer, Value x, const Alignment& alignment,
                      const std::string& layer) {
  const TensorType type = importer.type(x);
  const Classes classes{alignment.axis, type.shape};
  std::vector<Rational> bias;
  for (std::int64_t i = 0; i < classes.count(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    bias.push_back(-alignment.steps[at] * numeric::from_int64(alignment.factors[at]) *
                   classes.of(type.encoding.offset, i) / classes.of(type.encoding.scale, i));
  }
  GATEFOLD_TRY(const Value product,
               scaled(importer, x, classes, alignment.steps, alignment.factors, bias, layer));
  Shape shape = type.shape;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (classes.axis != PerAxis<Rational>::by_element && static_cast<int>(i) != classes.axis)
      shape[i] = 1;
  const graph::Constant addends{{std::move(shape), alignment.addends},
                                {importer.type(product).encoding.scale, Rational(0), {}}};
  GATEFOLD_TRY(const Value constant, importer.add(addends, {}, layer));
  return importer.add(graph::Combine{graph::CombineKind::Add}, {product, constant}, layer);
}

Status align_scales(Importer& importer, Value& a, Value& b, const std::string& layer) {
  const TensorType of_a = importer.type(a), of_b = importer.type(b);
  const PerAxis<Rational>&scale_a = of_a.encoding.scale, &scale_b = of_b.encoding.scale;
  if (scale_a == scale_b && of_a.shape == of_b.shape) return success();
  const bool uniform = scale_a.is_uniform() && scale_b.is_uniform();
  if (scale_a == scale_b && uniform) return success();
  if (!uniform && of_a.shape != of_b.shape) return success();
  const Classes classes_a = classes_of(of_a.shape, {&scale_a, &scale_b});
  const Classes classes_b = classes_of(of_b.shape, {&scale_a, &scale_b});
  const auto steps_a = steps_of(classes_a, scale_a, scale_b);
  const auto steps_b = steps_of(classes_b, scale_b, scale_a);
  if (steps_a.empty() || steps_b.empty()) return success();
  const auto factors_a = factors_of(classes_a, scale_a, steps_a);
  const auto factors_b = factors_of(classes_b, scale_b, steps_b);
  if (factors_a.empty() || factors_b.empty()) return success();
  GATEFOLD_TRY(a, scaled(importer, a, classes_a, steps_a, factors_a, {}, layer));
  GATEFOLD_TRY(b, scaled(importer, b, classes_b, steps_b, factors_b, {}, layer));
  return success();
}

Status remove_offsets(Importer& importer, Value& x, const std::string& layer) {
  const TensorType type = importer.type(x);
  const auto& [scale, offset, functions] = type.encoding;
  const auto is_zero = [](const Rational& value) { return sgn(value) == 0; };
  if (std::ranges::all_of(offset.values, is_zero)) return success();
  const Classes classes = classes_of(type.shape, {&scale, &offset});
  Alignment alignment{steps_of(classes, scale, offset), {}, {}, classes.axis};
  if (alignment.steps.empty()) return success();
  alignment.factors = factors_of(classes, scale, alignment.steps);
  if (alignment.factors.empty()) return success();
  for (std::int64_t i = 0; i < classes.count(); ++i) {
    const Rational& step = alignment.steps[static_cast<std::size_t>(i)];
    if (!is_narrow(classes.of(offset, i), step, widest_factor)) return success();
    alignment.addends.push_back(quotient(classes.of(offset, i), step));
  }
  GATEFOLD_TRY(x, aligned(importer, x, alignment, layer));
  return success();
}

Result<Value> combined(Importer& importer, graph::CombineKind kind, Value a, Value b,
                       const std::string& layer) {
  GATEFOLD_CHECK(prepare(importer, kind, a, b, layer));
  return importer.add(graph::Combine{kind}, {a, b}, layer);
}

Status combine_all(Importer& importer, const ForeignNode& node, graph::CombineKind kind) {
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(Value all, importer.linear_value(node, 0));
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    GATEFOLD_TRY(const Value next, importer.linear_value(node, i));
    // Ranks count from the end: the batch of one would meet an axis of the other.
    if (importer.type(all).shape.size() != importer.type(next).shape.size() &&
        importer.batch() != 1)
      return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
    GATEFOLD_TRY(all, combined(importer, kind, all, next, layer));
  }
  importer.set(node, all);
  return success();
}

}  // namespace gatefold::layers
