#include "gatefold/numeric/quantizer.h"

#include <cstdint>
#include <gmock/gmock.h>
#include <random>
#include <vector>

#include "tests/support/modes.h"

namespace gatefold::numeric {
namespace {

// The rules of ap_fixed written down a second time, over small integers and as directly as the
// tables of AMD UG1399 state them: a value is numerator / 2^shift in units of the last place.
struct Exact {
  std::int64_t numerator;
  int shift;

  std::int64_t floor() const { return numerator >> shift; }
  std::int64_t one() const { return std::int64_t{1} << shift; }
  // Sixteenths and finer are halves here, so that a tie is an exact comparison.
  std::int64_t twice_rest() const { return 2 * (numerator - floor() * one()); }
};

std::int64_t plain_round(const Exact& s, Rounding q) {
  const std::int64_t f = s.floor();
  const std::int64_t ceiling = -((-s.numerator) >> s.shift);
  if (q == Rounding::Floor) return f;
  if (q == Rounding::Ceil) return ceiling;
  if (q == Rounding::TowardZero) return s.numerator >= 0 ? f : ceiling;
  if (q == Rounding::AwayFromZero) return s.numerator >= 0 ? ceiling : f;
  if (s.twice_rest() != s.one()) return s.twice_rest() < s.one() ? f : f + 1;
  if (q == Rounding::HalfUp) return f + 1;
  if (q == Rounding::HalfTowardZero) return s.numerator > 0 ? f : f + 1;
  if (q == Rounding::HalfAwayFromZero) return s.numerator > 0 ? f + 1 : f;
  if (q == Rounding::HalfDown) return f;
  return f % 2 == 0 ? f : f + 1;
}

std::int64_t modulo(std::int64_t a, std::int64_t b) { return ((a % b) + b) % b; }

std::int64_t plain_wrap(std::int64_t x, int width, bool is_signed) {
  const std::int64_t period = std::int64_t{1} << width;
  const std::int64_t r = modulo(x, period);
  return is_signed && r >= period / 2 ? r - period : r;
}

std::int64_t plain_overflow(std::int64_t v, std::int64_t pre, int w, bool is_signed, Overflow o,
                            int n) {
  const std::int64_t low = is_signed ? -(1LL << (w - 1)) : 0;
  const std::int64_t high = is_signed ? (1LL << (w - 1)) - 1 : (1LL << w) - 1;
  const bool inside = low <= v && v <= high;
  if (o == Overflow::Saturate) return std::min(std::max(v, low), high);
  if (o == Overflow::SaturateSymmetric)
    return std::min(std::max(v, is_signed && w > 1 ? low + 1 : low), high);
  if (o == Overflow::SaturateZero) return inside ? v : 0;
  if (o == Overflow::Wrap && n == 0) return plain_wrap(v, w, is_signed);
  if (inside) return v;
  if (n == 0) {
    const std::int64_t u = modulo(v, 1LL << w);
    const bool flip = ((pre >> w) & 1) != ((u >> (w - 1)) & 1);
    return plain_wrap(flip ? (1LL << w) - 1 - u : u, w, is_signed);
  }
  const std::int64_t period = 1LL << (w - n);
  std::int64_t rest = modulo(v, period);
  if (!is_signed) return ((1LL << n) - 1) * period + rest;
  const std::int64_t top = v < 0 ? 1LL << (w - 1) : ((1LL << (n - 1)) - 1) * period;
  if (o == Overflow::WrapSignMagnitude && ((v >> (w - n)) & 1) != ((top >> (w - n)) & 1))
    rest = period - 1 - rest;
  return plain_wrap(top + rest, w, is_signed);
}

Exact in_units(std::int64_t sixteenths, int fraction) {
  return fraction >= 4 ? Exact{sixteenths << (fraction - 4), 0} : Exact{sixteenths, 4 - fraction};
}

struct Format {
  int width, integer;
};

class EveryMode : public testing::TestWithParam<std::tuple<Format, bool>> {};

TEST_P(EveryMode, MatchesTheRulesOnSixteenths) {
  const auto [format, is_signed] = GetParam();
  const FixedType type{format.width, format.width - format.integer, is_signed};
  const Grid grid = make_grid(type);
  std::int64_t cases = 0;
  for (const Rounding q : all_roundings) {
    for (std::int64_t k = -1200; k <= 1200; ++k) {
      const Exact s = in_units(k, type.fraction);
      const Rational real = from_int64(k) / 16;
      const std::int64_t rounded = plain_round(s, q);
      ASSERT_EQ(round(real / grid.scale, q), rounded) << k << "/16 " << name_of(q);
      for (const Overflow o : all_overflows) {
        for (int n = 0; n <= std::min(3, format.width); ++n) {
          if (!is_defined(o, type, n)) continue;
          const auto expected = plain_overflow(rounded, s.floor(), type.width, is_signed, o, n);
          ASSERT_EQ(overflow(rounded, s.floor(), type, o, n), expected)
              << k << "/16 " << type.to_string() << ' ' << name_of(q) << ' ' << name_of(o) << ' '
              << n;
          ASSERT_EQ(quantize(real, grid, q, o, n), expected);
          ++cases;
        }
      }
    }
  }
  EXPECT_GT(cases, 2401 * 9 * 5);
}

INSTANTIATE_TEST_SUITE_P(Words, EveryMode,
                         testing::Combine(testing::Values(Format{1, 1}, Format{2, 1}, Format{3, 0},
                                                          Format{4, 4}, Format{5, 3}, Format{6, 2},
                                                          Format{8, 5}, Format{4, 6}),
                                          testing::Bool()));

TEST(Round, UpAndCeilFollowTheirDefinitions) {
  for (std::int64_t k = -200; k <= 200; ++k) {
    const Rational x = from_int64(k) / 12;
    const Integer down = floor(x), up = -floor(-x);
    EXPECT_EQ(round(x, Rounding::Ceil), up);
    EXPECT_EQ(round(x, Rounding::AwayFromZero), k < 0 ? down : up);
  }
}

TEST(Round, ShiftAgreesWithTheRational) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const auto value = static_cast<std::int64_t>(random()) >> (2 + random() % 60);
    const int bits = static_cast<int>(random() % 70);
    for (const Rounding q : all_roundings)
      ASSERT_EQ(round(from_int64(value) * power_of_two(-bits), q), round_shift(value, bits, q))
          << value << " >> " << bits << ' ' << name_of(q);
  }
  EXPECT_EQ(round_shift(-3, -4, Rounding::HalfEven), -48);
}

