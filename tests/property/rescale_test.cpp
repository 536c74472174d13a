#include "gatefold/numeric/rescale.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <random>

#include "tests/support/modes.h"

#include "gatefold/numeric/signed_digits.h"

namespace gatefold::numeric {
namespace {

std::int64_t exact_value(const Rescale& r, std::int64_t raw) {
  const Integer value = round(r.factor * from_int64(raw) + r.offset, r.rounding);
  return std::clamp(value, Integer(static_cast<long>(r.bounds.low)),
                    Integer(static_cast<long>(r.bounds.high)))
      .get_si();
}

// A product of float32 scales, as a trained quantizer leaves it.
Rational float_product(std::mt19937_64& random, double magnitude) {
  std::uniform_real_distribution<float> unit(0.5F, 2.0F);
  const Rational value = exact(unit(random)) * exact(unit(random)) / exact(unit(random)) *
                         exact(static_cast<float>(magnitude));
  return value;
}

void expect_equal_everywhere(const Rescale& r, const Interval& input) {
  const StepFunction steps = step_function(r, input);
  const auto found = find_shift_rescale(r.factor, r.offset, r.rounding, input, r.bounds);
  const std::vector<std::int64_t> values = values_of(r, input);
  ASSERT_EQ(values.size(), static_cast<std::size_t>(input.high - input.low + 1));
  for (std::int64_t raw = input.low; raw <= input.high; ++raw)
    ASSERT_EQ(values[static_cast<std::size_t>(raw - input.low)], exact_value(r, raw)) << raw;
  for (std::int64_t raw = input.low; raw <= input.high; raw += std::int64_t{1} << input.zeros) {
    const std::int64_t expected = exact_value(r, raw);
    ASSERT_EQ(steps.at(raw), expected) << raw;
    if (found) {
      ASSERT_EQ(apply(*found, raw, r.bounds), expected)
          << raw << " * " << found->multiplier << " + " << found->addend << " >> " << found->shift;
    }
  }
}

TEST(ShiftRescale, EqualsTheExactRoundingOnWholeIntervals) {
  std::mt19937_64 random(11);
  int found = 0, asked = 0;
  for (int i = 0; i < 1500; ++i) {
    const int bits = 1 + static_cast<int>(random() % 9);
    const bool is_signed = random() % 2 == 0;
    const int zeros = random() % 4 == 0 ? static_cast<int>(random() % 3) : 0;
    const std::int64_t unit = std::int64_t{1} << zeros;
    const auto reach = static_cast<std::int64_t>(1 + random() % 1500);
    const Interval input{-static_cast<std::int64_t>(random() % 1500) * unit, reach * unit, zeros};
    const double magnitude = std::ldexp(1.0, bits - static_cast<int>(random() % 12) - 2);
    Rational factor = float_product(random, magnitude);
    if (random() % 3 == 0) factor = -factor;
    if (random() % 20 == 0) factor = 0;
    Rational offset = random() % 3 == 0 ? Rational(0) : float_product(random, 3.0) - 3;
    if (random() % 4 == 0) offset = ratio(static_cast<std::int64_t>(random() % 17) - 8, 2);
    const Interval bounds = FixedType{bits, 0, is_signed}.range();
    const Rounding rounding = all_roundings[i % 9];
    SCOPED_TRACE(to_string(factor) + " " + to_string(offset) + " " +
                 std::string(name_of(rounding)) + " " + input.to_string() + " -> " +
                 bounds.to_string());
    expect_equal_everywhere({factor, offset, rounding, bounds}, input);
    if (testing::Test::HasFatalFailure()) return;
    ++asked;
    found += find_shift_rescale(factor, offset, rounding, input, bounds).has_value();
  }
  EXPECT_GT(found, asked * 9 / 10) << "generic factors have a multiplier and a shift";
}

// Exhaustive over every candidate of small shifts: nothing cheaper exists and none is missed.
TEST(ShiftRescale, NoCheaperOneExistsOnSmallCases) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 150; ++i) {
    const Interval input{-20, 25, 0}, bounds{-4, 5, 0};
    const Rational factor = float_product(random, 0.2) * (random() % 2 == 0 ? 1 : -1);
    const Rounding rounding = all_roundings[i % 9];
    const auto found = find_shift_rescale(factor, 0, rounding, input, bounds);
    const Rescale r{factor, 0, rounding, bounds};
    constexpr int tried_shift = 6;
    int fewest = 1000, at_shift = 1000;
    std::vector<std::int64_t> expected;
    for (std::int64_t raw = input.low; raw <= input.high; ++raw)
      expected.push_back(exact_value(r, raw));
    for (int shift = 0; shift <= tried_shift; ++shift) {
      for (std::int64_t m = -64; m <= 64; ++m) {
        for (std::int64_t a = -(2 << shift); a <= (2 << shift); ++a) {
          bool equal = true;
          for (std::int64_t raw = input.low; equal && raw <= input.high; ++raw)
            equal = apply({m, a, shift}, raw, bounds) ==
                    expected[static_cast<std::size_t>(raw - input.low)];
          if (equal && signed_digit_count(m) < fewest) {
            fewest = signed_digit_count(m);
            at_shift = shift;
          }
        }
      }
    }
    if (fewest == 1000) continue;
    ASSERT_TRUE(found);
    const int digits = signed_digit_count(found->multiplier);
    ASSERT_LE(digits, fewest);
    ASSERT_TRUE(digits < fewest || found->shift <= at_shift);
  }
}

