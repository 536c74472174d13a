#include "gatefold/layers/alignment.h"

#include <algorithm>
#include <utility>

namespace gatefold::layers {
namespace {

using graph::TensorType;
using graph::Value;
using numeric::PerAxis;

/// Two float32 scales are multiples of a step that lies below both by their 24 bits and by the
/// distance of their exponents; this leaves room for integers of 14 bits in the widest word.
constexpr int widest_factor = 48;

const Rational& scale_of(const TensorType& type, std::int64_t i) {
  return type.encoding.scale.at(i, type.shape);
}
const Rational& offset_of(const TensorType& type, std::int64_t i) {
  return type.encoding.offset.at(i, type.shape);
}

bool has_one_scale(const TensorType& type) { return type.encoding.scale.is_uniform(); }

std::int64_t quotient(const Rational& value, const Rational& step) {
  return Rational(value / step).get_num().get_si();
}

/// One weight an element: factor * raw, read in units of `steps`, plus `bias`.
Result<Value> scaled(Importer& importer, Value x, const std::vector<Rational>& steps,
                     const std::vector<std::int64_t>& factors, std::vector<Rational> bias,
                     const std::string& layer) {
  const TensorType type = importer.type(x);
  const Shape flat{type.size()};
  graph::Linear linear;
  linear.weights = {{type.size(), 1, 1}, factors};
  std::vector<Rational> multipliers;
  for (std::int64_t i = 0; i < type.size(); ++i)
    multipliers.push_back(steps[static_cast<std::size_t>(i)] / scale_of(type, i));
  linear.multiplier = PerAxis<Rational>(0, std::move(multipliers));
  linear.bias = std::move(bias);
  if (type.shape != flat) {
    GATEFOLD_TRY(x, importer.add(graph::Rearrange{graph::Reshape{flat}}, {x}, layer));
  }
  GATEFOLD_TRY(x, importer.add(std::move(linear), {x}, layer));
  if (type.shape == flat) return x;
  return importer.add(graph::Rearrange{graph::Reshape{type.shape}}, {x}, layer);
}

/// The tensor's scales in these units; empty when one is wide.
std::vector<std::int64_t> factors_of(const TensorType& type, const std::vector<Rational>& steps) {
  std::vector<std::int64_t> factors;
  for (std::int64_t i = 0; i < type.size(); ++i) {
    const Rational& step = steps[static_cast<std::size_t>(i)];
    if (!is_narrow(scale_of(type, i), step, widest_factor)) return {};
    factors.push_back(quotient(scale_of(type, i), step));
  }
  return factors;
}

/// Every element's step; empty when it is 0.
template <typename Of>
std::vector<Rational> steps_of(const TensorType& type, Of other) {
  std::vector<Rational> steps;
  for (std::int64_t i = 0; i < type.size(); ++i) {
    if (sgn(scale_of(type, i)) == 0) return {};
    steps.push_back(common_step(scale_of(type, i), other(i)));
  }
  return steps;
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
  std::vector<Rational> bias;
  for (std::int64_t i = 0; i < type.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    bias.push_back(-alignment.steps[at] * numeric::from_int64(alignment.factors[at]) *
                   offset_of(type, i) / scale_of(type, i));
  }
  GATEFOLD_TRY(const Value product,
               scaled(importer, x, alignment.steps, alignment.factors, std::move(bias), layer));
  const graph::Constant addends{{type.shape, alignment.addends},
                                {importer.type(product).encoding.scale, Rational(0), {}}};
  GATEFOLD_TRY(const Value constant, importer.add(addends, {}, layer));
  return importer.add(graph::Combine{graph::CombineKind::Add}, {product, constant}, layer);
}

Status align_scales(Importer& importer, Value& a, Value& b, const std::string& layer) {
  const TensorType of_a = importer.type(a), of_b = importer.type(b);
  if (of_a.encoding.scale == of_b.encoding.scale) return success();
  const bool uniform = has_one_scale(of_a) && has_one_scale(of_b);
  if (!uniform && of_a.shape != of_b.shape) return success();
  const auto steps = [&](const TensorType& type, const TensorType& other) {
    return steps_of(type, [&](std::int64_t i) { return scale_of(other, uniform ? 0 : i); });
  };
  const auto steps_a = steps(of_a, of_b), steps_b = steps(of_b, of_a);
  const auto factors_a = steps_a.empty() ? std::vector<std::int64_t>{} : factors_of(of_a, steps_a);
  const auto factors_b = steps_b.empty() ? std::vector<std::int64_t>{} : factors_of(of_b, steps_b);
  if (factors_a.empty() || factors_b.empty()) return success();
  GATEFOLD_TRY(a, scaled(importer, a, steps_a, factors_a, {}, layer));
  GATEFOLD_TRY(b, scaled(importer, b, steps_b, factors_b, {}, layer));
  return success();
}

Status remove_offsets(Importer& importer, Value& x, const std::string& layer) {
  const TensorType type = importer.type(x);
  const auto is_zero = [](const Rational& offset) { return sgn(offset) == 0; };
  if (std::ranges::all_of(type.encoding.offset.values, is_zero)) return success();
  Alignment alignment{steps_of(type, [&](std::int64_t i) { return offset_of(type, i); }), {}, {}};
  if (alignment.steps.empty()) return success();
  alignment.factors = factors_of(type, alignment.steps);
  if (alignment.factors.empty()) return success();
  for (std::int64_t i = 0; i < type.size(); ++i) {
    const Rational& step = alignment.steps[static_cast<std::size_t>(i)];
    if (!is_narrow(offset_of(type, i), step, widest_factor)) return success();
    alignment.addends.push_back(quotient(offset_of(type, i), step));
  }
  GATEFOLD_TRY(x, aligned(importer, x, alignment, layer));
  return success();
}

}  // namespace gatefold::layers
