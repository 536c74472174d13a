#include "gatefold/numeric/exponential.h"

#include <cmath>

namespace gatefold::numeric {
namespace {

// Fixed point with `w` fraction bits; errors below are counted in units of 2^-w.
Integer multiply(const Integer& a, const Integer& b, int w) {
  Integer product = a * b;
  mpz_tdiv_q_2exp(product.get_mpz_t(), product.get_mpz_t(), static_cast<mp_bitcnt_t>(w));
  return product;
}

Integer shifted(const Integer& value, int bits) {
  Integer result;
  if (bits >= 0) {
    mpz_mul_2exp(result.get_mpz_t(), value.get_mpz_t(), static_cast<mp_bitcnt_t>(bits));
  } else {
    mpz_fdiv_q_2exp(result.get_mpz_t(), value.get_mpz_t(), static_cast<mp_bitcnt_t>(-bits));
  }
  return result;
}

// ln 2 = 2 atanh(1/3) = 2 sum 3^-(2n+1) / (2n+1). Two truncations a term and fewer terms than w /
// 3: the error is below 2 w.
Integer compute_log_of_two(int w) {
  Integer power = shifted(2, w) / 3;
  Integer sum = 0;
  for (unsigned long odd = 1; power != 0; odd += 2) {
    sum += power / odd;
    power /= 9;
  }
  return sum;
}

const Integer& log_of_two(int w) {
  thread_local int known_bits = 0;
  thread_local Integer known;
  if (known_bits != w) {
    known = compute_log_of_two(w);
    known_bits = w;
  }
  return known;
}

// exp(s) for |s| < 2^-9 known to 2 units: each term adds at most 4 units of error, and the terms
// shrink by 2^-9, so fewer than w / 9 + 1 are summed.
Integer taylor(const Integer& s, int w) {
  Integer term = shifted(1, w);
  Integer sum = term;
  for (unsigned long n = 1; term != 0; ++n) {
    term = multiply(term, s, w);
    mpz_tdiv_q_ui(term.get_mpz_t(), term.get_mpz_t(), n);
    sum += term;
  }
  return sum;
}

}  // namespace

Enclosure exponential(const Rational& x, int bits) {
  if (x == 0) return Enclosure::point(1);
  constexpr int halvings = 8;
  constexpr int guard = 40;
  const int w = bits + guard;
  const auto k = static_cast<int>(std::lround(to_double(x) / std::log(2.0)));
  // exp(x) = 2^k exp(r), |r| < 0.35; 64 more bits of ln 2 keep its error times k below one unit.
  const Integer whole = floor(x * power_of_two(w));
  const Integer r = whole - shifted(log_of_two(w + 64) * k, -64);
  Integer y = taylor(shifted(r, -halvings), w);
  for (int i = 0; i < halvings; ++i) y = multiply(y, y, w);
  // Below w = 2^14 the series errs by less than 2^13 units; eight squarings of values below 1.42
  // multiply that by less than 2^9 and add less than 2^9: together under 2^23.
  const Integer error = shifted(1, 24);
  const Rational unit = power_of_two(k - w);
  return {(y - error) * unit, (y + error) * unit};
}

}  // namespace gatefold::numeric
