// Tables of words that few bits decide: random designs keep their meaning, cost no more and are no
// later; networks like LogicNets take the LUTs that are promised.
#include "gatefold/schedule/tabulate_cones.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

#include "tests/random_design.h"
#include "tests/random_network.h"
#include "tests/support/emitted_project.h"

#include "gatefold/driver/make_hardware.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/graph/run.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold {
namespace {

using namespace testing;
using hardware::Batch;
using hardware::Design;
using numeric::Rational;
using schedule::Target;

constexpr double any_clock_ns = 1000;

double cost(const Design& design, const Target& target) {
  double total = 0;
  for (const auto& process : design.processes)
    for (std::size_t i = 0; i < process.body.size(); ++i)
      total += schedule::luts(target, process, {static_cast<std::int32_t>(i)});
  return total;
}

int tables(const Design& design) {
  int found = 0;
  for (const auto& process : design.processes)
    for (const auto& operation : process.body)
      found += std::holds_alternative<hardware::Lookup>(operation.kind) ? 1 : 0;
  return found;
}

/// The longest path between registers and ports if there is one stage, in ns.
double longest_path(const hardware::Process& process, const Target& target) {
  std::vector<double> ready(process.body.size());
  double longest = 0;
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    for (const auto id : hardware::operands(process.body[i].kind))
      ready[i] = std::max(ready[i], ready[static_cast<std::size_t>(id.index)]);
    ready[i] += schedule::delay_ns(target, process, {static_cast<std::int32_t>(i)});
    longest = std::max(longest, ready[i]);
  }
  return longest;
}

void expect_no_worse(const Design& result, const Design& design, const Target& target) {
  ASSERT_EQ(hardware::verify(result), "");
  EXPECT_LE(cost(result, target), cost(design, target) + 1e-6);
  for (std::size_t i = 0; i < design.processes.size(); ++i)
    EXPECT_LE(longest_path(result.processes[i], target),
              longest_path(design.processes[i], target) + 1e-5);
}

class TabulateConesOf : public ::testing::TestWithParam<std::string> {};

TEST_P(TabulateConesOf, RandomDesignsKeepTheirMeaning) {
  std::mt19937_64 random(51);
  const Target target = *schedule::load_target(GetParam());
  int more_tables = 0;
  for (int round = 0; round < 400; ++round) {
    const RandomDesignSize size{.inputs = 3, .operations = 20 + round % 40, .outputs = 4};
    const Design design = hardware::simplify(random_design(random, size));
    const Design result = schedule::tabulate_cones(design, target, any_clock_ns);
    more_tables += tables(result) > tables(design) ? 1 : 0;
    expect_no_worse(result, design, target);
    const Batch inputs = random_batch(random, design, 60);
    ASSERT_EQ(hardware::run_design(result, inputs).at("y").data,
              hardware::run_design(design, inputs).at("y").data)
        << "round " << round << '\n'
        << hardware::print(design);
  }
  EXPECT_GT(more_tables, 40);
}

TEST_P(TabulateConesOf, RandomNetworksOfProcessesKeepTheirMeaning) {
  const Target target = *schedule::load_target(GetParam());
  int changed = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::mt19937_64 random(seed);
    const Design design =
        hardware::simplify(random_network(random, {.processes = 1 + static_cast<int>(seed) % 6}));
    const Design result = schedule::tabulate_cones(design, target, any_clock_ns);
    changed += cost(result, target) < cost(design, target) ? 1 : 0;
    expect_no_worse(result, design, target);
    const Batch inputs = random_batch(random, design, 8);
    const auto expected = hardware::run_design(design, inputs);
    const auto found = hardware::run_design(result, inputs);
    for (const auto& [port, tensor] : expected)
      ASSERT_EQ(found.at(port).data, tensor.data) << "seed " << seed;
  }
  EXPECT_GT(changed, 3);
}

INSTANTIATE_TEST_SUITE_P(Targets, TabulateConesOf, ::testing::Values("xcup", "ice40"));

/// Layers of neurons of few inputs, words of 2 bits, as LogicNets have them.
class SparseNetwork {
 public:
  SparseNetwork(std::mt19937_64& random, int fan_in, const std::vector<std::int64_t>& layers)
      : random_(random), fan_in_(fan_in) {
    graph_.name = "net";
    auto value = *graph_.add(graph::Input{"x", {inputs}, quantizer(1, 0)}, {}, "in");
    std::int64_t width = inputs;
    for (const std::int64_t outputs : layers) {
      value = layer(value, width, outputs);
      width = outputs;
    }
    graph_.add_output("y", value);
  }

