#pragma once

#include <optional>

#include "gatefold/graph/real_interval.h"

namespace gatefold::graph {

/// Rationals around f(x), closer as `bits` grow: relative distance 2^-bits for exp, absolute
/// 2^-bits for the others. Equal where the value is rational (exp 0, sigmoid 0, tanh 0, 1/x, and
/// 1/sqrt(x) of squares), else strictly on both sides of f(x). Empty where f is not defined, and
/// for exp, sigmoid and tanh of |x| > 2^16.
std::optional<RealInterval> enclose(Elementary function, const Rational& x, int bits);

}  // namespace gatefold::graph
