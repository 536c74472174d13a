#include "gatefold/graph/encoding.h"

#include <cmath>
#include <fmt/format.h>
#include <variant>

#include "gatefold/graph/names.h"
#include "gatefold/numeric/fixed_type.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

std::string summary(const PerAxis<Rational>& parameter) {
  if (parameter.is_uniform()) return numeric::to_string(parameter.values.front());
  if (parameter.axis == PerAxis<Rational>::by_element) return "(by element)";
  return fmt::format("(axis {})", parameter.axis);
}

/// ` +1/2`, ` -1/2`, ` +(axis 0)`.
std::string signed_summary(const PerAxis<Rational>& parameter) {
  const std::string text = summary(parameter);
  return text.starts_with('-') ? " " + text : " +" + text;
}

double apply_elementary(Elementary function, double x) {
  switch (function) {
    case Elementary::Sigmoid:
      return 1 / (1 + std::exp(-x));
    case Elementary::Tanh:
      return std::tanh(x);
    case Elementary::Exp:
      return std::exp(x);
    case Elementary::Reciprocal:
      return 1 / x;
    case Elementary::ReciprocalSqrt:
      return 1 / std::sqrt(x);
  }
  GATEFOLD_ASSERT(false, "elementary function");
}

// A real number that is exact until the first transcendental function.
struct Real {
  Rational exact;
  double nearest = 0;
  bool is_exact = true;

  double value() const { return is_exact ? numeric::to_double(exact) : nearest; }
};

void scale_by(Real& x, const Rational& scale, const Rational& offset) {
  if (x.is_exact) {
    x.exact = x.exact * scale + offset;
  } else {
    x.nearest = x.nearest * numeric::to_double(scale) + numeric::to_double(offset);
  }
}

bool is_negative(const Real& x) { return x.is_exact ? x.exact < 0 : x.nearest < 0; }

void apply(const RealFunction& function, Real& x, std::int64_t flat, const Shape& shape) {
  std::visit(Match{[&](const Affine& f) {
                     scale_by(x, f.scale.at(flat, shape), f.offset.at(flat, shape));
                   },
                   [&](const Relu&) {
                     if (is_negative(x)) x = Real{};
                   },
                   [&](const LeakyRelu& f) {
                     if (is_negative(x)) scale_by(x, f.slope.at(flat, shape), 0);
                   },
                   [&](Elementary f) {
                     x = Real{0, apply_elementary(f, x.value()), false};
                   }},
             function);
}

}  // namespace

Interval TensorType::range() const {
  Interval all = ranges.front();
  for (const Interval& r : ranges) all = numeric::hull(all, r);
  return all;
}

std::string TensorType::to_string() const {
  const Interval all = range();
  const auto type = numeric::FixedType::holding(all);
  std::string text =
      fmt::format("{} {}{}", numeric::to_string(shape), type.is_signed ? 's' : 'u', type.width);
  text += fmt::format(" *{}", summary(encoding.scale));
  if (!(encoding.offset == PerAxis<Rational>(Rational(0)))) text += signed_summary(encoding.offset);
  for (const RealFunction& f : encoding.functions) text += fmt::format(" {}", name_of(f));
  return text;
}

double decode(const Encoding& encoding, std::int64_t raw, std::int64_t flat, const Shape& shape) {
  Real x{encoding.scale.at(flat, shape) * numeric::from_int64(raw) +
         encoding.offset.at(flat, shape)};
  for (const RealFunction& f : encoding.functions) apply(f, x, flat, shape);
  return x.value();
}

}  // namespace gatefold::graph
