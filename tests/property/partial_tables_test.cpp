// Tables of inputs of one bit: what they compute, what they promise, what the design has.
#include "gatefold/adder_graph/partial_tables.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "tests/support/emitted_project.h"

#include "gatefold/driver/make_hardware.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/graph/run.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold {
namespace {

using namespace testing;
using adder_graph::Problem;
using adder_graph::Tabulated;
using numeric::Interval;
using numeric::Rational;

std::int64_t pick(std::mt19937_64& random, std::int64_t low, std::int64_t high) {
  return std::uniform_int_distribution<std::int64_t>(low, high)(random);
}

Interval random_range(std::mt19937_64& random) {
  const int zeros = static_cast<int>(pick(random, 0, 3));
  const std::int64_t unit = std::int64_t{1} << zeros;
  switch (pick(random, 0, 7)) {
    case 0:
      return Interval::constant(pick(random, -9, 9));
    case 1:
      return {-unit, 0, zeros};
    case 2:
      return {-8 * unit, 7 * unit, zeros};
    default:
      return {0, unit, zeros};
  }
}

Problem random_problem(std::mt19937_64& random) {
  Problem problem;
  problem.inputs = static_cast<int>(pick(random, 1, 20));
  problem.outputs = static_cast<int>(pick(random, 1, 8));
  const std::int64_t largest = std::int64_t{1} << pick(random, 0, 8);
  const std::int64_t zeros = pick(random, 0, 3);
  for (int i = 0; i < problem.inputs; ++i) problem.ranges.push_back(random_range(random));
  for (int i = 0; i < problem.inputs; ++i)
    problem.depths.push_back(static_cast<int>(pick(random, 0, 2)));
  for (int i = 0; i < problem.inputs * problem.outputs; ++i)
    problem.weights.push_back(pick(random, 0, 3) < zeros ? 0 : pick(random, -largest, largest));
  problem.extra_depth = static_cast<int>(pick(random, -1, 2));
  problem.model = pick(random, 0, 1) == 0 ? adder_graph::lut6_carry() : adder_graph::lut4_carry(1);
  return problem;
}

using Values = std::vector<std::int64_t>;

/// The inputs of the sums for these values of the problem's inputs.
Values words_of(const Tabulated& tabulated, const Values& inputs) {
  Values words;
  for (const int input : tabulated.rest) words.push_back(inputs[static_cast<std::size_t>(input)]);
  for (const auto& table : tabulated.tables) {
    std::size_t address = 0;
    for (std::size_t bit = 0; bit < table.inputs.size(); ++bit)
      if (inputs[static_cast<std::size_t>(table.inputs[bit])] != 0)
        address |= std::size_t{1} << bit;
    words.push_back(table.entries[address]);
  }
  return words;
}

Values product(const Problem& problem, const Values& inputs) {
  Values sums(static_cast<std::size_t>(problem.outputs), 0);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t j = 0; j < sums.size(); ++j)
      sums[j] += inputs[i] * problem.weights[i * sums.size() + j];
  return sums;
}

Values random_inputs(const Problem& problem, std::mt19937_64& random) {
  Values inputs;
  for (const Interval& range : problem.ranges)
    inputs.push_back(pick(random, range.low >> range.zeros, range.high >> range.zeros)
                     << range.zeros);
  return inputs;
}

TEST(PartialTables, AddUpToTheMatrix) {
  std::mt19937_64 random(41);
  int tables = 0;
  for (int round = 0; round < 300; ++round) {
    const Problem problem = random_problem(random);
    const auto tabulated = adder_graph::tabulate(problem);
    if (!tabulated) continue;
    ++tables;
    for (int sample = 0; sample < 20; ++sample) {
      const Values inputs = random_inputs(problem, random);
      const Values words = words_of(*tabulated, inputs);
      for (std::size_t i = 0; i < words.size(); ++i)
        ASSERT_TRUE(tabulated->sums.ranges[i].contains(words[i]));
      ASSERT_EQ(product(tabulated->sums, words), product(problem, inputs));
    }
  }
  EXPECT_GT(tables, 200);
}

