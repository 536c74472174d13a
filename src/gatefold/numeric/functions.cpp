#include "gatefold/numeric/functions.h"

#include <algorithm>
#include <utility>

#include "gatefold/numeric/exponential.h"
#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

constexpr int first_bits = 64;
constexpr int most_bits = 1 << 13;
constexpr int least_exponent = -(1 << 16);
constexpr int largest_exponent = 1 << 12;  // exp of it has fewer than `most_bits` integer bits

// Sigmoid and tanh are then less than 2^-11000 from an asymptote, and no quantizer whose parameters
// are doubles has a boundary between: larger arguments round as this one does.
constexpr int saturated_argument = 1 << 13;

Rational saturated(const Rational& x) {
  return std::clamp<Rational>(x, -saturated_argument, saturated_argument);
}

int bit_count(const Integer& value) {
  return static_cast<int>(mpz_sizeinbase(value.get_mpz_t(), 2));
}

Enclosure sigmoid(const Rational& x, int bits) {
  if (x == 0) return Enclosure::point(Rational(1, 2));
  const Enclosure e = exponential(-saturated(x), bits);
  return {1 / (1 + e.high), 1 / (1 + e.low)};
}

Enclosure tanh(const Rational& x, int bits) {
  if (x == 0) return Enclosure::point(0);
  // 1 - exp(-2x) loses as many bits as x has leading zeros.
  const int lost = std::max(0, bit_count(x.get_den()) - bit_count(x.get_num()) + 1);
  const Enclosure e = exponential(-2 * saturated(x), bits + lost);
  return {(1 - e.high) / (1 + e.high), (1 - e.low) / (1 + e.low)};
}

Enclosure reciprocal_sqrt(const Rational& x, int bits) {
  // 1 / sqrt(n / d) = sqrt(n d) / n, and an integer's square root is irrational or an integer.
  const Integer radicand = x.get_num() * x.get_den();
  Integer root = sqrt(radicand);
  if (root * root == radicand) return Enclosure::point(Rational(root) / x.get_num());
  const Integer scaled = radicand << (2 * static_cast<mp_bitcnt_t>(bits + 1));
  root = sqrt(scaled);
  const Rational unit = power_of_two(-bits - 1) / x.get_num();
  return {root * unit, (root + 1) * unit};
}

Enclosure at_point(Function function, const Rational& x, int bits) {
  switch (function) {
    case Function::Sigmoid:
      return sigmoid(x, bits);
    case Function::Tanh:
      return tanh(x, bits);
    case Function::Exp:
      return exponential(x, bits);
    case Function::Reciprocal:
      return Enclosure::point(1 / x);
    case Function::ReciprocalSqrt:
      return reciprocal_sqrt(x, bits);
  }
  GATEFOLD_ASSERT(false, "function");
}

// Equal at both ends then means equal between them.
bool is_monotone(Overflow mode) {
  return mode == Overflow::Saturate || mode == Overflow::SaturateSymmetric;
}

bool same_steps(const Enclosure& real, const Grid& grid, Rounding rounding) {
  const Rational low = real.low / grid.scale + grid.zero_point;
  const Rational high = real.high / grid.scale + grid.zero_point;
  return floor(low) == floor(high) && round(low, rounding) == round(high, rounding);
}

bool falls(Function function) {
  return function == Function::Reciprocal || function == Function::ReciprocalSqrt;
}

}  // namespace

bool is_defined(Function function, const Enclosure& argument) {
  switch (function) {
    case Function::Sigmoid:
    case Function::Tanh:
      return true;
    case Function::Exp:
      return argument.low >= least_exponent && argument.high <= largest_exponent;
    case Function::Reciprocal:
      return argument.low > 0 || argument.high < 0;
    case Function::ReciprocalSqrt:
      return argument.low > 0;
  }
  GATEFOLD_ASSERT(false, "function");
}

Enclosure enclose(Function function, const Enclosure& argument, int bits) {
  GATEFOLD_ASSERT(is_defined(function, argument), "argument of a real function");
  if (argument.is_point()) return at_point(function, argument.low, bits);
  Enclosure least = at_point(function, argument.low, bits);
  Enclosure greatest = at_point(function, argument.high, bits);
  if (falls(function)) std::swap(least, greatest);
  return {least.low, greatest.high};
}

std::int64_t quantize_enclosed(const std::function<Enclosure(int bits)>& value, const Grid& grid,
                               Rounding rounding, Overflow mode, int saturated_bits) {
  for (int bits = first_bits; bits <= most_bits; bits *= 2) {
    const Enclosure real = value(bits);
    const std::int64_t raw = quantize(real.low, grid, rounding, mode, saturated_bits);
    if (real.is_point()) return raw;
    if (raw == quantize(real.high, grid, rounding, mode, saturated_bits) &&
        (is_monotone(mode) || same_steps(real, grid, rounding)))
      return raw;
  }
  GATEFOLD_ASSERT(false, "an irrational number lies on a rounding boundary to 8192 bits");
}

std::int64_t quantize_function(Function function, const Rational& argument, const Grid& grid,
                               Rounding rounding, Overflow mode, int saturated_bits) {
  return quantize_enclosed(
      [&](int bits) { return enclose(function, Enclosure::point(argument), bits); }, grid, rounding,
      mode, saturated_bits);
}

}  // namespace gatefold::numeric
