#pragma once

#include <cstdint>
#include <functional>

#include "gatefold/numeric/quantizer.h"

namespace gatefold::numeric {

/// Real functions that are tabulated, always rounded correctly.
enum class Function { Sigmoid, Tanh, Exp, Reciprocal, ReciprocalSqrt };

/// A real number known to lie in [low, high]; a point when it is known exactly.
struct Enclosure {
  Rational low, high;

  static Enclosure point(const Rational& value) { return {value, value}; }
  bool is_point() const { return low == high; }
};

/// Whether the function has a value that can be enclosed: the reciprocals need nonzero or positive
/// arguments, exp one from -2^16 to 2^12.
bool is_defined(Function function, const Enclosure& argument);

/// The function's values over an interval of arguments; the error beyond the arguments' own is at
/// most 2^-bits relative (for sigmoid and tanh: of their distance to the nearer asymptote or zero).
/// Rational values are points: sigmoid(0), tanh(0), exp(0), 1/x, 1/sqrt of a square. All others are
/// irrational (Lindemann–Weierstrass), so a finer enclosure always ends a doubt about rounding.
/// Beyond a magnitude of 2^13, sigmoid and tanh are enclosed as there: no quantizer with parameters
/// in double precision tells them apart.
/// Needs `is_defined`.
Enclosure enclose(Function function, const Enclosure& argument, int bits);

/// The correctly rounded raw integer of a real number that can be enclosed ever finer:
/// `value(bits)` is asked with growing precision until the quantizer's decision is certain.
std::int64_t quantize_enclosed(const std::function<Enclosure(int bits)>& value, const Grid& grid,
                               Rounding rounding, Overflow mode = Overflow::Saturate,
                               int saturated_bits = 0);

/// The raw integer of `function(argument)`, correctly rounded; for tables. Needs `is_defined`.
std::int64_t quantize_function(Function function, const Rational& argument, const Grid& grid,
                               Rounding rounding, Overflow mode = Overflow::Saturate,
                               int saturated_bits = 0);

}  // namespace gatefold::numeric