TEST(PartialTables, AnyWrongEntryIsFound) {
  std::mt19937_64 random(42);
  int found = 0;
  for (int round = 0; round < 100; ++round) {
    const Problem problem = random_problem(random);
    auto tabulated = adder_graph::tabulate(problem);
    if (!tabulated) continue;
    ++found;
    auto& entries = tabulated->tables[random() % tabulated->tables.size()].entries;
    entries[random() % entries.size()] += pick(random, 0, 1) == 0 ? 1 : -1;
    ASSERT_FALSE(adder_graph::equals(*tabulated, problem));
  }
  EXPECT_GT(found, 50);
}

TEST(PartialTables, AnyWrongSumIsFound) {
  std::mt19937_64 random(43);
  for (int round = 0; round < 100; ++round) {
    const Problem problem = random_problem(random);
    auto tabulated = adder_graph::tabulate(problem);
    if (!tabulated) continue;
    auto& weights = tabulated->sums.weights;
    ++weights[(weights.size() - 1) - random() % static_cast<std::size_t>(problem.outputs)];
    const auto& last = tabulated->tables.back().entries;
    if (std::ranges::all_of(last, [](auto entry) { return entry == 0; })) continue;
    ASSERT_FALSE(adder_graph::equals(*tabulated, problem));
  }
}

/// A layer on inputs of one bit.
struct BinaryLayer {
  BinaryLayer(std::mt19937_64& random, std::int64_t rows, std::int64_t columns)
      : inputs(rows), outputs(columns) {
    const std::int64_t largest = (1 << pick(random, 1, 7)) - 1;
    for (int i = 0; i < inputs * outputs; ++i)
      weights.push_back(pick(random, 0, 3) == 0 ? 0 : pick(random, -largest, largest));
  }

  graph::Graph graph() const {
    graph::Quantize input;
    input.grid = numeric::make_grid(1, false, Rational(1), Rational(0));
    graph::Graph g;
    g.name = "net";
    const auto x = *g.add(graph::Input{"x", {inputs}, input}, {}, "in");
    const auto y =
        *g.add(graph::Linear{{{1, inputs, outputs}, weights}, Rational(1), {}}, {x}, "fc");
    g.add_output("y", y);
    return g;
  }

  Problem problem(const schedule::Target& target, int extra_depth) const {
    Problem problem;
    problem.inputs = static_cast<int>(inputs);
    problem.outputs = static_cast<int>(outputs);
    problem.weights = weights;
    problem.ranges.assign(static_cast<std::size_t>(inputs), Interval{0, 1, 0});
    problem.depths.assign(static_cast<std::size_t>(inputs), 0);
    problem.extra_depth = extra_depth;
    problem.model = driver::adder_costs(target);
    return problem;
  }

  hardware::Design design(const schedule::Target& target, int extra_depth) const {
    lowering::LoweringOptions options;
    options.extra_depth = extra_depth;
    const graph::Graph g = graph();
    driver::HardwareMaker maker(g, target, options);
    return *maker.design(any_clock_ns, 1);
  }

  static constexpr double any_clock_ns = 1000;
  std::int64_t inputs = 0, outputs = 0;
  std::vector<std::int64_t> weights;
};

/// What the tables and the graph, or the graph alone, cost.
struct Promise {
  Promise(const Problem& problem) {
    adder_graph::Cache solved;
    alone = solved.solve(problem).cost;
    const auto tabulated = adder_graph::cheaper_tables(problem, solved);
    const auto& graph = solved.solve(tabulated ? tabulated->sums : problem);
    has_tables = tabulated.has_value();
    cost = graph.cost + (tabulated ? tabulated->cost : 0);
    for (const auto& output : graph.outputs) negates = negates || output.negate;
  }

