// What the adder graphs' cost model promises, what the scheduled design has, and what Yosys makes
// of it.
#include <gtest/gtest.h>
#include <optional>
#include <random>

#include "tests/support/emitted_project.h"

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/driver/make_hardware.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/schedule/fuse_adders.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold {
namespace {

using namespace testing;
using numeric::Interval;
using numeric::Rational;

/// A matrix of random weights, some of them 0, on inputs of 8 bits.
struct RandomMatrix {
  RandomMatrix(std::mt19937_64& random, int extra_depth, const schedule::Target& target) {
    const auto pick = [&](std::int64_t low, std::int64_t high) {
      return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    };
    problem.inputs = static_cast<int>(pick(2, 12));
    problem.outputs = static_cast<int>(pick(1, 8));
    problem.ranges.assign(static_cast<std::size_t>(problem.inputs), Interval{-128, 127, 0});
    const std::int64_t largest = (1 << pick(2, 7)) - 1;
    for (int i = 0; i < problem.inputs * problem.outputs; ++i)
      problem.weights.push_back(pick(0, 3) == 0 ? 0 : pick(-largest, largest));
    problem.extra_depth = extra_depth;
    problem.model = driver::adder_costs(target);
  }

  /// The same as a layer.
  graph::Graph graph() const {
    graph::Quantize input;
    input.grid = numeric::make_grid(8, true, Rational(1), Rational(0));
    graph::Graph g;
    g.name = "net";
    const auto x = *g.add(graph::Input{"x", {problem.inputs}, input}, {}, "in");
    const auto y = *g.add(
        graph::Linear{{{1, problem.inputs, problem.outputs}, problem.weights}, Rational(1), {}},
        {x}, "fc");
    g.add_output("y", y);
    return g;
  }

  hardware::Design design(const schedule::Target& target, double clock_ns) const {
    lowering::LoweringOptions options;
    options.extra_depth = problem.extra_depth;
    const graph::Graph g = graph();
    driver::HardwareMaker maker(g, target, options);
    return *maker.design(clock_ns, 1);
  }

  /// Solved; without outputs that are negated, which the model does not count.
  std::optional<adder_graph::AdderGraph> solved() const {
    auto graph = adder_graph::solve(problem);
    for (const adder_graph::Term& output : graph.outputs)
      if (output.negate) return std::nullopt;
    return graph;
  }

  adder_graph::Problem problem;
};

/// LUTs of all adders by the target, in thousandths.
double cost_of_adders(const hardware::Design& design, const schedule::Target& target) {
  const hardware::Process& process = design.processes.front();
  double luts = 0;
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    const auto which = schedule::class_of(process.body[i].kind, process);
    if (which == schedule::CostClass::Add || which == schedule::CostClass::Add3)
      luts += schedule::luts(target, process, {static_cast<std::int32_t>(i)});
  }
  return 1000 * luts;
}

constexpr double any_clock_ns = 1000;

class AdderCost : public ::testing::TestWithParam<std::string> {};

// With no bound on the depth both choose rows freely, and must choose as well.
TEST_P(AdderCost, IsThatOfTheDesign) {
  const schedule::Target target = *schedule::load_target(GetParam());
  std::mt19937_64 random(31);
  int compared = 0;
  for (int round = 0; round < 12; ++round) {
    const RandomMatrix matrix(random, -1, target);
    const auto graph = matrix.solved();
    if (!graph) continue;
    const auto promised = graph->cost;
    ++compared;
    ASSERT_NEAR(cost_of_adders(matrix.design(target, any_clock_ns), target),
                static_cast<double>(promised), 0.5)
        << "round " << round;
  }
  EXPECT_GT(compared, 5);
}

// The model joins only what keeps a sum's levels; the design, what keeps the clock.
TEST_P(AdderCost, IsNotExceededWithinABoundOfTheDepth) {
  const schedule::Target target = *schedule::load_target(GetParam());
  std::mt19937_64 random(32);
  int compared = 0;
  for (int round = 0; round < 12; ++round) {
    const RandomMatrix matrix(random, round % 3, target);
    const auto graph = matrix.solved();
    if (!graph) continue;
    const auto promised = graph->cost;
    ++compared;
    ASSERT_LE(cost_of_adders(matrix.design(target, any_clock_ns), target),
              static_cast<double>(promised) + 0.5)
        << "round " << round;
  }
  EXPECT_GT(compared, 5);
}

INSTANTIATE_TEST_SUITE_P(Targets, AdderCost, ::testing::Values("xcup", "xc7", "ecp5", "ice40"));

// Yosys joins no adders to rows: on AMD's devices the LUTs are the model's only if the instances
// of the primitive are.
TEST(AdderCost, YosysRealisesIt) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  const schedule::Target target = *schedule::load_target("xcup");
  std::mt19937_64 random(33);
  for (int round = 0; round < 3; ++round) {
    const RandomMatrix matrix(random, -1, target);
    const auto promised = adder_graph::solve(matrix.problem).cost / 1000;
    const auto design = matrix.design(target, any_clock_ns);
    const TempFolder folder;
    write_files(folder,
                emit::emit_project(design, *schedule::pipeline(design, target, any_clock_ns),
                                   golden_vectors(random, design, 2)));
    const auto synthesis = flows::synthesise(folder.path(), "xcup");
    ASSERT_TRUE(synthesis.ok()) << to_string(synthesis.errors());
    // Beside the adders stand one gate of the handshake, and LUTs behind a chain's last carry.
    const auto found = synthesis->total.luts;
    EXPECT_LE(found, promised + promised / 50 + 2) << "round " << round;
    EXPECT_GE(found, promised * 9 / 10) << "round " << round;
  }
}

}  // namespace
}  // namespace gatefold
