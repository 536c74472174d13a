#include "gatefold/graph/elementary.h"

#include <utility>

#include "gatefold/support/assert.h"

namespace gatefold::graph {
namespace {

using numeric::Integer;
using numeric::power_of_two;

constexpr long largest_argument = 1 << 16;

Integer shifted(const Integer& value, int bits) {
  Integer result;
  mpz_mul_2exp(result.get_mpz_t(), value.get_mpz_t(), static_cast<mp_bitcnt_t>(bits));
  return result;
}

Integer shifted_right(const Integer& value, int bits) {
  Integer result;
  mpz_fdiv_q_2exp(result.get_mpz_t(), value.get_mpz_t(), static_cast<mp_bitcnt_t>(bits));
  return result;
}

// exp(r / 2^precision) in units of 2^-precision for 0 <= r < 2^(precision - 8): Taylor's series.
// Each of the at most precision / 8 terms is floored, so the sum is low by under 2^12 units.
Integer exp_of_small(const Integer& r, int precision) {
  Integer sum = 0, term = shifted(Integer(1), precision);
  for (unsigned long n = 1; term != 0; ++n) {
    sum += term;
    term = shifted_right(term * r, precision) / n;
  }
  return sum;
}

// exp(x) for x > 0: the argument halved `halvings` times, the result squared as often. Each
// squaring doubles the relative error, which the guard bits take; all steps round down.
RealInterval exp_of_positive(const Rational& x, int bits) {
  const int halvings = static_cast<int>(mpz_sizeinbase(numeric::floor(x).get_mpz_t(), 2)) + 9;
  const int precision = bits + halvings + 20;
  const Integer r = numeric::floor(x * power_of_two(precision - halvings));
  Integer y = exp_of_small(r, precision);
  for (int i = 0; i < halvings; ++i) y = shifted_right(y * y, precision);
  const Rational low = Rational(y) * power_of_two(-precision);
  return {low, low * (1 + power_of_two(-bits - 1))};
}

// Decreasing on the positive numbers.
RealInterval inverse(const RealInterval& x) { return {1 / x.high, 1 / x.low}; }

std::optional<RealInterval> exponential(const Rational& x, int bits) {
  if (abs(x) > largest_argument) return std::nullopt;
  if (x == 0) return RealInterval{1, 1};
  return x > 0 ? exp_of_positive(x, bits) : inverse(exp_of_positive(-x, bits));
}

std::optional<RealInterval> sigmoid(const Rational& x, int bits) {
  const auto e = exponential(-x, bits + 2);
  if (!e) return std::nullopt;
  return inverse({1 + e->low, 1 + e->high});
}

// tanh |x| = (1 - e) / (1 + e) with e = exp(-2 |x|), decreasing in e.
std::optional<RealInterval> tangent(const Rational& x, int bits) {
  const auto e = exponential(-2 * abs(x), bits + 2);
  if (!e) return std::nullopt;
  const Rational low = (1 - e->high) / (1 + e->high), high = (1 - e->low) / (1 + e->low);
  if (x < 0) return RealInterval{-high, -low};
  return RealInterval{low, high};
}

std::optional<RealInterval> reciprocal(const Rational& x) {
  if (x == 0) return std::nullopt;
  const Rational y = 1 / x;
  return RealInterval{y, y};
}

std::optional<RealInterval> reciprocal_root(const Rational& x, int bits) {
  if (x <= 0) return std::nullopt;
  const Integer numerator = x.get_num(), denominator = x.get_den();
  if (mpz_perfect_square_p(numerator.get_mpz_t()) != 0 &&
      mpz_perfect_square_p(denominator.get_mpz_t()) != 0) {
    Rational y(sqrt(denominator), sqrt(numerator));
    y.canonicalize();
    return RealInterval{y, y};
  }
  const Integer root = sqrt(numeric::floor(power_of_two(2 * bits) / x));
  return RealInterval{root * power_of_two(-bits), (root + 1) * power_of_two(-bits)};
}

}  // namespace

std::optional<RealInterval> enclose(Elementary function, const Rational& x, int bits) {
  switch (function) {
    case Elementary::Sigmoid:
      return sigmoid(x, bits);
    case Elementary::Tanh:
      return tangent(x, bits);
    case Elementary::Exp:
      return exponential(x, bits);
    case Elementary::Reciprocal:
      return reciprocal(x);
    case Elementary::ReciprocalSqrt:
      return reciprocal_root(x, bits);
  }
  GATEFOLD_ASSERT(false, "elementary function");
}

}  // namespace gatefold::graph
