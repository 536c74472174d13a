// What stands behind folded matrices, in beats that are parts of positions.
#include <gtest/gtest.h>
#include <random>

#include "tests/compare_networks.h"

#include "gatefold/lowering/network.h"
#include "gatefold/passes/run_passes.h"

namespace gatefold {
namespace {

using testing::lower_and_compare;
using testing::RandomGraphs;

/// Sixteen outputs of a matrix, then what each of them goes through.
graph::Graph behind_matrix(const std::vector<graph::Op>& ops) {
  graph::Graph graph;
  graph.name = "behind";
  graph::Quantize port;
  port.grid = numeric::make_grid(8, true, numeric::power_of_two(-7));
  graph::Value value = *graph.add(graph::Input{"x", {8}, port}, {}, "in");
  graph::Linear linear;
  linear.weights = {{1, 8, 16}, {}};
  for (std::int64_t i = 0; i < 8 * 16; ++i) linear.weights.data.push_back(i % 15 - 7 + i % 2);
  value = *graph.add(linear, {value}, "matrix");
  for (const graph::Op& op : ops) value = *graph.add(op, {value}, "behind");
  graph.add_output("y", value);
  return passes::run_passes(graph, {}).value().graph;
}

/// Operations of this kind behind the matrix.
template <class Kind>
std::int64_t count_of(const graph::Graph& graph, std::int64_t reuse) {
  const auto design = lowering::lower_network(graph, {}, {.reuse = reuse, .layers = {}});
  const hardware::Design simple = hardware::simplify(*design);
  std::int64_t count = 0;
  for (const hardware::Process& process : simple.processes)
    count += std::ranges::count_if(process.body, [&](const hardware::Operation& operation) {
      return std::holds_alternative<Kind>(operation.kind) &&
             simple.layers[static_cast<std::size_t>(operation.layer)].name == "behind";
    });
  return count;
}

TEST(NetworkElements, LargeElementsTakeTurnsWhileTheMatrixAddsUp) {
  graph::Quantize quantize;
  quantize.grid = numeric::make_grid(8, false, numeric::power_of_two(-8));
  quantize.rounding = numeric::Rounding::Floor;
  const graph::Map sigmoid{graph::RealFunction(graph::Elementary::Sigmoid)};
  graph::Affine scales;
  scales.scale = {0, {}};
  for (int i = 0; i < 16; ++i) scales.scale.values.push_back(numeric::Rational(101 + 8 * i, 1024));
  const auto looked_up = behind_matrix({sigmoid, quantize});
  const auto scaled = behind_matrix({graph::Map{graph::RealFunction(scales)}, quantize});
  for (const std::int64_t reuse : {32, 64, 128}) {
    RandomGraphs random(7);
    EXPECT_EQ(lower_and_compare(looked_up, random, reuse), 1);
    EXPECT_EQ(lower_and_compare(scaled, random, reuse), 1);
  }
  EXPECT_EQ(count_of<hardware::Lookup>(looked_up, 32), count_of<hardware::Lookup>(looked_up, 128));
  EXPECT_GT(count_of<hardware::Lookup>(looked_up, 2), count_of<hardware::Lookup>(looked_up, 32));
  EXPECT_EQ(count_of<hardware::Clamp>(scaled, 32), 1);
  EXPECT_GT(count_of<hardware::Clamp>(scaled, 2), 1);
}

/// As in a softmax: differences to the largest element of a position, and their shares in its sum.
graph::Graph shares(std::uint64_t seed) {
  graph::Graph graph;
  graph.name = "shares";
  const auto size = static_cast<std::int64_t>(2 + seed % 12);
  const graph::Shape shape = seed % 3 == 0 ? graph::Shape{3, 4} : graph::Shape{4};
  graph::Quantize port;
  port.grid = numeric::make_grid(5, true, numeric::power_of_two(-4));
  const graph::Value x = *graph.add(graph::Input{"x", shape, port}, {}, "in");
  graph::Linear linear;
  linear.weights = {{1, 4, size}, {}};
  std::mt19937_64 random(seed);
  for (std::int64_t i = 0; i < 4 * size; ++i)
    linear.weights.data.push_back(static_cast<std::int64_t>(random() % 13) - 6);
  const graph::Value sums = *graph.add(linear, {x}, "matrix");
  const int axis = static_cast<int>(shape.size()) - 1;
  const auto kind = static_cast<graph::ReduceKind>(seed % 3);
  const graph::Value most = *graph.add(graph::Reduce{kind, {axis}, true}, {sums}, "reduce");
  const auto order = seed % 4 < 2 ? std::vector{most, sums} : std::vector{sums, most};
  const graph::Value less =
      *graph.add(graph::Combine{graph::CombineKind::Subtract}, order, "reduce");
  const graph::Value total =
      *graph.add(graph::Reduce{graph::ReduceKind::Sum, {axis}, true}, {less}, "reduce");
  const graph::Value share =
      *graph.add(graph::Combine{graph::CombineKind::Multiply}, {less, total}, "reduce");
  graph.add_output("y", share);
  if (seed % 5 == 0) graph.add_output("total", total);
  return passes::run_passes(graph, {}).value().graph;
}

bool repeats(const graph::Graph& graph, std::int64_t reuse) {
  const auto plan = lowering::plan_network(graph, {.reuse = reuse, .layers = {}});
  return std::ranges::any_of(plan->processes, [](const lowering::ProcessPlan& process) {
    return std::holds_alternative<lowering::RepeatFront>(process.front);
  });
}

TEST(NetworkElements, SumsOverAPositionComeBackToEachOfItsElements) {
  int repeated = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    for (const std::int64_t reuse : {1, 3, 8, 100}) {
      RandomGraphs random(seed);
      const graph::Graph graph = shares(seed);
      EXPECT_EQ(lower_and_compare(graph, random, reuse), 1) << "seed " << seed;
      repeated += repeats(graph, reuse) ? 1 : 0;
    }
  EXPECT_GT(repeated, 80);
}

}  // namespace
}  // namespace gatefold
