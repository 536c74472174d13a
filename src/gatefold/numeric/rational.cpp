#include "gatefold/numeric/rational.h"

#include <cmath>
#include <limits>

#include "gatefold/numeric/quantizer.h"
#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

int bit_count(const Integer& value) {
  return static_cast<int>(mpz_sizeinbase(value.get_mpz_t(), 2));
}

// The greatest e with 2^e <= |value|.
int binary_exponent(const Rational& value) {
  const Rational magnitude = abs(value);
  const int estimate = bit_count(magnitude.get_num()) - bit_count(magnitude.get_den());
  return magnitude >= power_of_two(estimate) ? estimate : estimate - 1;
}

bool all_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// `12`, `0.125`, `1e-3` without a sign.
std::optional<Rational> parse_decimal(const std::string& text) {
  const auto e = text.find_first_of("eE");
  std::string digits = text.substr(0, e);
  long exponent = 0;
  if (e != std::string::npos) {
    std::string power = text.substr(e + 1);
    const bool negative = power.starts_with('-');
    if (negative || power.starts_with('+')) power.erase(0, 1);
    if (!all_digits(power) || power.size() > 4) return std::nullopt;
    exponent = negative ? -std::stol(power) : std::stol(power);
  }
  if (const auto point = digits.find('.'); point != std::string::npos) {
    exponent -= static_cast<long>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  if (!all_digits(digits)) return std::nullopt;
  Integer scale;
  mpz_ui_pow_ui(scale.get_mpz_t(), 10, static_cast<unsigned long>(std::labs(exponent)));
  Rational value = Integer(digits, 10);
  return exponent < 0 ? Rational(value / scale) : Rational(value * scale);
}

}  // namespace

Rational ratio(std::int64_t numerator, std::int64_t denominator) {
  return from_int64(numerator) / from_int64(denominator);
}

Rational exact(double value) {
  GATEFOLD_ASSERT(std::isfinite(value), "only finite numbers are rational");
  return Rational(value);
}

double to_double(const Rational& value) {
  if (value == 0) return 0.0;
  const int exponent = binary_exponent(value);
  if (exponent > 1023) return sgn(value) * std::numeric_limits<double>::infinity();
  const int unit = std::max(exponent - 52, -1074);
  const Integer mantissa = round(value * power_of_two(-unit), Rounding::HalfEven);
  return std::ldexp(mantissa.get_d(), unit);
}

Integer floor(const Rational& value) {
  Integer result;
  mpz_fdiv_q(result.get_mpz_t(), value.get_num_mpz_t(), value.get_den_mpz_t());
  return result;
}

Rational power_of_two(int exponent) {
  Rational result = 1;
  if (exponent >= 0) {
    mpq_mul_2exp(result.get_mpq_t(), result.get_mpq_t(), static_cast<mp_bitcnt_t>(exponent));
  } else {
    mpq_div_2exp(result.get_mpq_t(), result.get_mpq_t(), static_cast<mp_bitcnt_t>(-exponent));
  }
  return result;
}

std::optional<int> log2_exact(const Rational& value) {
  if (value <= 0) return std::nullopt;
  const int exponent = binary_exponent(value);
  return value == power_of_two(exponent) ? std::optional(exponent) : std::nullopt;
}

std::optional<std::int64_t> to_int64(const Integer& value) {
  static_assert(sizeof(long) == sizeof(std::int64_t));
  if (!value.fits_slong_p()) return std::nullopt;
  return value.get_si();
}

Rational from_int64(std::int64_t value) { return Rational(static_cast<long>(value)); }

std::string to_string(const Rational& value) { return value.get_str(); }

std::optional<Rational> parse_rational(const std::string& text) {
  const bool negative = text.starts_with('-');
  const std::string magnitude = text.substr(negative ? 1 : 0);
  const auto slash = magnitude.find('/');
  std::optional<Rational> value;
  if (slash == std::string::npos) {
    value = parse_decimal(magnitude);
  } else if (all_digits(magnitude.substr(0, slash)) && all_digits(magnitude.substr(slash + 1))) {
    const Integer denominator(magnitude.substr(slash + 1), 10);
    if (denominator == 0) return std::nullopt;
    value = Rational(Integer(magnitude.substr(0, slash), 10), denominator);
    value->canonicalize();
  }
  if (value && negative) *value = -*value;
  return value;
}

}  // namespace gatefold::numeric
