#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/emitted_project.h"

// Random designs as SystemVerilog: every tool reads them without a warning, and simulation gives
// what run_design gives.
namespace gatefold {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t designs = 24;

struct Sample {
  hardware::Design design;
  std::vector<emit::File> files;
};

Sample random_project(std::uint64_t seed, std::int64_t vectors) {
  std::mt19937_64 random(seed);
  RandomDesignSize size;
  size.operations = 20 + static_cast<int>(seed % 5) * 20;
  size.widest = seed % 3 == 0 ? 62 : 24;
  Sample sample{random_design(random, size), {}};
  EXPECT_EQ(hardware::verify(sample.design), "");
  const auto schedule = random_schedule(random, sample.design, 1 + static_cast<int>(seed % 4));
  sample.files =
      emit::emit_project(sample.design, schedule, golden_vectors(random, sample.design, vectors));
  return sample;
}

TEST(EmitProperty, IcarusAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  for (std::uint64_t seed = 0; seed < designs; ++seed) {
    const TempFolder folder;
    write_files(folder, random_project(seed, 60).files);
    const auto result = build(folder, "icarus");
    EXPECT_EQ(result.exit_code, 0) << "seed " << seed << "\n" << result.output;
    EXPECT_THAT(result.output, HasSubstr("vectors=60 mismatches=0 bits=0")) << "seed " << seed;
    EXPECT_THAT(result.output, ::testing::Not(HasSubstr("warning"))) << "seed " << seed;
  }
}

TEST(EmitProperty, VerilatorFindsNothing) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  for (std::uint64_t seed = 0; seed < designs; ++seed) {
    const TempFolder folder;
    write_files(folder, random_project(seed, 1).files);
    const auto result = build(folder, "lint");
    EXPECT_EQ(result.exit_code, 0) << "seed " << seed;
    EXPECT_THAT(result.output, IsEmpty()) << "seed " << seed;
  }
}

TEST(EmitProperty, VerilatorAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("verilator");
  const TempFolder folder;
  write_files(folder, random_project(7, 400).files);
  const auto result = build(folder, "simulate");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("vectors=400 mismatches=0 bits=0"));
}

/// The netlist of Yosys, simulated by the same testbench.
TEST(EmitProperty, YosysAgreesWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  for (std::uint64_t seed = 0; seed < designs; seed += 3) {
    const TempFolder folder;
    write_files(folder, random_project(seed, 60).files);
    const auto synthesis = yosys(folder, "random", "synth -flatten; write_verilog -noattr net.v");
    ASSERT_EQ(synthesis.exit_code, 0) << "seed " << seed << "\n" << synthesis.output;
    EXPECT_THAT(synthesis.output, IsEmpty()) << "seed " << seed;
    folder.write("files.f", "net.v\n");
    const auto result = build(folder, "icarus");
    EXPECT_THAT(result.output, HasSubstr("vectors=60 mismatches=0 bits=0")) << "seed " << seed;
  }
}

TEST(EmitProperty, IsDeterministic) {
  EXPECT_EQ(random_project(3, 5).files, random_project(3, 5).files);
}

}  // namespace
}  // namespace gatefold
