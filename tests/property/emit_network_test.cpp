#include <array>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_network.h"
#include "tests/support/emitted_project.h"
#include "tests/support/random_depths.h"

#include "gatefold/schedule/network_timing.h"
#include "gatefold/schedule/target.h"

// Random networks of processes as SystemVerilog: simulation under gaps and stalls gives what
// run_design gives, in the cycles that the schedule foresees. The depths of the channels are the
// schedule's, or random ones that suffice; registers load in each way.
namespace gatefold {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t networks = 40;
constexpr std::int64_t vectors = 24, without_gaps = 12;

constexpr std::array register_enables{emit::RegisterEnable::Advance, emit::RegisterEnable::Valid,
                                      emit::RegisterEnable::GatedClock};

struct Sample {
  schedule::Schedule schedule;
  std::vector<emit::File> files;
};

Sample network_project(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto design = random_network(random, {.processes = 1 + static_cast<int>(seed % 7)});
  EXPECT_EQ(hardware::verify(design), "");
  const auto target = schedule::load_target("generic_lut6").value();
  const std::optional<int> stages =
      seed % 2 == 0 ? std::nullopt : std::optional(2 + static_cast<int>(seed % 5));
  Sample sample{schedule::pipeline(design, target, 11, stages).value(), {}};
  if (seed % 3 != 0) {
    sample.schedule.channels = random_depths(random, design);
    const auto times = schedule::time_network(design, sample.schedule, without_gaps).times;
    sample.schedule.latency_cycles = static_cast<int>(times.latency(without_gaps));
    sample.schedule.interval_cycles = static_cast<int>(times.interval(without_gaps));
  }
  emit::ProjectOptions options;
  options.text.register_enable = register_enables[seed / 2 % register_enables.size()];
  sample.files =
      emit::emit_project(design, sample.schedule, golden_vectors(random, design, vectors), options);
  return sample;
}

void simulate(std::uint64_t seed, const std::string& simulator) {
  const auto sample = network_project(seed);
  const TempFolder folder;
  write_files(folder, sample.files);
  const auto result = build(folder, simulator);
  EXPECT_EQ(result.exit_code, 0) << "seed " << seed << "\n" << result.output;
  EXPECT_THAT(result.output, HasSubstr(fmt::format("vectors={} mismatches=0 bits=0 latency={}",
                                                   vectors, sample.schedule.latency_cycles)))
      << "seed " << seed;
  EXPECT_THAT(result.output, ::testing::Not(HasSubstr("warning"))) << "seed " << seed;
}

TEST(EmitNetwork, IcarusAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  for (std::uint64_t seed = 0; seed < networks; ++seed) simulate(seed, "icarus");
}

TEST(EmitNetwork, VerilatorAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  for (const std::uint64_t seed : {5, 6}) simulate(seed, "simulate");
}

TEST(EmitNetwork, VerilatorFindsNothing) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  for (std::uint64_t seed = 0; seed < networks; ++seed) {
    const TempFolder folder;
    write_files(folder, network_project(seed).files);
    const auto result = build(folder, "lint");
    EXPECT_EQ(result.exit_code, 0) << "seed " << seed;
    EXPECT_THAT(result.output, IsEmpty()) << "seed " << seed;
  }
}

/// The netlist of Yosys, simulated by the same testbench.
TEST(EmitNetwork, YosysAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  for (const std::uint64_t seed : {3, 4, 6}) {
    const TempFolder folder;
    write_files(folder, network_project(seed).files);
    EXPECT_THAT(yosys(folder, "network", "synth -flatten; write_verilog -noattr net.v").output,
                IsEmpty())
        << "seed " << seed;
    folder.write("files.f", "net.v\n");
    EXPECT_THAT(build(folder, "icarus").output, HasSubstr("mismatches=0 bits=0"))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace gatefold