TEST(Overflow, HugeIntegersWrapAsTheirLowBits) {
  const Integer huge = Integer(1) << 200;
  const FixedType type{8, 0, true};
  EXPECT_EQ(overflow(huge + 5, huge + 5, type, Overflow::Wrap), 5);
  EXPECT_EQ(overflow(Integer(-huge - 1), Integer(-huge - 1), type, Overflow::Wrap), -1);
  EXPECT_EQ(overflow(huge, huge, type, Overflow::Saturate), 127);
  EXPECT_EQ(overflow(Integer(-huge), Integer(-huge), type, Overflow::SaturateSymmetric), -127);
  EXPECT_EQ(overflow(Integer(-huge), Integer(-huge), type, Overflow::SaturateZero), 0);
}

TEST(Quantize, BoundsNarrowASaturationOnly) {
  Grid grid = make_grid(8, true, Rational(1, 10), 3);
  grid.bounds = {-127, 100, 0};
  const auto at = [&](int tenths, Overflow mode) {
    return quantize(ratio(tenths, 10), grid, Rounding::HalfEven, mode);
  };
  EXPECT_EQ(at(20, Overflow::Saturate), 23);
  EXPECT_EQ(at(98, Overflow::Saturate), 100);
  EXPECT_EQ(at(-200, Overflow::Saturate), -127);
  EXPECT_EQ(at(-131, Overflow::Wrap), -128);
}

TEST(Quantize, WidthZeroIsTheConstantZero) {
  for (const Overflow o : all_overflows)
    EXPECT_EQ(quantize(Rational(37, 3), make_grid(FixedType{}), Rounding::HalfUp, o), 0);
}

}  // namespace
}  // namespace gatefold::numeric
