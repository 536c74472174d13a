#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gatefold/numeric/functions.h"
#include "gatefold/numeric/interval.h"
#include "gatefold/numeric/rational.h"
#include "gatefold/numeric/tensor.h"

namespace gatefold::graph {

using numeric::Interval;
using numeric::PerAxis;
using numeric::Rational;
using numeric::Shape;

/// real -> scale * real + offset (batch normalisation, multiplication or addition of a constant).
struct Affine {
  PerAxis<Rational> scale{Rational(1)};
  PerAxis<Rational> offset{Rational(0)};
  friend bool operator==(const Affine&, const Affine&) = default;
};

/// max(real, 0).
struct Relu {
  friend bool operator==(const Relu&, const Relu&) = default;
};

/// real where real >= 0, else slope * real (leaky ReLU, PReLU).
struct LeakyRelu {
  PerAxis<Rational> slope;
  friend bool operator==(const LeakyRelu&, const LeakyRelu&) = default;
};

/// A transcendental or rational function; exact only through a following quantizer.
using Elementary = numeric::Function;

/// A function of one real number that no integer holds exactly: it waits on the edge until a
/// quantizer rounds it.
using RealFunction = std::variant<Affine, Relu, LeakyRelu, Elementary>;

/// What the integers of a tensor stand for: real = f_n(…f_1(scale * raw + offset)).
/// Interiors of a finished graph are linear (no functions); a port may keep functions, which the
/// host applies after the hardware.
struct Encoding {
  PerAxis<Rational> scale{Rational(1)};
  PerAxis<Rational> offset{Rational(0)};
  std::vector<RealFunction> functions;

  bool is_linear() const { return functions.empty(); }
  friend bool operator==(const Encoding&, const Encoding&) = default;
};

/// A graph value: integers of a shape, the range of each element, and what they stand for.
struct TensorType {
  Shape shape;
  /// Row-major, repeated as often as the tensor holds them: one for all elements, one for each
  /// channel of a channels-last tensor, one for each element.
  std::vector<Interval> ranges;
  Encoding encoding;

  std::int64_t size() const { return numeric::element_count(shape); }
  const Interval& range(std::int64_t flat) const {
    return ranges[ranges.size() == 1 ? 0 : static_cast<std::size_t>(flat) % ranges.size()];
  }
  /// The hull over all elements.
  Interval range() const;
  std::string to_string() const;  // `[64] s12 *1/256`

  friend bool operator==(const TensorType&, const TensorType&) = default;
};

/// The real number (nearest double) that `raw` stands for at this element.
double decode(const Encoding& encoding, std::int64_t raw, std::int64_t flat, const Shape& shape);

}  // namespace gatefold::graph
