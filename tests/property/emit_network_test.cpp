#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/random_network.h"
#include "tests/support/emitted_project.h"
#include "tests/support/random_depths.h"

#include "gatefold/schedule/target.h"

// Random networks of processes with random depths as SystemVerilog: simulation under gaps and
// stalls gives what run_design gives.
namespace gatefold {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t networks = 30;

/// A network of which no recurrence is too long for its interval.
hardware::Design schedulable_network(std::mt19937_64& random, const schedule::Target& target,
                                     double clock_ns, int processes) {
  RandomNetworkSize size;
  size.processes = processes;
  for (;;) {
    auto design = random_network(random, size);
    if (schedule::pipeline(design, target, clock_ns).ok()) return design;
  }
}

std::vector<emit::File> network_project(std::uint64_t seed, std::int64_t vectors) {
  std::mt19937_64 random(seed);
  const auto target = schedule::load_target("xcup").value();
  const double clock_ns = seed % 3 == 0 ? 20 : 1.5 + 0.5 * static_cast<double>(seed % 4);
  const auto design = schedulable_network(random, target, clock_ns, 2 + static_cast<int>(seed % 6));
  EXPECT_EQ(hardware::verify(design), "");
  auto schedule = schedule::pipeline(design, target, clock_ns).value();
  schedule.channels = random_depths(random, design);
  return emit::emit_project(design, schedule, golden_vectors(random, design, vectors));
}

TEST(EmitNetwork, IcarusAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  for (std::uint64_t seed = 0; seed < networks; ++seed) {
    const TempFolder folder;
    write_files(folder, network_project(seed, 24));
    const auto result = build(folder, "icarus");
    EXPECT_THAT(result.output, HasSubstr("vectors=24 mismatches=0 bits=0")) << "seed " << seed;
    EXPECT_THAT(result.output, ::testing::Not(HasSubstr("warning"))) << "seed " << seed;
  }
}

TEST(EmitNetwork, VerilatorFindsNothing) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  for (std::uint64_t seed = 0; seed < networks; ++seed) {
    const TempFolder folder;
    write_files(folder, network_project(seed, 1));
    const auto result = build(folder, "lint");
    EXPECT_EQ(result.exit_code, 0) << "seed " << seed;
    EXPECT_THAT(result.output, IsEmpty()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace gatefold