TEST(ShiftRescale, WideWordsOfAPowerOfTwoAreExactByConstruction) {
  std::mt19937_64 random(3);
  const Interval bounds = FixedType{40, 0, true}.range();
  for (const int zeros : {0, 2, 5}) {
    const Interval input{-(std::int64_t{1} << 36), std::int64_t{1} << 36, zeros};
    for (const int multiplier : {1, 3, -5}) {
      for (const Rounding rounding : all_roundings) {
        for (const Rational& offset : {Rational(0), Rational(7, 3), Rational(-1, 2)}) {
          const Rescale r{Rational(multiplier, 16), offset, rounding, bounds};
          const auto found = find_shift_rescale(r.factor, offset, rounding, input, bounds);
          const bool uniform = rounding == Rounding::HalfUp || rounding == Rounding::Floor;
          ASSERT_TRUE(found || !uniform);
          if (!found) continue;
          for (int i = 0; i < 300; ++i) {
            std::int64_t raw = static_cast<std::int64_t>(random()) >> (28 + random() % 36);
            raw = (raw >> zeros) << zeros;
            ASSERT_EQ(apply(*found, raw, bounds), exact_value(r, raw)) << raw;
          }
        }
      }
    }
  }
}

TEST(ShiftRescale, HalfEvenOfReachableTiesIsRefused) {
  const Interval input{-1000, 1000, 0}, bounds{-64, 63, 0};
  EXPECT_FALSE(find_shift_rescale(Rational(1, 16), 0, Rounding::HalfEven, input, bounds));
  EXPECT_FALSE(find_shift_rescale(Rational(1, 16), 0, Rounding::HalfEven,
                                  {-(1LL << 36), 1LL << 36, 0}, {-(1LL << 40), 1LL << 40, 0}));
  const auto up = find_shift_rescale(Rational(1, 16), 0, Rounding::HalfUp, input, bounds);
  EXPECT_EQ(up, (ShiftRescale{1, 8, 4}));
}

TEST(ShiftRescale, WideAccumulatorsOfGenericFactors) {
  std::mt19937_64 random(23);
  const Interval input{-(std::int64_t{1} << 27), (std::int64_t{1} << 27) + 12345, 0};
  int count = 0;
  for (int i = 0; i < 200; ++i) {
    const Interval bounds = FixedType{8, 0, true}.range();
    const Rational factor = float_product(random, std::ldexp(1.0, -19));
    const Rational offset = float_product(random, 5.0);
    const Rounding rounding = all_roundings[i % 9];
    const auto found = find_shift_rescale(factor, offset, rounding, input, bounds);
    if (!found) continue;
    ++count;
    const Rescale r{factor, offset, rounding, bounds};
    for (const std::int64_t threshold : step_function(r, input).thresholds) {
      for (std::int64_t raw = threshold - 2; raw <= threshold + 2; ++raw)
        ASSERT_EQ(apply(*found, raw, bounds), exact_value(r, raw));
    }
    for (const std::int64_t raw : {input.low, input.high})
      ASSERT_EQ(apply(*found, raw, bounds), exact_value(r, raw));
  }
  EXPECT_GT(count, 150);
}

TEST(ShiftRescale, ConstantsNeedNoMultiplier) {
  EXPECT_EQ(find_shift_rescale(0, Rational(7, 2), Rounding::HalfEven, {-9, 9, 0}, {0, 15, 0}),
            (ShiftRescale{0, 4, 0}));
  EXPECT_EQ(find_shift_rescale(100, 0, Rounding::Floor, {50, 60, 0}, {0, 15, 0}),
            (ShiftRescale{0, 15, 0}));
}

TEST(StepFunction, FallsForNegativeFactors) {
  const Rescale r{Rational(-1, 2), 0, Rounding::HalfUp, {-3, 3, 0}};
  const StepFunction steps = step_function(r, {-4, 4, 0});
  EXPECT_TRUE(steps.falling);
  EXPECT_EQ(steps.base, -2);
  EXPECT_THAT(steps.thresholds, testing::ElementsAre(3, 1, -1, -3));
}

TEST(StepFunction, ARepeatedThresholdJumpsSeveralLevels) {
  EXPECT_THAT(thresholds(4, 0, Rounding::Floor, {0, 2, 0}, {-100, 100, 0}),
              testing::ElementsAre(1, 1, 1, 1, 2, 2, 2, 2));
}

TEST(SignedDigits, FewestInAnIntervalAgreesWithCounting) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto low = static_cast<std::int64_t>(random() % 4000) - 2000;
    const auto high = low + static_cast<std::int64_t>(random() % 60);
    int fewest = 100;
    std::vector<std::int64_t> best;
    for (std::int64_t v = low; v <= high; ++v) {
      const int digits = signed_digit_count(v);
      if (digits < fewest) best.clear();
      fewest = std::min(fewest, digits);
      if (digits == fewest) best.push_back(v);
    }
    ASSERT_THAT(fewest_digits_between(low, high), testing::UnorderedElementsAreArray(best));
  }
}

TEST(SignedDigits, CountsTheCanonicalForm) {
  EXPECT_EQ(signed_digit_count(0), 0);
  EXPECT_EQ(signed_digit_count(-64), 1);
  EXPECT_EQ(signed_digit_count(7), 2);
  EXPECT_EQ(signed_digit_count(0x55), 4);
  EXPECT_EQ(signed_digit_count(INT64_MAX), 2);
}

}  // namespace
}  // namespace gatefold::numeric
