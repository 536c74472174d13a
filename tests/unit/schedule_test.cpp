#include "gatefold/schedule/schedule.h"

#include <algorithm>
#include <gmock/gmock.h>

#include "tests/support/read_design.h"

#include "gatefold/schedule/cycle_simulator.h"
#include "gatefold/schedule/estimate.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {
namespace {

using ::testing::ElementsAre;
using testing::read_design;

/// y = max(0, (a + 4 b) + c), and c beside it.
const char* const sum = R"(design "sum"
layer "fc" "linear"
layer "relu" "map"
channel "x" [0,15] [0,15] [-8,7]
channel "y" [0,82] [-8,7]
input "x" c0 [3]
output "y" c1 [2]
process "net" 1
  take c0
  %0 = receive c0 0 : [0,15] @0
  %1 = receive c0 1 : [0,15] @0
  %2 = receive c0 2 : [-8,7] @0
  %3 = add %0 %1<<2 : [0,75] @0
  %4 = add %3 %2 : [-8,82] @0
  %5 = clamp %4 0 82 : [0,82] @1
  give c1 %5 %2
)";

TEST(Pipeline, CutsIntoTheFewestStages) {
  const auto design = read_design(sum);
  const Target unit = *load_target("unit");
  const auto one = *pipeline(design, unit, 3);
  EXPECT_THAT(one.processes[0].stage, ElementsAre(0, 0, 0, 0, 0, 0));
  EXPECT_EQ(one.latency_cycles, 1);
  EXPECT_EQ(one.processes[0].register_bits, 7 + 4);
  EXPECT_DOUBLE_EQ(one.critical_ns, 3);
  const auto three = *pipeline(design, unit, 1);
  EXPECT_THAT(three.processes[0].stage, ElementsAre(0, 0, 0, 0, 1, 2));
  EXPECT_EQ(three.latency_cycles, 3);
  EXPECT_EQ(three.processes[0].register_bits, 7 + 8 + 7 + 3 * 4);
}

TEST(Pipeline, PlacesAnExtraCutWhereFewestBitsCross) {
  // 11 bits cross behind the first adder as behind the rectifier, 12 at the inputs and behind %4.
  const auto two = *pipeline(read_design(sum), *load_target("unit"), 3, 2);
  EXPECT_EQ(two.latency_cycles, 2);
  EXPECT_EQ(two.processes[0].register_bits, 11 + 11);
}

TEST(Pipeline, ChainsStatesThroughTheirRecurrence) {
  const auto design = read_design(R"(design "accumulate"
layer "rnn" "scan"
channel "x" [-8,7]
channel "y" [-128,127]
input "x" c0 [4]
output "y" c1 [4]
process "net" 1
  loop "t" 4
  state "sum" [-128,127] : 0
  take c0
  %0 = receive c0 0 : [-8,7] @0
  %1 = negate %0 : [-7,8] @0
  %2 = read_state s0 : [-128,127] @0
  %3 = add %1 %2 : [-135,135] @0
  %4 = wrap %3 s8 : [-128,127] @0
  %5 = write_state s0 %4 : [-128,127] @0
  give c1 %4
)");
  const auto schedule = *pipeline(design, *load_target("unit"), 1);
  EXPECT_THAT(schedule.processes[0].stage, ElementsAre(0, 0, 1, 1, 1, 1));
  EXPECT_EQ(schedule.interval_cycles, 4);
  EXPECT_EQ(schedule.latency_cycles, 3 + 2);
}

/// Reads a memory of 512 words of 12 bits, and adds to the word.
const char* const ram = R"(design "ram"
layer "fc" "linear"
channel "x" [0,511]
channel "y" [0,4607]
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  memory "weights" [0,4095] : MEMORY
  take c0
  %0 = receive c0 0 : [0,511] @0
  %1 = read_memory m0 %0 : [0,4095] @0
  %2 = add %1 %0 : [0,4606] @0
  %3 = constant 1 : [1,1] @0
  %4 = add %2 %3 : [0,4607] @0
  give c1 %4
)";

hardware::Design read_ram() {
  std::string text = ram, words;
  for (int i = 0; i < 512; ++i) words += std::to_string(i * 7) + " ";
  return read_design(text.replace(text.find("MEMORY"), 6, words));
}

TEST(Pipeline, PutsARegisterBehindABlockRam) {
  const auto design = read_ram();
  const Target target = *load_target("xc7");
  const auto slow = *pipeline(design, target, 20);
  EXPECT_THAT(slow.processes[0].stage, ElementsAre(0, 0, 1, 0, 1));
  // 2.5 ns from the clock to the word leave no time for two adders of 13 bits in 6 ns.
  const auto fast = *pipeline(design, target, 6);
  EXPECT_THAT(fast.processes[0].stage, ElementsAre(0, 0, 1, 0, 2));
  EXPECT_EQ(pipeline(design, *load_target("generic_lut6"), 20)->processes[0].stages, 1);
  EXPECT_FALSE(pipeline(design, target, 2.5).ok());
}

TEST(CycleSimulator, ReadsNoWordBeforeItsStage) {
  const auto design = read_design(sum);
  Schedule schedule = *pipeline(design, *load_target("unit"), 1);
  ++schedule.processes[0].stage[3];  // %3 now stands beside %4, and in front of it
  ++schedule.processes[0].stage[3];
  const hardware::Batch inputs{{"x", numeric::IntTensor{{1, 3}, {1, 2, 3}}}};
  EXPECT_DEATH(simulate(design, schedule, inputs, {}), "a word is read where no register holds it");
}

