#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_network.h"
#include "tests/support/emitted_project.h"

#include "gatefold/flows/project_files.h"
#include "gatefold/flows/simulate.h"
#include "gatefold/flows/synthesise.h"
#include "gatefold/schedule/target.h"

// Whole flows on a random design: every simulator and every target's netlist against the
// interpreter.
namespace gatefold {
namespace {

using namespace testing;

/// Enough for shift registers, which must stand still with the pipeline (Yosys 0.23 forgets their
/// clock enable on Xilinx).
constexpr int stages = 8;

/// A random design in several stages, emitted with vectors.
class RandomProject {
 public:
  explicit RandomProject(unsigned seed) : random_(seed) {
    design_ = random_design(random_, {6, 40, 8, 12});
    vectors_ = golden_vectors(random_, design_, 50);
  }

  void write(const TempFolder& folder) {
    emit::ProjectOptions options;
    options.extra_files = flows::project_files("ice40");
    std::mt19937_64 random(7);
    write_files(folder, emit::emit_project(design_, random_schedule(random, design_, stages),
                                           vectors_, options));
  }

  /// Inverts two bits of the last golden output.
  void spoil() { vectors_.outputs["y"].data.back() ^= 3; }

 private:
  std::mt19937_64 random_;
  hardware::Design design_;
  emit::Vectors vectors_;
};

void expect_equal(const Result<flows::Simulation>& simulation) {
  ASSERT_TRUE(simulation.ok()) << to_string(simulation.errors());
  EXPECT_EQ(simulation->vectors, 50);
  EXPECT_EQ(simulation->mismatches, 0) << simulation->log;
  EXPECT_EQ(simulation->bits, 0);
  EXPECT_EQ(simulation->latency, stages);
  EXPECT_EQ(simulation->interval, 1);
}

TEST(Flows, VerilatorChecksAndSimulates) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  const TempFolder folder;
  RandomProject(2).write(folder);
  const auto status = flows::lint(folder.path());
  EXPECT_TRUE(status.ok()) << to_string(status.errors());
  expect_equal(flows::simulate(folder.path(), flows::Simulator::Verilator));
}

TEST(Flows, IcarusFindsSpoiltBits) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  const TempFolder folder;
  RandomProject project(2);
  project.write(folder);
  expect_equal(flows::simulate(folder.path(), flows::Simulator::Icarus));
  project.spoil();
  project.write(folder);
  const auto simulation = flows::simulate(folder.path(), flows::Simulator::Icarus);
  ASSERT_TRUE(simulation.ok()) << to_string(simulation.errors());
  EXPECT_EQ(simulation->mismatches, 1);
  EXPECT_GE(simulation->bits, 1);
}

class NetworkFlows : public ::testing::TestWithParam<std::string> {};

/// Rows of a layer's modules add up; the netlist of processes, queues and LUT RAM works.
TEST_P(NetworkFlows, SynthesiseAndSimulate) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  std::mt19937_64 random(12);
  auto design = random_network(random, {.processes = 3});
  for (auto& process : design.processes)  // one layer in several processes
    for (auto& operation : process.body) operation.layer = 0;
  const auto target = schedule::load_target(GetParam()).value();
  const auto schedule = schedule::pipeline(design, target, 20).value();
  const TempFolder folder;
  write_files(folder, emit::emit_project(design, schedule, golden_vectors(random, design, 12)));
  const auto synthesis = flows::synthesise(folder.path(), GetParam());
  ASSERT_TRUE(synthesis.ok()) << to_string(synthesis.errors());
  ASSERT_EQ(synthesis->layers.size(), 2U);
  EXPECT_EQ(synthesis->layers[0].layer, design.layers[0].name);
  EXPECT_EQ(synthesis->layers[1].layer, "");
  EXPECT_GE(synthesis->layers[0].cells.flip_flops + synthesis->layers[1].cells.flip_flops,
            synthesis->total.flip_flops);
  const auto simulation = flows::simulate_netlist(folder.path(), GetParam());
  ASSERT_TRUE(simulation.ok()) << to_string(simulation.errors());
  EXPECT_EQ(simulation->mismatches, 0) << simulation->log;
  EXPECT_EQ(simulation->latency, schedule.latency_cycles);
}

INSTANTIATE_TEST_SUITE_P(Targets, NetworkFlows, ::testing::Values("xcup", "ice40"));

class FlowsOf : public ::testing::TestWithParam<std::string> {};

TEST_P(FlowsOf, NetlistComputesTheSame) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  const TempFolder folder;
  RandomProject project(4);
  project.write(folder);
  const auto synthesis = flows::synthesise(folder.path(), GetParam());
  ASSERT_TRUE(synthesis.ok()) << to_string(synthesis.errors());
  EXPECT_EQ(synthesis->target, GetParam());
  EXPECT_GT(synthesis->total.luts, 30);
  EXPECT_EQ(synthesis->total.carries > 0, GetParam() != "generic_lut6");
  EXPECT_GT(synthesis->total.flip_flops, 0);
  EXPECT_GT(synthesis->total.levels, 0);
  ASSERT_EQ(synthesis->layers.size(), 4U);
  EXPECT_EQ(synthesis->layers[0].layer, "dense one");
  EXPECT_EQ(synthesis->layers[3].layer, "");
  for (const auto& layer : synthesis->layers) EXPECT_GT(layer.cells.luts, 0) << layer.layer;
  EXPECT_TRUE(std::filesystem::exists(synthesis->netlist));
  expect_equal(flows::simulate_netlist(folder.path(), GetParam()));
  project.spoil();
  project.write(folder);
  const auto spoilt = flows::simulate_netlist(folder.path(), GetParam());
  ASSERT_TRUE(spoilt.ok()) << to_string(spoilt.errors());
  EXPECT_EQ(spoilt->mismatches, 1);
}

INSTANTIATE_TEST_SUITE_P(Targets, FlowsOf, ::testing::ValuesIn(flows::synthesis_targets()),
                         [](const auto& test) { return test.param; });

TEST(Flows, BuildScriptNeedsNoGatefold) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  const TempFolder folder;
  RandomProject(1).write(folder);
  const auto result = build(folder, "yosys");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, ::testing::ContainsRegex("SB_LUT4 [0-9]+\n"));
  EXPECT_THAT(result.output, ::testing::ContainsRegex("levels [0-9]+\n"));
  EXPECT_THAT(result.output, ::testing::HasSubstr("vectors=50 mismatches=0 bits=0"));
}

}  // namespace
}  // namespace gatefold
