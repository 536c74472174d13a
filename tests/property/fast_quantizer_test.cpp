#include "gatefold/numeric/fast_quantizer.h"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/modes.h"

namespace gatefold::numeric {
namespace {

// Values where a careless double computation goes wrong: on and one unit beside every boundary.
std::vector<double> hard_values(const Grid& grid, std::mt19937_64& random) {
  std::vector<double> values{0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e300, -1e300, 0x1p-61};
  for (int twice = -40; twice <= 40; ++twice) {
    const double near = to_double((ratio(twice, 2) - grid.zero_point) * grid.scale);
    for (const double v : {near, std::nextafter(near, 1e9), std::nextafter(near, -1e9)})
      values.push_back(v);
    values.push_back(static_cast<double>(static_cast<float>(near)));
  }
  std::uniform_real_distribution<double> unit(-1, 1);
  for (int i = 0; i < 200; ++i)
    values.push_back(std::ldexp(unit(random), static_cast<int>(random() % 130) - 70));
  return values;
}

TEST(FastQuantizer, EqualsTheExactQuantizer) {
  std::mt19937_64 random(99);
  const std::vector<Rational> scales{1,
                                     power_of_two(-7),
                                     power_of_two(3),
                                     power_of_two(-900),
                                     exact(0.1F),
                                     Rational(1, 3),
                                     exact(0.0123F) * exact(0.77F)};
  const std::vector<Rational> zero_points{
      0, 3, -128, Rational(1, 2), exact(0.3), power_of_two(-1070)};
  for (const Rational& scale : scales) {
    for (const Rational& zero_point : zero_points) {
      for (const bool is_signed : {false, true}) {
        const Grid grid = make_grid(6, is_signed, scale, zero_point);
        const auto values = hard_values(grid, random);
        for (const Rounding rounding : all_roundings) {
          for (const Overflow mode : all_overflows) {
            const int kept = mode == Overflow::Wrap ? 2 : 0;
            if (!is_defined(mode, grid.type, kept)) continue;
            const FastQuantizer fast(grid, rounding, mode, kept);
            for (const double v : values)
              ASSERT_EQ(fast(v), quantize(exact(v), grid, rounding, mode, kept))
                  << v << " scale " << to_string(scale) << " zero " << to_string(zero_point) << ' '
                  << name_of(rounding) << ' ' << name_of(mode);
          }
        }
      }
    }
  }
}

TEST(FastQuantizer, WideWordsKeepEveryBit) {
  std::mt19937_64 random(4);
  const Grid grid = make_grid(FixedType{60, 20, true});
  const FastQuantizer fast(grid, Rounding::HalfEven, Overflow::Saturate);
  std::uniform_real_distribution<double> wide(-0x1p42, 0x1p42);
  for (int i = 0; i < 20000; ++i) {
    const double v = wide(random);
    ASSERT_EQ(fast(v), quantize(exact(v), grid, Rounding::HalfEven, Overflow::Saturate));
  }
}

TEST(FastQuantizer, InfinitiesSaturate) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Grid grid = make_grid(8, true, Rational(1, 10), 3);
  EXPECT_EQ(quantize_double(infinity, grid, Rounding::Floor, Overflow::Saturate), 127);
  EXPECT_EQ(quantize_double(-infinity, grid, Rounding::Floor, Overflow::SaturateSymmetric), -127);
}

TEST(FastQuantizerDeathTest, NotANumberIsRefused) {
  const Grid grid = make_grid(8, true, 1);
  EXPECT_DEATH(quantize_double(std::nan(""), grid, Rounding::Floor, Overflow::Saturate), "finite");
}

TEST(FastQuantizer, SpansOfFloatsAndDoublesAgree) {
  const std::vector<float> floats{-1.5F, 0.1F, 0.25F, 7.75F};
  const std::vector<double> doubles(floats.begin(), floats.end());
  const FastQuantizer fast(make_grid(FixedType{8, 3, true}), Rounding::HalfUp, Overflow::Wrap);
  std::vector<std::int64_t> from_floats(4), from_doubles(4);
  fast(std::span<const float>(floats), from_floats);
  fast(std::span<const double>(doubles), from_doubles);
  EXPECT_EQ(from_floats, from_doubles);
  EXPECT_THAT(from_floats, testing::ElementsAre(-12, 1, 2, 62));
}

}  // namespace
}  // namespace gatefold::numeric
