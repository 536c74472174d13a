#pragma once

#include <cstdint>
#include <optional>

#include "gatefold/graph/encoding.h"

namespace gatefold::graph {

/// A real number or a set of them between two rationals.
struct RealInterval {
  Rational low, high;

  bool is_exact() const { return low == high; }
};

/// An interval that holds f(x) for every x of the argument: exact for rational functions, closer
/// as `bits` grow for transcendental ones. Empty where `enclose` (graph/elementary.h) is.
std::optional<RealInterval> apply(const RealFunction& function, const RealInterval& argument,
                                  std::int64_t flat, const Shape& shape, int bits);

/// The real numbers that the integers from low to high of an element stand for.
std::optional<RealInterval> decode_interval(const Encoding& encoding, std::int64_t low,
                                            std::int64_t high, std::int64_t flat,
                                            const Shape& shape, int bits);

}  // namespace gatefold::graph
