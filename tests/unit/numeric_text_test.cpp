#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <limits>
#include <random>

#include "gatefold/numeric/fixed_type.h"
#include "gatefold/numeric/quantizer.h"
#include "gatefold/numeric/rational.h"
#include "gatefold/numeric/tensor.h"

namespace gatefold::numeric {
namespace {

TEST(FixedTypeText, ParsesWhatItPrints) {
  for (const FixedType type :
       {FixedType{8, 4, true}, FixedType{6, 0, false}, FixedType{3, -2, true},
        FixedType{0, 0, false}, FixedType{4, 9, false}})
    EXPECT_EQ(FixedType::parse(type.to_string()), type) << type.to_string();
  EXPECT_EQ((FixedType{8, 4, true}).to_string(), "s8f4");
}

TEST(FixedTypeText, ReadsTheUsersSpelling) {
  EXPECT_EQ(FixedType::parse("fixed<16,6>"), (FixedType{16, 10, true}));
  EXPECT_EQ(FixedType::parse("ufixed<8, 3>"), (FixedType{8, 5, false}));
  EXPECT_EQ(FixedType::parse("ap_fixed<4,6>"), (FixedType{4, -2, true}));
}

TEST(FixedTypeText, RefusesTheRest) {
  for (const char* text : {"", "s", "s8", "8f4", "s8f", "s8f4x", "fixed<16>", "fixed<16,6",
                           "fixed<16,6>>", "float", "s63f0", "s-1f0", "s99999999999f0", "ap_s8f4"})
    EXPECT_EQ(FixedType::parse(text), std::nullopt) << text;
}

TEST(FixedType, RangesOfSmallWords) {
  EXPECT_EQ((FixedType{4, 1, true}).range(), (Interval{-8, 7, 0}));
  EXPECT_EQ((FixedType{4, 1, false}).range(), (Interval{0, 15, 0}));
  EXPECT_EQ((FixedType{0, 0, true}).range(), (Interval{0, 0, 0}));
  EXPECT_EQ((FixedType{1, 0, true}).range(), (Interval{-1, 0, 0}));
}

TEST(IntervalText, ShowsItsStep) {
  EXPECT_EQ((Interval{-8, 7, 0}).to_string(), "[-8,7]");
  EXPECT_EQ((Interval{-8, 12, 2}).to_string(), "[-8,12]/4");
  EXPECT_EQ(Interval::constant(4).to_string(), "[4,4]");
}

TEST(QuantizerNames, AreRead) {
  for (int i = 0; i <= static_cast<int>(Rounding::AwayFromZero); ++i)
    EXPECT_EQ(parse_rounding(name_of(Rounding{i})), Rounding{i});
  for (int i = 0; i <= static_cast<int>(Overflow::WrapSignMagnitude); ++i)
    EXPECT_EQ(parse_overflow(name_of(Overflow{i})), Overflow{i});
  EXPECT_EQ(parse_rounding("AP_RND_CONV"), Rounding::HalfEven);
  EXPECT_EQ(parse_overflow("sat_sym"), Overflow::SaturateSymmetric);
  EXPECT_EQ(parse_rounding("HALF_UP"), std::nullopt) << "the word means different things";
  EXPECT_EQ(parse_qonnx_rounding("HALF_UP"), Rounding::HalfAwayFromZero);
  EXPECT_EQ(parse_qonnx_rounding("round"), Rounding::HalfEven);
  EXPECT_EQ(parse_qonnx_rounding("DOWN"), Rounding::TowardZero);
  EXPECT_EQ(parse_qonnx_rounding("TRN"), std::nullopt);
}

TEST(RationalText, DecimalsAreExact) {
  EXPECT_EQ(parse_rational("3/8"), Rational(3, 8));
  EXPECT_EQ(parse_rational("-6/8"), Rational(-3, 4));
  EXPECT_EQ(parse_rational("0.1"), Rational(1, 10));
  EXPECT_EQ(parse_rational("-2.50"), Rational(-5, 2));
  EXPECT_EQ(parse_rational("1e-3"), Rational(1, 1000));
  EXPECT_EQ(parse_rational("12E+2"), Rational(1200));
  for (const char* text : {"", "-", "1/0", "1/-2", "a", "1.2.3", "1e", "--1", " 1", "1e99999"})
    EXPECT_EQ(parse_rational(text), std::nullopt) << text;
  EXPECT_EQ(to_string(Rational(3, 8)), "3/8");
}

TEST(RationalDouble, RoundsToNearestEven) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> unit(-1, 1);
  for (int i = 0; i < 20000; ++i) {
    const double v = std::ldexp(unit(random), static_cast<int>(random() % 2100) - 1080);
    ASSERT_EQ(to_double(exact(v)), v);
    const double next = std::nextafter(v, 2.0);
    const Rational third = (2 * exact(v) + exact(next)) / 3;
    ASSERT_EQ(to_double(third), v);
    const Rational middle = (exact(v) + exact(next)) / 2;
    const double half = to_double(middle);
    std::int64_t bits = 0;
    std::memcpy(&bits, &half, sizeof bits);
    ASSERT_TRUE((half == v || half == next) && bits % 2 == 0);
  }
  EXPECT_EQ(to_double(Rational(1, 3)), 1.0 / 3.0);
  EXPECT_EQ(to_double(-power_of_two(2000)), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(to_double(power_of_two(1024) - power_of_two(900)),
            std::numeric_limits<double>::infinity());
}

TEST(Rational, PowersOfTwo) {
  EXPECT_EQ(log2_exact(Rational(1, 8)), -3);
  EXPECT_EQ(log2_exact(Rational(64)), 6);
  EXPECT_EQ(log2_exact(Rational(3, 8)), std::nullopt);
  EXPECT_EQ(log2_exact(Rational(-2)), std::nullopt);
  EXPECT_EQ(floor(Rational(-7, 2)), -4);
  EXPECT_EQ(to_int64(Integer(1) << 63), std::nullopt);
  EXPECT_EQ(to_int64(Integer(-5)), -5);
}

TEST(TensorShape, CountsAndStrides) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({3, 0, 2}), 0);
  EXPECT_EQ(element_count({3, 4, 5}), 60);
  EXPECT_THAT(strides_of({3, 4, 5}), testing::ElementsAre(20, 5, 1));
  EXPECT_EQ(to_string(Shape{16, 64}), "[16,64]");
  EXPECT_EQ(to_string(Shape{}), "[]");
}

TEST(TensorParameters, FollowTheirAxis) {
  const Shape shape{2, 3, 2};
  const PerAxis<int> channel(1, {10, 20, 30});
  EXPECT_EQ(channel.at(0, shape), 10);
  EXPECT_EQ(channel.at(2, shape), 20);
  EXPECT_EQ(channel.at(11, shape), 30);
  EXPECT_EQ(PerAxis<int>(7).at(5, shape), 7);
}

}  // namespace
}  // namespace gatefold::numeric
