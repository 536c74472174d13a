#include "gatefold/numeric/fast_quantizer.h"

#include <algorithm>
#include <cmath>

#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

// Four roundings (inverse scale, product, zero point, sum) of at most 2^-53 each, with room.
constexpr double relative_error = 0x1p-50;
// Covers products that underflow.
constexpr double absolute_error = 0x1p-60;
// Beyond it a double has no fraction bits to decide with.
constexpr double decidable = 0x1p49;

constexpr bool rounds_to_nearest(Rounding rounding) {
  switch (rounding) {
    case Rounding::Floor:
    case Rounding::Ceil:
    case Rounding::TowardZero:
    case Rounding::AwayFromZero:
      return false;
    case Rounding::HalfUp:
    case Rounding::HalfDown:
    case Rounding::HalfTowardZero:
    case Rounding::HalfAwayFromZero:
    case Rounding::HalfEven:
      return true;
  }
  return false;
}

// The value is `whole + rest` with |rest| < 1 of the value's sign.
template <Rounding rounding>
std::int64_t round_parts(std::int64_t whole, double rest) {
  const std::int64_t outward = (rest > 0) - (rest < 0);
  if constexpr (rounding == Rounding::Floor) return whole - (rest < 0);
  if constexpr (rounding == Rounding::Ceil) return whole + (rest > 0);
  if constexpr (rounding == Rounding::TowardZero) return whole;
  if constexpr (rounding == Rounding::AwayFromZero) return whole + outward;
  const double size = std::fabs(rest);
  if (size != 0.5) [[likely]]
    return whole + (size > 0.5) * outward;
  if constexpr (rounding == Rounding::HalfUp) return whole + (rest > 0);
  if constexpr (rounding == Rounding::HalfDown) return whole - (rest < 0);
  if constexpr (rounding == Rounding::HalfTowardZero) return whole;
  if constexpr (rounding == Rounding::HalfAwayFromZero) return whole + outward;
  return whole % 2 == 0 ? whole : whole + outward;
}

bool normal(const Rational& value) {
  const Rational magnitude = abs(value);
  return magnitude > power_of_two(-1000) && magnitude < power_of_two(1000);
}

}  // namespace

FastQuantizer::FastQuantizer(Grid grid, Rounding rounding, Overflow mode, int saturated_bits)
    : grid_(std::move(grid)), rounding_(rounding), mode_(mode), saturated_bits_(saturated_bits) {
  usable_ = normal(grid_.scale) && (grid_.zero_point == 0 || normal(grid_.zero_point));
  if (usable_) {
    inverse_scale_ = to_double(1 / grid_.scale);
    zero_point_ = to_double(grid_.zero_point);
  }
  scales_exactly_ = log2_exact(grid_.scale).has_value() && grid_.zero_point == 0;
  needs_floor_ = mode == Overflow::WrapSignMagnitude;
  saturates_ = mode == Overflow::Saturate || mode == Overflow::SaturateSymmetric;
  const Interval range = mode == Overflow::Saturate ? grid_.bounds : grid_.type.range();
  low_ = range.low;
  high_ = range.high;
  if (mode == Overflow::SaturateSymmetric && grid_.type.is_signed && grid_.type.width > 1) ++low_;
  at_zero_ = quantize(0, grid_, rounding_, mode_, saturated_bits_);
}

std::int64_t FastQuantizer::quantize_exactly(double real) const {
  return quantize(exact(real), grid_, rounding_, mode_, saturated_bits_);
}

std::int64_t FastQuantizer::quantize_outside_doubles(double real, double scaled) const {
  if (saturates_ && scaled > 0 && static_cast<double>(high_) < decidable / 2) return high_;
  if (saturates_ && scaled < 0 && static_cast<double>(low_) > -decidable / 2) return low_;
  return quantize_exactly(real);
}

std::int64_t FastQuantizer::settle(std::int64_t rounded, std::int64_t floored) const {
  if (rounded >= low_ && rounded <= high_) return rounded;
  if (saturates_) return rounded < low_ ? low_ : high_;
  return overflow(rounded, floored, grid_.type, mode_, saturated_bits_);
}

template <Rounding rounding>
std::int64_t FastQuantizer::quantize_as(double real) const {
  if (real == 0) return at_zero_;
  if (!usable_) return quantize_exactly(real);
  const double product = real * inverse_scale_;
  const double scaled = product + zero_point_;
  if (!(std::fabs(scaled) < decidable)) return quantize_outside_doubles(real, scaled);
  const auto whole = static_cast<std::int64_t>(scaled);
  const double rest = scaled - static_cast<double>(whole);
  if (scales_exactly_) {
    if (std::fabs(scaled) < 0x1p-1000) return quantize_exactly(real);
  } else {
    const double error =
        (std::fabs(product) + std::fabs(zero_point_)) * relative_error + absolute_error;
    const double size = std::fabs(rest);
    const double to_half = std::fabs(size - 0.5);
    const double to_whole = std::min(size, 1 - size);
    if (!((rounds_to_nearest(rounding) ? to_half : to_whole) > error))
      return quantize_exactly(real);
    if (needs_floor_ && !(to_whole > error)) return quantize_exactly(real);
  }
  return settle(round_parts<rounding>(whole, rest), whole - (rest < 0));
}

std::int64_t FastQuantizer::operator()(double real) const {
  switch (rounding_) {
    case Rounding::Floor:
      return quantize_as<Rounding::Floor>(real);
    case Rounding::TowardZero:
      return quantize_as<Rounding::TowardZero>(real);
    case Rounding::HalfUp:
      return quantize_as<Rounding::HalfUp>(real);
    case Rounding::HalfTowardZero:
      return quantize_as<Rounding::HalfTowardZero>(real);
    case Rounding::HalfAwayFromZero:
      return quantize_as<Rounding::HalfAwayFromZero>(real);
    case Rounding::HalfDown:
      return quantize_as<Rounding::HalfDown>(real);
    case Rounding::HalfEven:
      return quantize_as<Rounding::HalfEven>(real);
    case Rounding::Ceil:
      return quantize_as<Rounding::Ceil>(real);
    case Rounding::AwayFromZero:
      return quantize_as<Rounding::AwayFromZero>(real);
  }
  GATEFOLD_ASSERT(false, "rounding");
}

template <typename T>
void FastQuantizer::quantize_span(std::span<const T> reals, std::span<std::int64_t> raws) const {
  GATEFOLD_ASSERT(reals.size() == raws.size(), "one raw integer per real");
  for (std::size_t i = 0; i < reals.size(); ++i) raws[i] = (*this)(static_cast<double>(reals[i]));
}

void FastQuantizer::operator()(std::span<const double> reals, std::span<std::int64_t> raws) const {
  quantize_span(reals, raws);
}

void FastQuantizer::operator()(std::span<const float> reals, std::span<std::int64_t> raws) const {
  quantize_span(reals, raws);
}

std::int64_t quantize_double(double real, const Grid& grid, Rounding rounding, Overflow mode,
                             int saturated_bits) {
  return FastQuantizer(grid, rounding, mode, saturated_bits)(real);
}

}  // namespace gatefold::numeric
