#include "gatefold/numeric/interval.h"

#include <algorithm>
#include <bit>
#include <fmt/core.h>

#include "gatefold/numeric/wide.h"
#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

// Every power of two that can be asked about divides 0.
constexpr int zeros_of_zero = 63;

int trailing_zeros(std::int64_t value) {
  return value == 0 ? zeros_of_zero : std::countr_zero(static_cast<std::uint64_t>(value));
}

int known_zeros(const Interval& a) { return a.is_constant() ? trailing_zeros(a.low) : a.zeros; }

Interval make(Wide low, Wide high, int zeros) {
  GATEFOLD_ASSERT(fits_int64(low) && fits_int64(high), "an interval left 64 bits");
  Interval result{static_cast<std::int64_t>(low), static_cast<std::int64_t>(high), zeros};
  if (result.is_constant()) return Interval::constant(result.low);
  result.zeros = std::min(zeros, zeros_of_zero - 1);
  return result;
}

Wide word_limit() { return Wide{1} << (max_word_width - 1); }

bool in_word(Wide low, Wide high) { return low >= -word_limit() && high < word_limit(); }

}  // namespace

Interval Interval::constant(std::int64_t value) {
  return {value, value, value == 0 ? 0 : trailing_zeros(value)};
}

bool Interval::contains(std::int64_t value) const {
  return low <= value && value <= high && (is_constant() || trailing_zeros(value) >= zeros);
}

bool Interval::contains(const Interval& other) const {
  return low <= other.low && other.high <= high &&
         known_zeros(other) >= (is_constant() ? 0 : zeros);
}

std::string Interval::to_string() const {
  const std::string bounds = fmt::format("[{},{}]", low, high);
  return zeros == 0 || is_constant() ? bounds
                                     : fmt::format("{}/{}", bounds, std::int64_t{1} << zeros);
}

Interval operator+(const Interval& a, const Interval& b) {
  return make(Wide{a.low} + b.low, Wide{a.high} + b.high, std::min(known_zeros(a), known_zeros(b)));
}

Interval operator-(const Interval& a, const Interval& b) {
  return make(Wide{a.low} - b.high, Wide{a.high} - b.low, std::min(known_zeros(a), known_zeros(b)));
}

Interval operator-(const Interval& a) { return make(-Wide{a.high}, -Wide{a.low}, known_zeros(a)); }

Interval operator*(const Interval& a, const Interval& b) {
  const auto [low, high] = std::minmax(
      {Wide{a.low} * b.low, Wide{a.low} * b.high, Wide{a.high} * b.low, Wide{a.high} * b.high});
  return make(low, high, known_zeros(a) + known_zeros(b));
}

Interval operator*(const Interval& a, std::int64_t factor) {
  return a * Interval::constant(factor);
}

Interval shift_left(const Interval& a, int bits) {
  GATEFOLD_ASSERT(bits >= 0 && bits <= max_word_width, "shift distance");
  return make(Wide{a.low} << bits, Wide{a.high} << bits, known_zeros(a) + bits);
}

Interval shift_right(const Interval& a, int bits) {
  GATEFOLD_ASSERT(bits >= 0, "shift distance");
  const int distance = std::min(bits, 63);
  return make(a.low >> distance, a.high >> distance, std::max(known_zeros(a) - distance, 0));
}

Interval hull(const Interval& a, const Interval& b) {
  return make(std::min(a.low, b.low), std::max(a.high, b.high),
              std::min(known_zeros(a), known_zeros(b)));
}

Interval minimum(const Interval& a, const Interval& b) {
  if (a.high <= b.low) return make(a.low, a.high, known_zeros(a));
  if (b.high <= a.low) return make(b.low, b.high, known_zeros(b));
  return make(std::min(a.low, b.low), std::min(a.high, b.high),
              std::min(known_zeros(a), known_zeros(b)));
}

Interval maximum(const Interval& a, const Interval& b) { return -minimum(-a, -b); }

Interval absolute(const Interval& a) {
  if (a.low >= 0) return make(a.low, a.high, known_zeros(a));
  if (a.high <= 0) return -a;
  return make(0, std::max(-Wide{a.low}, Wide{a.high}), known_zeros(a));
}

Interval clamp(const Interval& a, const Interval& bounds) {
  GATEFOLD_ASSERT(bounds.low <= bounds.high, "clamp bounds");
  return minimum(maximum(a, Interval::constant(bounds.low)), Interval::constant(bounds.high));
}

std::optional<Interval> tightened(const Interval& a) {
  const Wide step = Wide{1} << a.zeros;
  const Wide low = -((-Wide{a.low}) >> a.zeros) * step;
  const Wide high = (Wide{a.high} >> a.zeros) * step;
  if (low > high) return std::nullopt;
  return make(low, high, a.zeros);
}

std::optional<Interval> dot(std::span<const Interval> inputs, std::span<const std::int64_t> weights,
                            std::int64_t bias) {
  GATEFOLD_ASSERT(inputs.size() == weights.size(), "one weight per input");
  Wide low = bias, high = bias;
  int zeros = trailing_zeros(bias);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (weights[i] == 0) continue;
    const Wide first = Wide{inputs[i].low} * weights[i];
    const Wide last = Wide{inputs[i].high} * weights[i];
    const auto [least, greatest] = std::minmax(first, last);
    low += least;
    high += greatest;
    if (!in_word(least, greatest)) return std::nullopt;
    zeros = std::min(zeros, known_zeros(inputs[i]) + trailing_zeros(weights[i]));
  }
  if (!in_word(low, high)) return std::nullopt;
  return make(low, high, zeros);
}

std::optional<Interval> sum_of(const Interval& a, std::int64_t count) {
  GATEFOLD_ASSERT(count >= 0, "a count of values");
  const Wide low = Wide{a.low} * count, high = Wide{a.high} * count;
  if (!in_word(low, high)) return std::nullopt;
  return make(low, high, known_zeros(a));
}

int width_of(const Interval& interval) {
  const auto bits = [](std::int64_t v) {
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(v < 0 ? ~v : v)));
  };
  const int magnitude = std::max(bits(interval.low), bits(interval.high));
  return interval.low < 0 ? magnitude + 1 : magnitude;
}

bool fits_word(const Interval& interval) { return width_of(interval) <= max_word_width; }

}  // namespace gatefold::numeric
