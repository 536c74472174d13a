#pragma once

#include <cstdint>
#include <gmpxx.h>
#include <optional>
#include <string>

namespace gatefold::numeric {

/// Exact rationals (GMP). Always canonical.
using Rational = mpq_class;
using Integer = mpz_class;

/// numerator / denominator, canonical; `Rational(n, d)` is canonical only when n and d are coprime.
Rational ratio(std::int64_t numerator, std::int64_t denominator);
/// The exact value of a finite double (or float).
Rational exact(double value);
/// Nearest double, ties to even.
double to_double(const Rational& value);
Integer floor(const Rational& value);
/// 2^exponent, of either sign.
Rational power_of_two(int exponent);
/// log2 of a positive power of two, else empty.
std::optional<int> log2_exact(const Rational& value);
/// Empty when the integer does not fit 64 bits.
std::optional<std::int64_t> to_int64(const Integer& value);
Rational from_int64(std::int64_t value);
std::string to_string(const Rational& value);  // `3/8`
/// Reads `3/8`, `-2`, and decimals exactly: `0.1` is 1/10, `1e-3` is 1/1000. Empty otherwise.
std::optional<Rational> parse_rational(const std::string& text);

}  // namespace gatefold::numeric
