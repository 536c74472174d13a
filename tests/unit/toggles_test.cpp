// Activity counted by hand.
#include "gatefold/schedule/toggles.h"

#include <gtest/gtest.h>

#include "gatefold/hardware/design.h"

namespace gatefold::schedule {
namespace {

using hardware::Design;

/// A running sum with its memory of the last beats: y = sum of x, modulo 16.
Design running_sum() {
  auto design = hardware::parse(R"(design "sum"
layer "in" "input"
layer "rnn" "scan"
channel "x" [0,3]
channel "y" [0,15]
input "x" c0 [1]
output "y" c1 [1]
process "net" 1
  memory "line" [0,3] : 0 0
  state "sum" [0,15] : 0
  take c0
  %0 = receive c0 0 : [0,3] @0
  %1 = read_state s0 : [0,15] @1
  %2 = add %0 %1 : [0,18] @1
  %3 = wrap %2 u4 : [0,15] @1
  %4 = write_state s0 %3 : [0,15] @1
  %5 = constant 1 : [1,1] @0
  %6 = read_memory m0 %5 : [0,3] @0
  %7 = write_memory m0 %5 %0 %0 : [0,3] @0
  give c1 %3
)");
  EXPECT_TRUE(design.ok()) << to_string(design.errors());
  EXPECT_EQ(verify(*design), "");
  return *std::move(design);
}

TEST(Toggles, AreThoseCountedByHand) {
  const Design design = running_sum();
  Schedule schedule;
  schedule.processes.push_back({std::vector<int>(8, 0), std::vector<double>(8), 2, 0});
  schedule.processes[0].stage[3] = schedule.processes[0].stage[4] = 0;
  schedule.channels.resize(2);
  // x:           1  3  0  2     %0 toggles  1 + 2 + 1 = 4, no register
  // sum before:  0  1  4  4     %1          1 + 2 + 0 = 3, no register
  // %2 and %3:   1  4  4  6     each        2 + 0 + 1 = 3, %3 passes two registers of 4 bits
  // line[1]:     0  1  3  3     %6          1 + 1 + 0 = 2; read 4 times, written where x is not 0
  const Toggles toggles = count_toggles(design, schedule, {{"x", {{4, 1}, {1, 3, 0, 2}}}});
  EXPECT_EQ(toggles.inferences, 4);
  const LayerToggles &in = toggles.layers[0], &rnn = toggles.layers[1];
  EXPECT_EQ(in.words, 4 + 2 + 4);       // %0, %6 and %7, whose value is %0
  EXPECT_EQ(rnn.words, 3 + 3 + 3 + 3);  // %1, %2, %3 and %4, whose value is %3
  EXPECT_EQ(in.registers, 0);
  EXPECT_EQ(rnn.registers, 2 * 3);
  EXPECT_EQ(rnn.clocked, 4 * 4 * 2 + 4 * 4);  // two registers and the state
  EXPECT_EQ(in.read, 4 * 2);
  EXPECT_EQ(in.written, 3 * 2);
  EXPECT_EQ(toggles.queued, 0);
  EXPECT_EQ(toggles.total().words, in.words + rnn.words);
}

}  // namespace
}  // namespace gatefold::schedule