  static constexpr std::int64_t inputs = 16;
  const graph::Graph& graph() const { return graph_; }

 private:
  static graph::Quantize quantizer(std::int64_t scale, std::int64_t zero_point) {
    graph::Quantize result;
    result.grid = numeric::make_grid(2, false, Rational(scale), Rational(zero_point));
    result.rounding = numeric::Rounding::Floor;
    return result;
  }

  graph::Value layer(graph::Value x, std::int64_t rows, std::int64_t columns) {
    std::vector<std::int64_t> weights(static_cast<std::size_t>(rows * columns), 0);
    for (std::int64_t j = 0; j < columns; ++j)
      for (int k = 0; k < fan_in_; ++k) {
        const auto i = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(rows));
        const auto size = static_cast<std::int64_t>(1 + random_() % 15);
        weights[static_cast<std::size_t>(i * columns + j)] = random_() % 2 == 0 ? size : -size;
      }
    const auto sums =
        *graph_.add(graph::Linear{{{1, rows, columns}, weights}, Rational(1), {}}, {x}, "fc");
    return *graph_.add(quantizer(8, 1), {sums}, "act");
  }

  std::mt19937_64& random_;
  int fan_in_ = 0;
  graph::Graph graph_;
};

numeric::IntTensor random_inputs(std::mt19937_64& random, std::int64_t samples) {
  numeric::IntTensor x{{samples, SparseNetwork::inputs}, {}};
  for (std::int64_t i = 0; i < samples * SparseNetwork::inputs; ++i)
    x.data.push_back(static_cast<std::int64_t>(random() % 4));
  return x;
}

TEST(SparseNetworks, ComputeTheNetworkOfFewLuts) {
  std::mt19937_64 random(52);
  const Target target = *schedule::load_target("xcup");
  for (const int fan_in : {2, 3, 4}) {
    const SparseNetwork network(random, fan_in, {24, 12, 4});
    driver::HardwareMaker maker(network.graph(), target, {});
    const Design design = *maker.design(any_clock_ns, 1);
    ASSERT_EQ(hardware::verify(design), "");
    const numeric::IntTensor x = random_inputs(random, 200);
    const auto found = hardware::run_design(design, {{"x", x}}).at("y").data;
    for (std::int64_t sample = 0; sample < 200; ++sample) {
      const auto first = x.data.begin() + sample * SparseNetwork::inputs;
      const numeric::IntTensor one{{SparseNetwork::inputs}, {first, first + SparseNetwork::inputs}};
      const auto expected = graph::run_reference(network.graph(), std::vector{one}).front().data;
      const auto at = found.begin() + sample * static_cast<std::int64_t>(expected.size());
      ASSERT_TRUE(std::equal(expected.begin(), expected.end(), at)) << "fan-in " << fan_in;
    }
    // Each of at most 40 neurons has 2 bits, each of one LUT.
    const double bound = fan_in <= 3 ? 80 : 1000;
    EXPECT_LE(cost(design, target), bound) << "fan-in " << fan_in;
  }
}

TEST(SparseNetworks, VerilatorAndYosysAgree) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("verilator");
  std::mt19937_64 random(53);
  const Target target = *schedule::load_target("xcup");
  for (const int fan_in : {3, 4}) {
    const SparseNetwork network(random, fan_in, {8, 4});
    driver::HardwareMaker maker(network.graph(), target, {});
    const Design design = *maker.design(any_clock_ns, 1);
    const TempFolder folder;
    const auto schedule = *schedule::pipeline(design, target, any_clock_ns);
    write_files(folder, emit::emit_project(design, schedule, golden_vectors(random, design, 100)));
    const auto simulated = build(folder, "simulate");
    EXPECT_EQ(simulated.exit_code, 0) << simulated.output;
    EXPECT_THAT(simulated.output, ::testing::HasSubstr("vectors=100 mismatches=0 bits=0"));
    const auto synthesis = flows::synthesise(folder.path(), "xcup");
    ASSERT_TRUE(synthesis.ok()) << to_string(synthesis.errors());
    // Bits that are equal, wires or constant take no LUT, and two of few inputs share one.
    EXPECT_LE(synthesis->total.luts, cost(design, target) + 4) << "fan-in " << fan_in;
    EXPECT_GE(synthesis->total.luts, cost(design, target) / 3) << "fan-in " << fan_in;
  }
}

}  // namespace
}  // namespace gatefold
