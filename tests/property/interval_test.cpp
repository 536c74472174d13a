#include "gatefold/numeric/interval.h"

#include <algorithm>
#include <functional>
#include <gmock/gmock.h>
#include <set>
#include <vector>

#include "gatefold/numeric/fixed_type.h"

namespace gatefold::numeric {
namespace {

std::vector<Interval> small_intervals() {
  std::vector<Interval> all;
  for (int zeros = 0; zeros <= 2; ++zeros) {
    const std::int64_t unit = std::int64_t{1} << zeros;
    for (std::int64_t low = -6; low <= 6; ++low)
      for (std::int64_t high = low; high <= 6; ++high)
        if (low % unit == 0 && high % unit == 0) all.push_back({low, high, zeros});
  }
  return all;
}

std::vector<std::int64_t> values_of(const Interval& a) {
  std::vector<std::int64_t> values;
  for (std::int64_t v = a.low; v <= a.high; ++v)
    if (a.contains(v)) values.push_back(v);
  return values;
}

// Tight: the bounds are reached. Sound: every value is contained.
void expect_exact(const Interval& result, const std::set<std::int64_t>& values) {
  ASSERT_EQ(result.low, *values.begin());
  ASSERT_EQ(result.high, *values.rbegin());
  for (const std::int64_t v : values) ASSERT_TRUE(result.contains(v)) << v << result.to_string();
}

using Combine = std::function<std::int64_t(std::int64_t, std::int64_t)>;

void expect_all_pairs(const std::function<Interval(const Interval&, const Interval&)>& on_intervals,
                      const Combine& on_values) {
  const auto intervals = small_intervals();
  for (const Interval& a : intervals) {
    for (const Interval& b : intervals) {
      std::set<std::int64_t> values;
      for (const auto x : values_of(a))
        for (const auto y : values_of(b)) values.insert(on_values(x, y));
      SCOPED_TRACE(a.to_string() + " and " + b.to_string());
      expect_exact(on_intervals(a, b), values);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(Interval, SumsAreExact) {
  expect_all_pairs([](const auto& a, const auto& b) { return a + b; }, std::plus<>());
}
TEST(Interval, DifferencesAreExact) {
  expect_all_pairs([](const auto& a, const auto& b) { return a - b; }, std::minus<>());
}
TEST(Interval, ProductsAreExact) {
  expect_all_pairs([](const auto& a, const auto& b) { return a * b; }, std::multiplies<>());
}
TEST(Interval, MinimaAreExact) {
  expect_all_pairs(minimum, [](auto x, auto y) { return std::min(x, y); });
}
TEST(Interval, MaximaAreExact) {
  expect_all_pairs(maximum, [](auto x, auto y) { return std::max(x, y); });
}

TEST(Interval, ClampsAreExact) {
  for (const Interval& a : small_intervals()) {
    for (std::int64_t low = -7; low <= 7; ++low) {
      for (std::int64_t high = low; high <= 7; ++high) {
        std::set<std::int64_t> values;
        for (const auto x : values_of(a)) values.insert(std::clamp(x, low, high));
        expect_exact(clamp(a, {low, high, 0}), values);
      }
    }
  }
}

TEST(Interval, UnaryOperationsAreExact) {
  for (const Interval& a : small_intervals()) {
    SCOPED_TRACE(a.to_string());
    std::set<std::int64_t> negated, absolutes, left, right;
    for (const auto x : values_of(a)) {
      negated.insert(-x);
      absolutes.insert(x < 0 ? -x : x);
      left.insert(x * 8);
      right.insert(x >> 1);
    }
    expect_exact(-a, negated);
    expect_exact(shift_left(a, 3), left);
    expect_exact(shift_right(a, 1), right);
    expect_exact(absolute(a), absolutes);
  }
}

TEST(Interval, KnownZerosSurvive) {
  const Interval a{-8, 12, 2};
  EXPECT_EQ((a + Interval::constant(16)).zeros, 2);
  EXPECT_EQ((a + Interval::constant(0)).zeros, 2);
  EXPECT_EQ((a + Interval::constant(2)).zeros, 1);
  EXPECT_EQ((a * 6).zeros, 3);
  EXPECT_EQ((a * 0), Interval::constant(0));
  EXPECT_EQ(shift_right(a, 1).zeros, 1);
  EXPECT_FALSE(a.contains(2));
  EXPECT_TRUE(a.contains(Interval{-4, 4, 3}));
  EXPECT_FALSE(a.contains(Interval{-4, 4, 0}));
  EXPECT_TRUE(a.contains(Interval::constant(0)));
  EXPECT_EQ(tightened({-9, 14, 2}), (Interval{-8, 12, 2}));
  EXPECT_EQ(tightened({1, 3, 2}), std::nullopt);
}

TEST(Interval, DotIsTheSumOfItsProducts) {
  const std::vector<Interval> inputs{{-4, 6, 1}, {0, 5, 0}, {-2, 2, 0}, {-100, 100, 0}};
  const std::vector<std::int64_t> weights{3, -4, 8, 0};
  std::set<std::int64_t> values;
  for (const auto x : values_of(inputs[0]))
    for (const auto y : values_of(inputs[1]))
      for (const auto z : values_of(inputs[2])) values.insert(3 * x - 4 * y + 8 * z + 10);
  const auto sum = dot(inputs, weights, 10);
  ASSERT_TRUE(sum);
  expect_exact(*sum, values);
  EXPECT_EQ(sum->zeros, 1);
  EXPECT_EQ(dot({}, {}, 7), Interval::constant(7));
}

TEST(Interval, AccumulatorsBeyondAWordAreRefused) {
  const std::vector<Interval> inputs(4, FixedType{40, 0, true}.range());
  const std::vector<std::int64_t> small(4, 1 << 18), large(4, 1 << 22), huge(4, INT64_MAX);
  EXPECT_TRUE(dot(inputs, small));
  EXPECT_FALSE(dot(inputs, large));
  EXPECT_FALSE(dot(inputs, huge));
  EXPECT_FALSE(sum_of(inputs[0], std::int64_t{1} << 40));
  EXPECT_EQ(sum_of({-3, 5, 0}, 10), (Interval{-30, 50, 0}));
}

TEST(IntervalDeathTest, LeavingSixtyFourBitsIsAnInternalError) {
  const Interval huge = Interval::constant(INT64_MAX);
  EXPECT_DEATH(huge + Interval::constant(1), "left 64 bits");
  EXPECT_DEATH(huge * huge, "left 64 bits");
}

TEST(Interval, WidthIsTheNarrowestWord) {
  for (std::int64_t low = -300; low <= 300; low += 7) {
    for (std::int64_t high = low; high <= 300; high += 5) {
      const FixedType type = FixedType::holding({low, high, 0});
      ASSERT_TRUE(type.range().contains(Interval{low, high, 0}));
      if (type.width == 0) continue;
      const FixedType narrower{type.width - 1, 0, type.is_signed};
      ASSERT_FALSE(narrower.range().contains(Interval{low, high, 0}));
    }
  }
}

}  // namespace
}  // namespace gatefold::numeric
