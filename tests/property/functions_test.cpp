#include "gatefold/numeric/functions.h"

#include <cmath>
#include <gmock/gmock.h>
#include <string>

namespace gatefold::numeric {
namespace {

constexpr Function all_functions[] = {Function::Sigmoid, Function::Tanh, Function::Exp,
                                      Function::Reciprocal, Function::ReciprocalSqrt};

// The C library's 64-bit significand: within a few units of the last place.
long double library_value(Function function, long double x) {
  switch (function) {
    case Function::Sigmoid:
      return 1 / (1 + std::exp(-x));
    case Function::Tanh:
      return std::tanh(x);
    case Function::Exp:
      return std::exp(x);
    case Function::Reciprocal:
      return 1 / x;
    case Function::ReciprocalSqrt:
      return 1 / std::sqrt(x);
  }
  return 0;
}

Rational exact_long(long double value) {
  const auto high = static_cast<double>(value);
  return exact(high) + exact(static_cast<double>(value - high));
}

struct Known {
  Function function;
  const char* argument;
  const char* value;  // computed with mpmath to 60 digits
};

constexpr Known known_values[] = {
    {Function::Exp, "1", "2.7182818284590452353602874713526624977572470937"},
    {Function::Exp, "1234.567", "1.464318805558150301204751092323328461004815018342867793551e536"},
    {Function::Tanh, "1/2", "0.46211715726000975850231848364367254873028928033011"},
    {Function::Tanh, "1e-6", "0.00000099999999999966666666666679999999999994603174603177"},
    {Function::Tanh, "-7", "-0.99999833694394467173571641595066711288205699209227"},
    {Function::Sigmoid, "-37/10", "0.024127021417669201280380248137194667172304208669842"},
    {Function::Sigmoid, "20", "0.99999999793884638180979641856913787052540730924751"},
    {Function::ReciprocalSqrt, "2", "0.70710678118654752440084436210484903928483593768847"},
    {Function::ReciprocalSqrt, "3/7", "1.5275252316519466688626823979093361629948188589227"},
    {Function::ReciprocalSqrt, "3e-30", "577350269189625.76450914878050195745564760175127013"},
};

TEST(Functions, EncloseKnownValuesTightly) {
  for (const Known& known : known_values) {
    const Rational value = *parse_rational(known.value);
    const auto argument = Enclosure::point(*parse_rational(known.argument));
    for (const int bits : {64, 100, 140, 1000}) {
      const Enclosure found = enclose(known.function, argument, bits);
      const Rational digits = abs(value) * Rational(*parse_rational("1e-45"));
      EXPECT_TRUE(found.low <= value + digits) << known.argument;
      EXPECT_TRUE(found.high >= value - digits) << known.argument;
      EXPECT_TRUE(found.high - found.low <= abs(value) * power_of_two(1 - bits)) << known.argument;
    }
  }
}

TEST(Functions, FinerEnclosuresLieInsideCoarserOnes) {
  for (const Function function : all_functions) {
    for (int k = 1; k <= 60; ++k) {
      const auto x = Enclosure::point(ratio(k * k, 37));
      const Enclosure coarse = enclose(function, x, 64), fine = enclose(function, x, 400);
      EXPECT_TRUE(coarse.low <= fine.low);
      EXPECT_TRUE(coarse.high >= fine.high);
    }
  }
}

TEST(Functions, TablesAgreeWithTheLibraryAwayFromTies) {
  const Grid grid = make_grid(FixedType{16, 10, true});
  int decided = 0;
  for (const Function function : all_functions) {
    for (int k = -2000; k <= 2000; ++k) {
      const Rational x = from_int64(k) / 64 / 4;
      const auto argument = Enclosure::point(x);
      if (!is_defined(function, argument)) continue;
      const Rational nearby =
          exact_long(library_value(function, static_cast<long double>(to_double(x))));
      const Rational margin = power_of_two(-40) * (1 + abs(nearby));
      for (const Rounding rounding : {Rounding::HalfEven, Rounding::Floor, Rounding::Ceil}) {
        const std::int64_t found = quantize_function(function, x, grid, rounding);
        const auto below = quantize(nearby - margin, grid, rounding, Overflow::Saturate);
        const auto above = quantize(nearby + margin, grid, rounding, Overflow::Saturate);
        ASSERT_LE(below, found) << k;
        ASSERT_GE(above, found) << k;
        decided += below == above;
      }
    }
  }
  EXPECT_GT(decided, 45000);
}

TEST(Functions, RationalValuesAreExactTies) {
  const Grid halves = make_grid(8, true, 1);
  EXPECT_EQ(quantize_function(Function::Sigmoid, 0, halves, Rounding::HalfUp), 1);
  EXPECT_EQ(quantize_function(Function::Sigmoid, 0, halves, Rounding::HalfDown), 0);
  EXPECT_EQ(quantize_function(Function::Tanh, 0, halves, Rounding::Ceil), 0);
  EXPECT_EQ(quantize_function(Function::Exp, 0, halves, Rounding::Floor), 1);
  EXPECT_EQ(quantize_function(Function::Reciprocal, Rational(2, 5), halves, Rounding::HalfEven), 2);
  EXPECT_EQ(quantize_function(Function::ReciprocalSqrt, Rational(4, 9), halves, Rounding::HalfUp),
            2);
}

TEST(Functions, AsymptotesAreNeverReached) {
  const Grid grid = make_grid(FixedType{12, 8, true});
  EXPECT_EQ(quantize_function(Function::Sigmoid, 40, grid, Rounding::Floor), 255);
  EXPECT_EQ(quantize_function(Function::Sigmoid, 1000, grid, Rounding::Floor), 255);
  EXPECT_EQ(quantize_function(Function::Sigmoid, 1000, grid, Rounding::HalfEven), 256);
  EXPECT_EQ(quantize_function(Function::Tanh, -65536 / 2, grid, Rounding::Ceil), -255);
  for (const double huge : {8191.0, 8193.0, 1e30, 1e308}) {
    const Rational x = exact(huge);
    EXPECT_EQ(quantize_function(Function::Sigmoid, x, grid, Rounding::Floor), 255) << huge;
    EXPECT_EQ(quantize_function(Function::Sigmoid, -x, grid, Rounding::Ceil), 1) << huge;
    EXPECT_EQ(quantize_function(Function::Tanh, x, grid, Rounding::HalfEven), 256) << huge;
    EXPECT_EQ(quantize_function(Function::Tanh, x, grid, Rounding::Floor), 255) << huge;
  }
  EXPECT_EQ(quantize_function(Function::Exp, -65536, grid, Rounding::Ceil), 1);
  EXPECT_EQ(quantize_function(Function::Exp, -65536, grid, Rounding::Floor), 0);
  EXPECT_EQ(quantize_function(Function::Exp, 4096, grid, Rounding::Floor), 2047);
}

TEST(Functions, AWrapSeesTheWholeInteger) {
  const Grid grid = make_grid(4, true, 1);
  EXPECT_EQ(quantize_function(Function::Exp, 5, grid, Rounding::Floor, Overflow::Wrap), 148 % 16);
  EXPECT_EQ(
      quantize_function(Function::Exp, 3, grid, Rounding::HalfUp, Overflow::WrapSignMagnitude),
      quantize(exact(std::exp(3.0)), grid, Rounding::HalfUp, Overflow::WrapSignMagnitude));
}

TEST(Functions, ComposeThroughEnclosures) {
  // 2 sigmoid(2x) - 1 = tanh(x)
  const Grid grid = make_grid(FixedType{16, 15, true});
  for (int k = -300; k <= 300; ++k) {
    const Rational x = ratio(k, 100);
    const auto value = [&](int bits) {
      const Enclosure s = enclose(Function::Sigmoid, Enclosure::point(ratio(k, 50)), bits);
      return Enclosure{2 * s.low - 1, 2 * s.high - 1};
    };
    EXPECT_EQ(quantize_enclosed(value, grid, Rounding::HalfEven),
              quantize_function(Function::Tanh, x, grid, Rounding::HalfEven));
  }
}

TEST(Functions, KnowTheirDomains) {
  EXPECT_FALSE(is_defined(Function::Reciprocal, {-1, 1}));
  EXPECT_TRUE(is_defined(Function::Reciprocal, {-2, -1}));
  EXPECT_FALSE(is_defined(Function::ReciprocalSqrt, {0, 1}));
  EXPECT_FALSE(is_defined(Function::Exp, {0, 4097}));
}

TEST(Functions, IntervalsOfArgumentsAreMonotone) {
  const Enclosure e = enclose(Function::Reciprocal, {2, 4}, 64);
  EXPECT_EQ(e.low, Rational(1, 4));
  EXPECT_EQ(e.high, Rational(1, 2));
  const Enclosure s = enclose(Function::Sigmoid, {0, 1}, 64);
  EXPECT_EQ(s.low, Rational(1, 2));
  EXPECT_NEAR(to_double(s.high), 1 / (1 + std::exp(-1.0)), 1e-15);
}

}  // namespace
}  // namespace gatefold::numeric
