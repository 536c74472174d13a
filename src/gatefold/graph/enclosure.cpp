#include "gatefold/graph/enclosure.h"

#include <algorithm>
#include <utility>

#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

Enclosure sorted(Rational a, Rational b) {
  if (b < a) std::swap(a, b);
  return {std::move(a), std::move(b)};
}

Enclosure scaled(const Enclosure& x, const Rational& scale, const Rational& offset) {
  return sorted(x.low * scale + offset, x.high * scale + offset);
}

Enclosure relu(const Enclosure& x) {
  return {std::max<Rational>(x.low, 0), std::max<Rational>(x.high, 0)};
}

Enclosure leaky_relu(const Enclosure& x, const Rational& slope) {
  if (x.low >= 0) return x;
  if (x.high <= 0) return scaled(x, slope, 0);
  const Rational end = x.low * slope;
  return {std::min<Rational>(end, 0), std::max<Rational>(end, x.high)};
}

}  // namespace

std::optional<Enclosure> apply(const RealFunction& function, const Enclosure& argument,
                               std::int64_t flat, const Shape& shape, int bits) {
  using Applied = std::optional<Enclosure>;
  return std::visit(Match{[&](const Affine& f) -> Applied {
                            return scaled(argument, f.scale.at(flat, shape),
                                          f.offset.at(flat, shape));
                          },
                          [&](const Relu&) -> Applied { return relu(argument); },
                          [&](const LeakyRelu& f) -> Applied {
                            return leaky_relu(argument, f.slope.at(flat, shape));
                          },
                          [&](Elementary f) -> Applied {
                            if (!numeric::is_defined(f, argument)) return std::nullopt;
                            return numeric::enclose(f, argument, bits);
                          }},
                    function);
}

std::optional<Enclosure> decode_interval(const Encoding& encoding, std::int64_t low,
                                         std::int64_t high, std::int64_t flat, const Shape& shape,
                                         int bits) {
  std::optional<Enclosure> x =
      scaled({numeric::from_int64(low), numeric::from_int64(high)}, encoding.scale.at(flat, shape),
             encoding.offset.at(flat, shape));
  for (const RealFunction& f : encoding.functions) {
    if (!x) return std::nullopt;
    x = apply(f, *x, flat, shape, bits);
  }
  return x;
}

}  // namespace gatefold::graph
