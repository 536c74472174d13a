#include "gatefold/graph/encoding_algebra.h"

#include <algorithm>
#include <utility>

#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/variation.h"
#include "gatefold/numeric/quantizer.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

Rational product(const Rational& a, const Rational& b) { return a * b; }
Rational sum(const Rational& a, const Rational& b) { return a + b; }

Affine compose(const PerAxis<Rational>& scale, const PerAxis<Rational>& offset, const Affine& next,
               const Shape& shape) {
  return {combine(scale, next.scale, shape, product),
          combine(combine(offset, next.scale, shape, product), next.offset, shape, sum)};
}

template <typename F>
RealFunction with_parameters(const RealFunction& function, F change) {
  return std::visit(
      Match{[&](const Affine& f) -> RealFunction {
              return Affine{change(f.scale), change(f.offset)};
            },
            [&](const Relu& f) -> RealFunction { return f; },
            [&](const LeakyRelu& f) -> RealFunction { return LeakyRelu{change(f.slope)}; },
            [&](Elementary f) -> RealFunction { return f; }},
      function);
}

template <typename F>
Encoding with_parameters(const Encoding& encoding, F change) {
  Encoding result{change(encoding.scale), change(encoding.offset), {}};
  for (const RealFunction& f : encoding.functions)
    result.functions.push_back(with_parameters(f, change));
  return result;
}

bool none_negative(const PerAxis<Rational>& parameter) {
  return std::ranges::all_of(parameter.values, [](const Rational& v) { return v >= 0; });
}

bool none_positive(const PerAxis<Rational>& parameter) {
  return std::ranges::all_of(parameter.values, [](const Rational& v) { return v <= 0; });
}

// 1 where it never falls, -1 where it never rises, 0 otherwise.
int direction(const PerAxis<Rational>& factor) {
  return none_negative(factor) ? 1 : none_positive(factor) ? -1 : 0;
}

int direction(const RealFunction& function) {
  return std::visit(
      Match{[](const Affine& f) { return direction(f.scale); }, [](const Relu&) { return 1; },
            [](const LeakyRelu& f) { return none_negative(f.slope) ? 1 : 0; },
            [](Elementary f) {
              const bool rises =
                  f == Elementary::Sigmoid || f == Elementary::Tanh || f == Elementary::Exp;
              return rises ? 1 : 0;
            }},
      function);
}

}  // namespace

Encoding then(const Encoding& encoding, const RealFunction& function, const Shape& shape) {
  Encoding result = encoding;
  const auto* affine = std::get_if<Affine>(&function);
  if (affine != nullptr && encoding.is_linear()) {
    Affine composed = compose(encoding.scale, encoding.offset, *affine, shape);
    return {std::move(composed.scale), std::move(composed.offset), {}};
  }
  if (affine != nullptr) {
    if (auto* last = std::get_if<Affine>(&result.functions.back())) {
      *last = compose(last->scale, last->offset, *affine, shape);
      return result;
    }
  }
  result.functions.push_back(
      with_parameters(function, [&](const auto& p) { return least_general(p, shape); }));
  return result;
}

bool fits(const RealFunction& function, const Shape& shape) {
  return std::visit(
      Match{[&](const Affine& f) { return fits(f.scale, shape) && fits(f.offset, shape); },
            [](const Relu&) { return true; },
            [&](const LeakyRelu& f) { return fits(f.slope, shape); },
            [](Elementary) { return true; }},
      function);
}

bool fits(const Encoding& encoding, const Shape& shape) {
  return fits(encoding.scale, shape) && fits(encoding.offset, shape) &&
         std::ranges::all_of(encoding.functions,
                             [&](const RealFunction& f) { return fits(f, shape); });
}

Encoding gather(const Encoding& encoding, const Shape& from, const Shape& to,
                std::span<const std::int64_t> flats) {
  return with_parameters(encoding, [&](const auto& p) { return gather(p, from, to, flats); });
}

Encoding stacked(const Encoding& encoding) {
  return with_parameters(encoding, [](PerAxis<Rational> p) {
    GATEFOLD_ASSERT(p.axis != PerAxis<Rational>::by_element, "stacking copies by-element values");
    if (!p.is_uniform()) ++p.axis;
    return p;
  });
}

Encoding canonical(const Encoding& encoding, const Shape& shape) {
  return with_parameters(encoding, [&](const auto& p) { return least_general(p, shape); });
}

Encoding encoding_of(const PerAxis<numeric::Grid>& grid) {
  PerAxis<Rational> scale, offset;
  scale.axis = offset.axis = grid.axis;
  for (const numeric::Grid& g : grid.values) {
    scale.values.push_back(g.scale);
    offset.values.push_back(-g.zero_point * g.scale);
  }
  return {std::move(scale), std::move(offset), {}};
}

bool is_increasing(const Encoding& encoding) {
  int all = direction(encoding.scale);
  for (const RealFunction& f : encoding.functions) all *= direction(f);
  return all > 0;
}

bool is_strictly_increasing(const Encoding& encoding) {
  return encoding.is_linear() &&
         std::ranges::all_of(encoding.scale.values, [](const Rational& v) { return v > 0; });
}

bool is_nonnegative(const TensorType& type) {
  const Encoding& e = type.encoding;
  if (!e.is_linear()) return false;
  Variation variation;
  variation.add(e.scale);
  variation.add(e.offset);
  for (std::int64_t i = 0; i < variation.period(type); ++i) {
    const Rational& scale = e.scale.at(i, type.shape);
    const Interval& range = type.range(i);
    const std::int64_t least = scale >= 0 ? range.low : range.high;
    if (scale * numeric::from_int64(least) + e.offset.at(i, type.shape) < 0) return false;
  }
  return true;
}

}  // namespace gatefold::graph
