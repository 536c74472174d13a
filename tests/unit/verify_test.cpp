// What a comparison counts and says.
#include "gatefold/driver/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gatefold/driver/verify_json.h"

namespace gatefold::driver {
namespace {

using ::testing::HasSubstr;

/// y = x, or y = max(x, 0), of words of four bits.
graph::Graph four_bits(bool rectified) {
  graph::Graph graph;
  graph::Quantize port;
  port.grid = numeric::make_grid(4, true, 1);
  auto value = *graph.add(graph::Input{"x", {1}, port}, {}, "in");
  if (rectified) value = *graph.add(graph::Map{graph::Clamp{0, std::nullopt}}, {value}, "relu");
  graph.add_output("y", value);
  return graph;
}

/// A compiler that has gone wrong in its passes: -1 becomes 0.
Compilation wrong() {
  Compilation compilation;
  compilation.imported = four_bits(false);
  compilation.graph = four_bits(true);
  compilation.design = *lowering::lower(compilation.imported);
  return compilation;
}

TEST(Verify, CountsTheBitsOfThePort) {
  VerifyOptions options;
  options.levels = {Level::Graph};
  options.data["x"] = {{2, 1}, {3, -1}};
  options.random = options.extreme = 0;
  const auto verification = verify(wrong(), options, "/nonexistent");
  ASSERT_TRUE(verification.ok());
  EXPECT_FALSE(verification->equal());
  EXPECT_EQ(verification->levels.front().differing_bits, 4);
  EXPECT_EQ(verification->levels.front().first->to_string(),
            "output 'y', sample 1, element 0: expected -1, got 0 (first differing bit 0)");
  EXPECT_EQ(verification->line(),
            "2 vectors (2 real, 0 random, 0 extreme) compared at levels emulator, graph: "
            "4 differing bits");
  EXPECT_THAT(to_json(*verification), HasSubstr("\"equal\": false"));
}

TEST(Verify, NamesTheFirstMismatchOfATestbench) {
  flows::Simulation simulation;
  simulation.vectors = 9;
  simulation.mismatches = simulation.bits = 1;
  simulation.log = "start\nmismatch: vector 4: y[0] is 3, expected 2\nmismatch: vector 5: more\n";
  const LevelResult result = simulated(Level::Netlist, simulation);
  EXPECT_EQ(result.detail,
            "latency 0 cycles, interval 0; mismatch: vector 4: y[0] is 3, expected 2");
}

}  // namespace
}  // namespace gatefold::driver
