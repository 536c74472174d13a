#include <gtest/gtest.h>
#include <random>

#include "gatefold/adder_graph/adder_graph.h"

namespace gatefold::adder_graph {
namespace {

using numeric::Interval;
using Random = std::mt19937_64;

std::int64_t uniform(Random& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

Interval random_range(Random& random) {
  const std::int64_t size = std::int64_t{1} << uniform(random, 0, 10);
  switch (uniform(random, 0, 4)) {
    case 0:
      return {0, size - 1, 0};
    case 1:
      return {-size, size - 1, 0};
    case 2:
      return Interval::constant(uniform(random, -size, size));
    case 3:
      return {-size * 8, size * 8, 3};
    default: {
      const auto low = uniform(random, -size, size);
      return {low, low + uniform(random, 0, size), 0};
    }
  }
}

std::int64_t random_weight(Random& random, int kind) {
  switch (kind) {
    case 0:
      return uniform(random, -8, 7);
    case 1:
      return uniform(random, -128, 127);
    case 2:
      return uniform(random, 0, 2) == 0 ? uniform(random, -128, 127) : 0;
    case 3:
      return (uniform(random, 0, 1) == 0 ? 1 : -1) * (std::int64_t{1} << uniform(random, 0, 12));
    case 4:
      return uniform(random, -(std::int64_t{1} << 40), std::int64_t{1} << 40);
    case 5:
      return uniform(random, 128, 255);
    default:
      return -uniform(random, 0, 15);
  }
}

CostModel random_model(Random& random) {
  CostModel model;
  model.chain = uniform(random, 0, 2000);
  model.full_adder = uniform(random, 1, 1000);
  model.half_adder = uniform(random, 1, model.full_adder);
  model.inverter = uniform(random, 0, 100);
  if (uniform(random, 0, 1) == 0) {
    model.row = {uniform(random, 0, 2000), uniform(random, 1, 1000),
                 static_cast<int>(uniform(random, 5, 25))};
  }
  return model;
}

Problem random_problem(Random& random) {
  Problem problem;
  problem.inputs = static_cast<int>(uniform(random, 1, 12));
  problem.outputs = static_cast<int>(uniform(random, 1, 12));
  const int kind = static_cast<int>(uniform(random, 0, 6));
  for (int i = 0; i < problem.inputs; ++i) {
    problem.ranges.push_back(random_range(random));
    const bool zero_row = uniform(random, 0, 9) == 0;
    for (int j = 0; j < problem.outputs; ++j) {
      problem.weights.push_back(zero_row ? 0 : random_weight(random, kind));
    }
  }
  if (uniform(random, 0, 1) == 0) {
    for (int i = 0; i < problem.inputs; ++i) {
      problem.depths.push_back(static_cast<int>(uniform(random, 0, 5)));
    }
  }
  problem.extra_depth = static_cast<int>(uniform(random, -1, 4));
  problem.effort = static_cast<int>(uniform(random, 0, 2) / 2);
  problem.seed = random();
  if (uniform(random, 0, 1) == 0) problem.model = random_model(random);
  return problem;
}

std::int64_t pick(Random& random, const Interval& range) {
  const auto value =
      uniform(random, 0, 3) == 0 ? range.low : uniform(random, range.low, range.high);
  return value >> range.zeros << range.zeros;
}

void expect_evaluates(const AdderGraph& graph, const Problem& problem, Random& random) {
  std::vector<std::int64_t> values;
  for (const auto& range : problem.ranges) values.push_back(pick(random, range));
  const auto inputs = values;
  for (const auto& adder : graph.adders) {
    const auto a = values[static_cast<std::size_t>(adder.a)] << adder.shift_a;
    const auto b = values[static_cast<std::size_t>(adder.b)] << adder.shift_b;
    values.push_back(adder.subtract ? a - b : a + b);
    ASSERT_TRUE(adder.range.contains(values.back()));
  }
  for (std::size_t j = 0; j < graph.outputs.size(); ++j) {
    std::int64_t expected = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      expected += inputs[i] * problem.weights[i * graph.outputs.size() + j];
    }
    const auto& [node, shift, negate] = graph.outputs[j];
    const auto value = node < 0 ? 0 : values[static_cast<std::size_t>(node)] << shift;
    ASSERT_EQ(negate ? -value : value, expected);
    ASSERT_TRUE(graph.output_ranges[j].contains(expected));
  }
}

class AdderGraphProperty : public testing::TestWithParam<int> {};

TEST_P(AdderGraphProperty, ComputesItsMatrixWithinItsDepth) {
  Random random(static_cast<std::uint64_t>(GetParam()));
  for (int round = 0; round < 20; ++round) {
    const Problem problem = random_problem(random);
    const AdderGraph graph = solve(problem);
    ASSERT_TRUE(equals(graph, problem));
    if (problem.extra_depth >= 0) {
      ASSERT_LE(graph.depth, least_depth(problem) + problem.extra_depth);
    }
    for (int sample = 0; sample < 10; ++sample) expect_evaluates(graph, problem, random);
  }
}

TEST_P(AdderGraphProperty, IsDeterministic) {
  Random random(static_cast<std::uint64_t>(GetParam()) + 1000);
  const Problem problem = random_problem(random);
  EXPECT_EQ(solve(problem), solve(problem));
}

TEST_P(AdderGraphProperty, EffortNeverCostsMore) {
  Random random(static_cast<std::uint64_t>(GetParam()) + 2000);
  Problem problem = random_problem(random);
  problem.effort = 0;
  const auto greedy = solve(problem);
  problem.effort = 2;
  EXPECT_LE(solve(problem).cost, greedy.cost);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AdderGraphProperty, testing::Range(0, 20));

}  // namespace
}  // namespace gatefold::adder_graph
