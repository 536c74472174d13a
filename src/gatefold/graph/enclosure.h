#pragma once

#include <cstdint>
#include <optional>

#include "gatefold/graph/encoding.h"

namespace gatefold::graph {

using numeric::Enclosure;

/// An interval that holds f(x) for every x of the argument: exact for rational functions, closer
/// as `bits` grow for transcendental ones. Empty where f is not defined (numeric/functions.h).
std::optional<Enclosure> apply(const RealFunction& function, const Enclosure& argument,
                               std::int64_t flat, const Shape& shape, int bits);

/// The real numbers that the integers from low to high of an element stand for.
std::optional<Enclosure> decode_interval(const Encoding& encoding, std::int64_t low,
                                         std::int64_t high, std::int64_t flat, const Shape& shape,
                                         int bits);

}  // namespace gatefold::graph
