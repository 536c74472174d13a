#include "gatefold/numeric/quantizer.h"

#include <algorithm>
#include <bit>

#include "gatefold/numeric/wide.h"
#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

// Whether a value between two integers goes to the upper one. `fraction_side` compares the part
// above the lower integer with one half (-1, 0, 1); exact integers never come here.
bool rounds_up(Rounding rounding, int fraction_side, bool negative, bool floor_is_odd) {
  const auto nearest = [&](bool tie_goes_up) {
    return fraction_side > 0 || (fraction_side == 0 && tie_goes_up);
  };
  switch (rounding) {
    case Rounding::Floor:
      return false;
    case Rounding::Ceil:
      return true;
    case Rounding::TowardZero:
      return negative;
    case Rounding::AwayFromZero:
      return !negative;
    case Rounding::HalfUp:
      return nearest(true);
    case Rounding::HalfDown:
      return nearest(false);
    case Rounding::HalfTowardZero:
      return nearest(negative);
    case Rounding::HalfAwayFromZero:
      return nearest(!negative);
    case Rounding::HalfEven:
      return nearest(floor_is_odd);
  }
  GATEFOLD_ASSERT(false, "rounding");
}

std::uint64_t low_bits(int count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

std::int64_t read_word(std::uint64_t bits, const FixedType& type) {
  const std::uint64_t word = bits & low_bits(type.width);
  if (!type.is_signed || ((word >> (type.width - 1)) & 1) == 0)
    return static_cast<std::int64_t>(word);
  return static_cast<std::int64_t>(word | ~low_bits(type.width));
}

// A rounded integer of any size: where it lies relative to the range that is asked about, and its
// low 64 bits in two's complement, which is all that a wrap can see.
struct Rounded {
  int side = 0;  // -1 below the type's range, 0 inside, 1 above
  bool negative = false;
  std::uint64_t bits = 0;
  std::uint64_t floored = 0;
};

bool bit_at(std::uint64_t bits, int position) { return (bits >> position) & 1; }

// WrapSignMagnitude without saturated bits: a wrap that is reflected in every other period.
std::int64_t reflect(const Rounded& value, const FixedType& type) {
  const bool flip = bit_at(value.floored, type.width) != bit_at(value.bits, type.width - 1);
  return read_word(flip ? ~value.bits : value.bits, type);
}

std::int64_t wrap_below_saturated_bits(const Rounded& value, const FixedType& type, Overflow mode,
                                       int saturated_bits) {
  const int free_bits = type.width - saturated_bits;
  std::uint64_t top = low_bits(saturated_bits) << free_bits;
  if (type.is_signed) {
    const std::uint64_t sign = std::uint64_t{1} << (type.width - 1);
    top = value.negative ? sign : top & ~sign;
  }
  const bool flip = mode == Overflow::WrapSignMagnitude &&
                    bit_at(value.bits, free_bits) != bit_at(top, free_bits);
  const std::uint64_t low = (flip ? ~value.bits : value.bits) & low_bits(free_bits);
  return read_word(top | low, type);
}

std::int64_t overflowed(const Rounded& value, const FixedType& type, Overflow mode,
                        int saturated_bits) {
  switch (mode) {
    case Overflow::Saturate:
      return value.side < 0 ? type.min_raw() : type.max_raw();
    case Overflow::SaturateZero:
      return 0;
    case Overflow::SaturateSymmetric:
      if (value.side > 0) return type.max_raw();
      return type.is_signed && type.width > 1 ? -type.max_raw() : type.min_raw();
    case Overflow::Wrap:
      if (saturated_bits == 0) return read_word(value.bits, type);
      return wrap_below_saturated_bits(value, type, mode, saturated_bits);
    case Overflow::WrapSignMagnitude:
      if (saturated_bits == 0) return reflect(value, type);
      return wrap_below_saturated_bits(value, type, mode, saturated_bits);
  }
  GATEFOLD_ASSERT(false, "overflow");
}

std::int64_t bring_in(const Rounded& value, const FixedType& type, Overflow mode,
                      int saturated_bits) {
  GATEFOLD_ASSERT(is_defined(mode, type, saturated_bits), "overflow mode of this type");
  if (type.width == 0) return 0;
  if (value.side != 0) return overflowed(value, type, mode, saturated_bits);
  const auto raw = static_cast<std::int64_t>(value.bits);
  const bool symmetric = mode == Overflow::SaturateSymmetric && type.is_signed && type.width > 1;
  return symmetric ? std::max(raw, -type.max_raw()) : raw;
}

std::uint64_t twos_complement(const Integer& value) {
  const std::uint64_t magnitude = mpz_get_ui(value.get_mpz_t());
  return sgn(value) < 0 ? 0 - magnitude : magnitude;
}

template <typename T>
int side_of(const T& value, const FixedType& type) {
  if (value < type.min_raw()) return -1;
  return value > type.max_raw() ? 1 : 0;
}

}  // namespace

