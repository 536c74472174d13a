// Steps of quantizers against exact arithmetic.
#include "gatefold/graph/quantize_step.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/random_graph.h"

#include "gatefold/graph/shared_steps.h"

namespace gatefold::graph {
namespace {

using gatefold::testing::RandomGraphs;

constexpr int graph_count = 2000;

// The affine form and the table equal the exact value on every reachable integer.
TEST(QuantizeStep, AffineStepsAndTablesEqualExactQuantizers) {
  int affine = 0, other = 0;
  for (int seed = 0; seed < graph_count; ++seed) {
    const Graph g = RandomGraphs(static_cast<std::uint64_t>(seed)).mlp();
    for (const Node& node : g.nodes()) {
      const auto* q = std::get_if<Quantize>(&node.op);
      if (q == nullptr) continue;
      const TensorType& in = g.type(node.inputs[0]);
      const Interval range = in.range(0);
      if (range.high - range.low > 500) continue;
      const auto step = affine_step(*q, in, 0);
      const auto table = quantize_table(*q, in, 0);
      (step ? affine : other) += 1;
      for (std::int64_t raw = range.low; raw <= range.high; ++raw) {
        const std::int64_t exact = quantize_raw(*q, in, 0, raw);
        ASSERT_EQ(table[static_cast<std::size_t>(raw - range.low)], exact) << seed;
        ASSERT_TRUE(node.outputs[0].range(0).contains(exact)) << seed;
        if (step) {
          ASSERT_EQ(step->at(raw), exact) << seed;
        }
      }
    }
  }
  EXPECT_GT(affine, 100);
  EXPECT_GT(other, 100);
}

TEST(QuantizeStep, SigmoidNearItsEndsIsCertified) {
  TensorType in{{1}, {Interval{-30000, 30000, 0}}, {}};
  in.encoding.functions = {Elementary::Sigmoid};
  Quantize q;
  q.grid = numeric::make_grid(8, false, Rational(1, 256));
  q.rounding = numeric::Rounding::Floor;
  EXPECT_EQ(quantize_raw(q, in, 0, 30000), 255);
  EXPECT_EQ(quantize_raw(q, in, 0, -30000), 0);
  EXPECT_EQ(quantize_raw(q, in, 0, 0), 128);
  q.rounding = numeric::Rounding::Ceil;
  EXPECT_EQ(quantize_raw(q, in, 0, -30000), 1);
}

TEST(QuantizeStep, MonotoneStepsEqualTheExactQuantizer) {
  int steps_found = 0;
  for (const RealFunction& function :
       {RealFunction(Elementary::Sigmoid), RealFunction(Elementary::Tanh), RealFunction(Relu{}),
        RealFunction(LeakyRelu{Rational(1, 8)})})
    for (const int scale : {3, -5})
      for (const int zeros : {0, 3}) {
        TensorType in{
            {1}, {Interval{-4096, 4088, zeros}}, {numeric::ratio(scale, 4000), Rational(1, 7), {}}};
        in.encoding.functions = {function};
        Quantize q;
        q.grid = numeric::make_grid(5, true, Rational(1, 14), 2);
        const auto steps = monotone_steps(q, in, 0, 31);
        ASSERT_TRUE(steps.has_value());
        for (std::int64_t raw = -4096; raw <= 4088; raw += std::int64_t{1} << zeros)
          ASSERT_EQ(steps->at(raw), quantize_raw(q, in, 0, raw)) << raw;
        steps_found += static_cast<int>(steps->thresholds.size());
        EXPECT_FALSE(monotone_steps(q, in, 0, 2).has_value());
      }
  EXPECT_GT(steps_found, 100);
}

TEST(QuantizeStep, SharedStepsEqualThoseOfEachElement) {
  std::mt19937_64 random(1);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  int elements = 0;
  for (int round = 0; round < 60; ++round) {
    TensorType in{{6}, {}, {{0, {}}, {0, {}}, {}}};
    for (int i = 0; i < 6; ++i) {
      const int zeros = static_cast<int>(pick(0, 3));
      const std::int64_t low = pick(-3000, 0) * 8;
      in.ranges.push_back({low, low + pick(1, 5000) * 8, zeros});
      in.encoding.scale.values.push_back(
          numeric::ratio(pick(1, 60) * (pick(0, 1) == 0 ? 1 : -1), 7000));
      in.encoding.offset.values.push_back(numeric::ratio(pick(-20, 20), 7));
    }
    if (round % 2 == 0) in.encoding.functions.emplace_back(Affine{Rational(2, 3), Rational(1, 5)});
    in.encoding.functions.emplace_back(round % 3 == 0 ? Elementary::Tanh : Elementary::Sigmoid);
    Quantize q;
    q.grid = numeric::make_grid(static_cast<int>(pick(2, 7)), true, Rational(1, 64));
    q.rounding = static_cast<numeric::Rounding>(pick(0, 8));
    SharedSteps shared(q, in);
    for (std::int64_t i = 0; i < in.size(); ++i, ++elements)
      ASSERT_EQ(shared.at(i, 200), monotone_steps(q, in, i, 200)) << round << " " << i;
  }
  EXPECT_GT(elements, 300);
}

TEST(QuantizeStep, StepsAreSharedOnlyWhereFunctionsAre) {
  TensorType in{{2}, {Interval{-100, 100, 0}}, {Rational(1, 10), Rational(0), {}}};
  Quantize q;
  q.grid = numeric::make_grid(4, true, 1);
  EXPECT_FALSE(SharedSteps(q, in).at(0, 100).has_value());
  in.encoding.functions = {Elementary::Exp};
  EXPECT_FALSE(SharedSteps(q, in).at(0, 100).has_value());
  in.encoding.functions = {Affine{{0, {Rational(1), Rational(2)}}, Rational(0)}, Relu{}};
  EXPECT_FALSE(SharedSteps(q, in).at(0, 100).has_value());
}

TEST(QuantizeStep, PathsThatTurnOrWrapHaveNoMonotoneSteps) {
  TensorType in{{1}, {Interval{-100, 100, 0}}, {Rational(1, 10), Rational(0), {}}};
  in.encoding.functions = {LeakyRelu{Rational(-1, 2)}};
  Quantize q;
  q.grid = numeric::make_grid(4, true, 1);
  EXPECT_FALSE(monotone_steps(q, in, 0, 100).has_value());
  in.encoding.functions = {Relu{}};
  EXPECT_TRUE(monotone_steps(q, in, 0, 100).has_value());
  q.overflow = numeric::Overflow::Wrap;
  EXPECT_FALSE(monotone_steps(q, in, 0, 100).has_value());
}

// A negative scale turns the lower bound of a ReLU into the upper bound after it.
TEST(QuantizeStep, ReluThenNegativeAffine) {
  TensorType in{{1}, {Interval{-20, 20, 0}}, {}};
  in.encoding.functions = {Relu{}, Affine{Rational(-1, 2), Rational(3)}};
  Quantize q;
  q.grid = numeric::make_grid(6, true, 1);
  q.rounding = numeric::Rounding::HalfUp;
  const auto step = affine_step(q, in, 0);
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->factor, Rational(-1, 2));
  EXPECT_EQ(step->offset, 3);
  EXPECT_EQ(step->bounds, (Interval{-32, 3, 0}));
}

}  // namespace
}  // namespace gatefold::graph
