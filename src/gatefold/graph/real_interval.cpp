#include "gatefold/graph/real_interval.h"

#include <algorithm>
#include <utility>

#include "gatefold/graph/elementary.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

RealInterval sorted(Rational a, Rational b) {
  if (b < a) std::swap(a, b);
  return {std::move(a), std::move(b)};
}

RealInterval scaled(const RealInterval& x, const Rational& scale, const Rational& offset) {
  return sorted(x.low * scale + offset, x.high * scale + offset);
}

RealInterval relu(const RealInterval& x) {
  return {std::max<Rational>(x.low, 0), std::max<Rational>(x.high, 0)};
}

RealInterval leaky_relu(const RealInterval& x, const Rational& slope) {
  if (x.low >= 0) return x;
  if (x.high <= 0) return scaled(x, slope, 0);
  const Rational end = x.low * slope;
  return {std::min<Rational>(end, 0), std::max<Rational>(end, x.high)};
}

std::optional<RealInterval> elementary(Elementary f, const RealInterval& x, int bits) {
  const bool falls = f == Elementary::Reciprocal || f == Elementary::ReciprocalSqrt;
  if (f == Elementary::Reciprocal && x.low <= 0 && x.high >= 0) return std::nullopt;
  auto first = enclose(f, falls ? x.high : x.low, bits);
  if (x.is_exact() || !first) return first;
  const auto last = enclose(f, falls ? x.low : x.high, bits);
  if (!last) return std::nullopt;
  return RealInterval{first->low, last->high};
}

}  // namespace

std::optional<RealInterval> apply(const RealFunction& function, const RealInterval& argument,
                                  std::int64_t flat, const Shape& shape, int bits) {
  using Applied = std::optional<RealInterval>;
  return std::visit(Match{[&](const Affine& f) -> Applied {
                            return scaled(argument, f.scale.at(flat, shape),
                                          f.offset.at(flat, shape));
                          },
                          [&](const Relu&) -> Applied { return relu(argument); },
                          [&](const LeakyRelu& f) -> Applied {
                            return leaky_relu(argument, f.slope.at(flat, shape));
                          },
                          [&](Elementary f) -> Applied { return elementary(f, argument, bits); }},
                    function);
}

std::optional<RealInterval> decode_interval(const Encoding& encoding, std::int64_t low,
                                            std::int64_t high, std::int64_t flat,
                                            const Shape& shape, int bits) {
  std::optional<RealInterval> x =
      scaled({numeric::from_int64(low), numeric::from_int64(high)}, encoding.scale.at(flat, shape),
             encoding.offset.at(flat, shape));
  for (const RealFunction& f : encoding.functions) {
    if (!x) return std::nullopt;
    x = apply(f, *x, flat, shape, bits);
  }
  return x;
}

}  // namespace gatefold::graph