Integer round(const Rational& value, Rounding rounding) {
  Integer lower, remainder;
  mpz_fdiv_qr(lower.get_mpz_t(), remainder.get_mpz_t(), value.get_num_mpz_t(),
              value.get_den_mpz_t());
  if (remainder == 0) return lower;
  remainder *= 2;
  const int side = cmp(remainder, value.get_den());
  const bool odd = mpz_odd_p(lower.get_mpz_t()) != 0;
  if (rounds_up(rounding, side, sgn(lower) < 0, odd)) ++lower;
  return lower;
}

std::int64_t round_shift(std::int64_t value, int bits, Rounding rounding) {
  if (bits <= 0) {
    GATEFOLD_ASSERT(value == 0 || bits >= -max_word_width, "left shift out of the word");
    const Wide shifted = value == 0 ? 0 : Wide{value} << -bits;
    GATEFOLD_ASSERT(fits_int64(shifted), "left shift out of the word");
    return static_cast<std::int64_t>(shifted);
  }
  const int distance = std::min(bits, 100);
  const Wide lower = Wide{value} >> distance;
  const Wide remainder = Wide{value} - (lower << distance);
  if (remainder == 0) return static_cast<std::int64_t>(lower);
  const Wide half = Wide{1} << (distance - 1);
  const int side = (remainder > half) - (remainder < half);
  return static_cast<std::int64_t>(lower + rounds_up(rounding, side, value < 0, (lower & 1) != 0));
}

bool is_defined(Overflow mode, const FixedType& type, int saturated_bits) {
  const bool wraps = mode == Overflow::Wrap || mode == Overflow::WrapSignMagnitude;
  if (saturated_bits < 0 || (wraps && saturated_bits > type.width)) return false;
  return mode != Overflow::WrapSignMagnitude || type.is_signed || type.width == 0;
}

std::int64_t overflow(const Integer& rounded, const Integer& floored, const FixedType& type,
                      Overflow mode, int saturated_bits) {
  const Rounded value{side_of(rounded, type), sgn(rounded) < 0, twos_complement(rounded),
                      twos_complement(floored)};
  return bring_in(value, type, mode, saturated_bits);
}

std::int64_t overflow(std::int64_t rounded, std::int64_t floored, const FixedType& type,
                      Overflow mode, int saturated_bits) {
  const Rounded value{side_of(rounded, type), rounded < 0, static_cast<std::uint64_t>(rounded),
                      static_cast<std::uint64_t>(floored)};
  return bring_in(value, type, mode, saturated_bits);
}

Grid make_grid(int width, bool is_signed, Rational scale, Rational zero_point) {
  GATEFOLD_ASSERT(scale > 0, "the scale of a grid is positive");
  const FixedType type{width, 0, is_signed};
  return {type, type.range(), std::move(scale), std::move(zero_point)};
}

Grid make_grid(const FixedType& type) {
  return make_grid(type.width, type.is_signed, power_of_two(-type.fraction));
}

std::int64_t quantize(const Rational& real, const Grid& grid, Rounding rounding, Overflow mode,
                      int saturated_bits) {
  const Rational value = real / grid.scale + grid.zero_point;
  const Integer rounded = round(value, rounding);
  if (mode == Overflow::Saturate) {
    if (rounded <= grid.bounds.low) return grid.bounds.low;
    if (rounded >= grid.bounds.high) return grid.bounds.high;
  }
  return overflow(rounded, floor(value), grid.type, mode, saturated_bits);
}

}  // namespace gatefold::numeric
