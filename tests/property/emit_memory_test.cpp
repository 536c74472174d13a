#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/hand_made_design.h"

// Memories as the arrays that tools map to block RAM: wide ones, registered reads, contents in
// files.
namespace gatefold {
namespace {

using namespace testing;
using namespace hardware;
using numeric::Interval;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t columns = 300;

std::vector<std::int64_t> contents(std::int64_t factor, std::int64_t modulus, std::int64_t low) {
  std::vector<std::int64_t> words;
  for (std::int64_t i = 0; i < columns; ++i) words.push_back(low + i * factor % modulus);
  return words;
}

/// Two lines of the past and two rows of weights, all by the column's address; what they give is
/// used one stage later.
HandMadeDesign line_buffer() {
  HandMadeDesign builder;
  builder.process().loops = {{"row", 2}, {"column", columns}};
  builder.process().memories = {
      {"line a", {-8, 7, 0}, std::vector<std::int64_t>(columns, 0)},
      {"weights a", {-16, 15, 0}, contents(7, 32, -16)},
      {"line b", {-8, 7, 0}, std::vector<std::int64_t>(columns, 0)},
      {"weights b", {0, 6, 0}, contents(5, 7, 0)},
  };
  const auto x = builder.input("x", {{-8, 7, 0}}, {}, 2 * columns);
  const auto fresh = builder.add(Receive{x, 0}, 0, 0);
  const auto column = builder.add(Counter{1}, 0, 0);
  const auto a = builder.add(ReadMemory{{0}, column}, 0, 0);
  const auto b = builder.add(ReadMemory{{2}, column}, 0, 0);
  const auto by_a = builder.add(ReadMemory{{1}, column}, 1, 0);
  const auto by_b = builder.add(ReadMemory{{3}, column}, 1, 0);
  builder.add(WriteMemory{{0}, column, fresh, {}}, 0, 0);
  builder.add(WriteMemory{{2}, column, fresh, {}}, 0, 0);
  const auto product = builder.add(Multiply{a, by_a}, 1, 1);
  const auto other = builder.add(Multiply{b, by_b}, 1, 1);
  builder.output("y", {builder.add(Add{product, other}, 1, 1), b}, {}, 2 * columns);
  return builder;
}

std::string text_of(const std::vector<emit::File>& files, const std::string& path) {
  for (const auto& file : files)
    if (file.path == path) return file.text;
  return {};
}

/// A project of three vectors in a folder.
void write_project(const TempFolder& folder, const HandMadeDesign& builder) {
  std::mt19937_64 random(1);
  write_files(folder, emit::emit_project(builder.design(), builder.schedule(2, 601, 600),
                                         golden_vectors(random, builder.design(), 3)));
}

TEST(EmitMemories, AgreeWithRunDesign) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  GATEFOLD_NEEDS_PROGRAM("verilator");
  const auto builder = line_buffer();
  ASSERT_EQ(verify(builder.design()), "");
  const TempFolder folder;
  write_project(folder, builder);
  EXPECT_EQ(build(folder, "lint").output, "");
  for (const auto* simulator : {"icarus", "simulate"})
    EXPECT_THAT(build(folder, simulator).output, HasSubstr("vectors=3 mismatches=0 bits=0"));
}

TEST(EmitMemories, StandSideBySideWhereTheyShareTheirPorts) {
  const auto builder = line_buffer();
  const auto files = emit::emit_systemverilog(builder.design(), builder.schedule(2, 601, 600));
  const auto lines = text_of(files, "rtl/hand_made_first.sv");
  EXPECT_THAT(lines, HasSubstr("logic [7:0] memory_line_a [0:299];"));
  EXPECT_THAT(lines, Not(HasSubstr("memory_line_b")));
  EXPECT_THAT(lines, HasSubstr("v2_word <= memory_line_a[v2_address];"));
  const auto weights = text_of(files, "rtl/hand_made_second.sv");
  EXPECT_THAT(weights, HasSubstr("logic [7:0] memory_weights_a [0:299];"));
  EXPECT_THAT(weights, HasSubstr("$readmemh(\"rtl/hand_made_second_memory_weights_a.hex\""));
  const auto words = text_of(files, "rtl/hand_made_second_memory_weights_a.hex");
  EXPECT_EQ(words.substr(0, 6), "10\nb7\n");
  EXPECT_EQ(std::ranges::count(words, '\n'), columns);
}

/// The netlist for iCE40 holds both arrays as block RAMs of 512 words, and works.
TEST(EmitMemories, AreBlockRamsForYosys) {
  GATEFOLD_NEEDS_PROGRAM("yosys");
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  const TempFolder folder;
  write_project(folder, line_buffer());
  const auto mapped = yosys(folder, "hand_made",
                            "synth_ice40 -flatten; select -assert-count 2 t:SB_RAM40_4K; "
                            "select -assert-max 60 t:SB_DFF*; write_verilog -noattr net.v");
  ASSERT_EQ(mapped.exit_code, 0) << mapped.output;
  const auto program = std::filesystem::canonical(*find_program("yosys"));
  const auto models = program.parent_path().parent_path() / "share/yosys/ice40/cells_sim.v";
  folder.write("models.v",
               "`define NO_ICE40_DEFAULT_ASSIGNMENTS\n`include \"" + models.string() + "\"\n");
  folder.write("files.f", "models.v\nnet.v\n");
  EXPECT_THAT(build(folder, "icarus").output, HasSubstr("vectors=3 mismatches=0 bits=0"));
}

}  // namespace
}  // namespace gatefold