  std::int64_t alone = 0, cost = 0;
  bool has_tables = false, negates = false;
};

/// LUTs of all adders and tables by the target, in thousandths.
double cost_of(const hardware::Design& design, const schedule::Target& target) {
  const hardware::Process& process = design.processes.front();
  double luts = 0;
  for (std::size_t i = 0; i < process.body.size(); ++i)
    luts += schedule::luts(target, process, {static_cast<std::int32_t>(i)});
  return 1000 * luts;
}

class PartialTablesOf : public ::testing::TestWithParam<std::string> {};

// Exactly, but where a whole sum is one table, which schedule/tabulate_cones.h makes if it is
// cheaper.
TEST_P(PartialTablesOf, CostWhatTheyPromise) {
  const schedule::Target target = *schedule::load_target(GetParam());
  std::mt19937_64 random(44);
  int compared = 0, equal = 0, tables = 0;
  for (int round = 0; round < 24; ++round) {
    const BinaryLayer layer(random, pick(random, 2, 16), pick(random, 1, 8));
    const Promise promise(layer.problem(target, -1));
    ASSERT_LE(promise.cost, promise.alone);
    tables += promise.has_tables ? 1 : 0;
    if (promise.negates) continue;
    ++compared;
    const double found = cost_of(layer.design(target, -1), target);
    const double promised = static_cast<double>(promise.cost);
    ASSERT_LE(found, promised + 0.5) << "round " << round;
    equal += found > promised - 0.5 ? 1 : 0;
  }
  EXPECT_GT(compared, 10);
  EXPECT_GT(equal, compared / 2);
  EXPECT_GT(tables, 10);
}

TEST_P(PartialTablesOf, ComputeTheLayer) {
  const schedule::Target target = *schedule::load_target(GetParam());
  std::mt19937_64 random(45);
  for (int round = 0; round < 20; ++round) {
    const BinaryLayer layer(random, pick(random, 2, 40), pick(random, 1, 8));
    const auto design = layer.design(target, round % 4 - 1);
    ASSERT_EQ(hardware::verify(design), "");
    for (int sample = 0; sample < 5; ++sample) {
      numeric::IntTensor x{{layer.inputs}, {}};
      for (int i = 0; i < layer.inputs; ++i) x.data.push_back(pick(random, 0, 1));
      const auto expected = graph::run_reference(layer.graph(), std::vector{x});
      const hardware::Batch batch{{"x", {{1, layer.inputs}, x.data}}};
      ASSERT_EQ(hardware::run_design(design, batch).at("y").data, expected.front().data);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, PartialTablesOf,
                         ::testing::Values("xcup", "xc7", "ecp5", "ice40"));

TEST(PartialTables, YosysRealisesThem) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  const schedule::Target target = *schedule::load_target("xcup");
  std::mt19937_64 random(46);
  for (int round = 0; round < 2; ++round) {
    const BinaryLayer layer(random, 20, 8);
    const auto promised = Promise(layer.problem(target, -1)).cost / 1000;
    const auto design = layer.design(target, -1);
    const TempFolder folder;
    const auto schedule = *schedule::pipeline(design, target, BinaryLayer::any_clock_ns);
    write_files(folder, emit::emit_project(design, schedule, golden_vectors(random, design, 2)));
    const auto synthesis = flows::synthesise(folder.path(), "xcup");
    ASSERT_TRUE(synthesis.ok()) << to_string(synthesis.errors());
    // Beside them stand one gate of the handshake, and LUTs behind a chain's last carry. Bits of
    // tables that are wires, or equal, take no LUT.
    const auto found = synthesis->total.luts;
    EXPECT_LE(found, promised + promised / 50 + 2) << "round " << round;
    EXPECT_GE(found, promised * 3 / 4) << "round " << round;
  }
}

}  // namespace
}  // namespace gatefold