TEST(CycleSimulator, ShowsAStateThatIsWrittenTooLate) {
  const auto design = read_design(R"(design "count"
layer "rnn" "scan"
channel "x" [0,7]
channel "y" [0,28]
input "x" c0 [4]
output "y" c1 [4]
process "net" 1
  loop "t" 4
  state "sum" [0,28] : 0
  take c0
  %0 = receive c0 0 : [0,7] @0
  %1 = read_state s0 : [0,28] @0
  %2 = add %0 %1 : [0,35] @0
  %3 = clamp %2 0 28 : [0,28] @0
  %4 = write_state s0 %3 : [0,28] @0
  give c1 %3
)");
  const hardware::Batch inputs{{"x", numeric::IntTensor{{1, 4}, {1, 2, 3, 4}}}};
  Schedule schedule = *pipeline(design, *load_target("unit"), 3);
  EXPECT_EQ(simulate(design, schedule, inputs, {}).outputs, run_design(design, inputs));
  ProcessSchedule& process = schedule.processes[0];
  process.stages = 2;
  process.stage[4] = 1;
  EXPECT_THAT(simulate(design, schedule, inputs, {}).outputs.at("y").data, ElementsAre(1, 2, 4, 6));
}

TEST(Estimate, KnowsBlockRamsAndStores) {
  const Target target = *load_target("xc7");
  const auto design = read_ram();
  const Estimate rows = estimate(design, *pipeline(design, target, 20), target);
  EXPECT_EQ(rows.layers[0].memory_bits, 512 * 12);
  EXPECT_EQ(rows.block_rams, 1);  // of 18432 bits
  // The operand and the given word; the word that is read stands in the block RAM's register.
  EXPECT_EQ(rows.layers[0].register_bits, 9 + 13);
}

TEST(Estimate, CountsByLayer) {
  const auto design = read_design(sum);
  const Target unit = *load_target("unit");
  const Estimate rows = estimate(design, *pipeline(design, unit, 1), unit);
  ASSERT_EQ(rows.layers.size(), 2u);
  EXPECT_EQ(rows.layers[0].layer, "fc");
  EXPECT_EQ(rows.layers[0].adders, 2);
  EXPECT_EQ(rows.layers[0].adder_bits, 5 + 8);  // the low 2 bits of a pass by
  EXPECT_EQ(rows.layers[0].register_bits, 7 + 8 + 3 * 4);
  EXPECT_DOUBLE_EQ(rows.layers[1].luts, 7 + 1);  // over the operand's 8 bits
  EXPECT_EQ(rows.layers[1].register_bits, 7);
  EXPECT_EQ(rows.layers[1].first_stage, 2);
  EXPECT_EQ(rows.register_bits, 7 + 8 + 7 + 3 * 4 + 3);
  EXPECT_DOUBLE_EQ(rows.latency_ns(), 3);
}

/// y = a b twice, in a DSP and in LUTs.
const char* const products = R"(design "products"
layer "mul" "combine"
channel "x" [-128,127] [0,255]
channel "y" [-32640,32385] [-32640,32385]
input "x" c0 [2]
output "y" c1 [2]
process "net" 1
  take c0
  %0 = receive c0 0 : [-128,127] @0
  %1 = receive c0 1 : [0,255] @0
  %2 = multiply_dsp %0 %1 : [-32640,32385] @0
  %3 = multiply %0 %1 : [-32640,32385] @0
  give c1 %2 %3
)";

TEST(Estimate, KnowsDsps) {
  const auto design = read_design(products);
  EXPECT_EQ(hardware::print(design), products);
  const Target target = *load_target("xcup");
  const Estimate rows = estimate(design, *pipeline(design, target, 5), target);
  EXPECT_EQ(rows.layers[0].multipliers, 2);
  EXPECT_EQ(rows.layers[0].dsps, 1);
  EXPECT_EQ(rows.dsps, 1);
  EXPECT_NEAR(rows.layers[0].luts, 2.5768 * 64, 1e-6);
  const auto& process = design.processes.front();
  EXPECT_DOUBLE_EQ(delay_ns(target, process, {2}), 1.84 + 0.65);
  EXPECT_DOUBLE_EQ(dsp_clock_ns(target), 1.84 + 0.65 + 0.15);
  EXPECT_TRUE(has_dsps(target, 2.65));
  EXPECT_FALSE(has_dsps(target, 2.63));
  EXPECT_FALSE(has_dsps(*load_target("ice40"), 100));
}

TEST(Targets, AllLoad) {
  EXPECT_THAT(target_names(), ::testing::UnorderedElementsAre("ecp5", "generic_lut6", "ice40",
                                                              "unit", "xc7", "xcup"));
  for (const std::string& name : target_names()) {
    const auto target = load_target(name);
    ASSERT_TRUE(target.ok()) << to_string(target.errors());
    EXPECT_GT(target->cost(CostClass::Add).delay_ns.at(8), 0) << name;
    EXPECT_GT(target->cost(CostClass::Table).luts.at(8), 0) << name;
  }
}

// The rule that data/targets states.
TEST(Targets, TheirClockHoldsWhatIsNeverSplit) {
  for (const std::string& name : target_names()) {
    const Target target = *load_target(name);
    double longest = target.cost(CostClass::Table).delay_ns.at(14 - target.lut_inputs);
    for (const CostClass which :
         {CostClass::Add, CostClass::Compare, CostClass::Equal, CostClass::Clamp})
      longest = std::max(longest, target.cost(which).delay_ns.at(32));
    const double needed = longest + target.route_ns + target.register_ns;
    EXPECT_GE(target.clock_ns, needed) << name;
    EXPECT_LT(target.clock_ns, needed + 5) << name;
  }
}

}  // namespace
}  // namespace gatefold::schedule
