#include <gmock/gmock.h>
#include <limits>

#include "tests/random_design.h"
#include "tests/random_traffic.h"

#include "gatefold/schedule/cycle_simulator.h"
#include "gatefold/schedule/difference_program.h"
#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {
namespace {

using testing::at_random;

/// The least cost over all integer points, by trying them all.
std::int64_t least_cost(const DifferenceProgram& program) {
  std::vector<std::int64_t> x = program.low;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (;;) {
    std::int64_t cost = 0;
    for (std::size_t v = 0; v < x.size(); ++v) cost += program.cost[v] * x[v];
    const bool holds =
        std::all_of(program.constraints.begin(), program.constraints.end(), [&](const auto& c) {
          return x[static_cast<std::size_t>(c.to)] - x[static_cast<std::size_t>(c.from)] >=
                 c.length;
        });
    if (holds) least = std::min(least, cost);
    std::size_t v = 0;
    while (v < x.size() && x[v] == program.high[v]) x[v] = program.low[v], ++v;
    if (v == x.size()) return least;
    ++x[v];
  }
}

TEST(DifferenceProgram, IsAsCheapAsTheBestOfAllPoints) {
  std::mt19937_64 random(7);
  const auto pick = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  for (int round = 0; round < 400; ++round) {
    DifferenceProgram program;
    program.add_variable(0, 0);
    const int n = pick(1, 6);
    for (int v = 1; v <= n; ++v) {
      program.add_variable(pick(0, 1), pick(1, 4));
      program.cost.back() = pick(-9, 9);
    }
    for (int c = pick(0, 12); c > 0; --c) {
      const int from = pick(0, n), to = pick(0, n);
      if (from < to) program.constraints.push_back({from, to, pick(-1, 1)});
    }
    const std::int64_t least = least_cost(program);
    if (least == std::numeric_limits<std::int64_t>::max()) continue;  // no solution
    const auto x = solve(program);
    std::int64_t cost = 0;
    for (std::size_t v = 0; v < x.size(); ++v) cost += program.cost[v] * x[v];
    ASSERT_EQ(cost, least) << "round " << round;
    for (std::size_t v = 0; v < x.size(); ++v) {
      ASSERT_GE(x[v], program.low[v]);
      ASSERT_LE(x[v], program.high[v]);
    }
    for (const auto& c : program.constraints)
      ASSERT_GE(x[static_cast<std::size_t>(c.to)] - x[static_cast<std::size_t>(c.from)], c.length);
  }
}

/// Whether a cut keeps order and clock, by chaining the delays afresh.
bool reaches(const hardware::Process& process, const std::vector<int>& stage, const Target& target,
             double clock_ns) {
  std::vector<double> ready(stage.size());
  for (std::size_t i = 0; i < stage.size(); ++i) {
    const hardware::Operation& operation = process.body[i];
    if (operation.range.is_constant()) continue;
    for (const auto id : hardware::operands(operation.kind)) {
      const auto o = static_cast<std::size_t>(id.index);
      if (process.body[o].range.is_constant()) continue;
      if (stage[o] > stage[i]) return false;
      if (stage[o] == stage[i]) ready[i] = std::max(ready[i], ready[o]);
    }
    ready[i] += delay_ns(target, process, {static_cast<std::int32_t>(i)});
    if (ready[i] > clock_ns - target.register_ns + 1e-6) return false;
    if (std::holds_alternative<hardware::Receive>(operation.kind) && stage[i] != 0) return false;
  }
  return true;
}

/// The fewest register bits over all cuts into `stages`, by trying them all; -1 when none reaches.
std::int64_t fewest_bits(const hardware::Process& process, const Target& target, double clock_ns,
                         int stages) {
  std::vector<int> stage(process.body.size(), 0);
  std::int64_t fewest = -1;
  for (;;) {
    if (reaches(process, stage, target, clock_ns)) {
      const std::int64_t bits = register_bits(process, stage, stages);
      if (fewest < 0 || bits < fewest) fewest = bits;
    }
    std::size_t v = 0;
    while (v < stage.size() && stage[v] == stages - 1) stage[v++] = 0;
    if (v == stage.size()) return fewest;
    ++stage[v];
  }
}

class ScheduleProperty : public ::testing::TestWithParam<int> {
 protected:
  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
};

TEST_P(ScheduleProperty, FewestStagesAndFewestRegistersOfAllCuts) {
  const Target target = *load_target(GetParam() % 2 == 0 ? "unit" : "generic_lut6");
  const auto design =
      testing::random_design(random_, {.inputs = 2, .operations = 7, .outputs = 2, .widest = 16});
  const hardware::Process& process = design.processes[0];
  constexpr int most_stages = 4;  // more are too many cuts to try
  double clock_ns = GetParam() % 2 == 0 ? 1 + GetParam() % 3 : 6.8;
  auto schedule = pipeline(design, target, clock_ns);
  while (schedule.ok() && schedule->processes[0].stages > most_stages)
    schedule = pipeline(design, target, clock_ns += 1);
  ASSERT_TRUE(schedule.ok()) << to_string(schedule.errors());
  const ProcessSchedule& cut = schedule->processes[0];
  EXPECT_EQ(fewest_bits(process, target, clock_ns, cut.stages), cut.register_bits)
      << hardware::print(design);
  if (cut.stages > 1) {
    EXPECT_EQ(fewest_bits(process, target, clock_ns, cut.stages - 1), -1);
  }
}

TEST_P(ScheduleProperty, LargeCutsKeepOrderAndClock) {
  const Target target = *load_target("generic_lut6");
  const auto design = testing::random_design(random_, {.inputs = 8, .operations = 300});
  const hardware::Process& process = design.processes[0];
  for (const double clock_ns : {10.0, 16.0}) {
    const auto schedule = pipeline(design, target, clock_ns);
    ASSERT_TRUE(schedule.ok()) << to_string(schedule.errors());
    const ProcessSchedule& cut = schedule->processes[0];
    EXPECT_TRUE(reaches(process, cut.stage, target, clock_ns));
    EXPECT_EQ(cut.register_bits, register_bits(process, cut.stage, cut.stages));
    EXPECT_EQ(schedule->latency_cycles, cut.stages);
    EXPECT_LE(schedule->critical_ns, clock_ns + 1e-6);
    const auto deeper = pipeline(design, target, clock_ns, cut.stages + 2);
    ASSERT_TRUE(deeper.ok());
    EXPECT_EQ(deeper->latency_cycles, cut.stages + 2);
    EXPECT_TRUE(reaches(process, deeper->processes[0].stage, target, clock_ns));
  }
}

TEST_P(ScheduleProperty, CyclesGiveTheSameWordsUnderGapsAndStalls) {
  const Target target = *load_target("generic_lut6");
  const auto design = testing::random_design(random_, {.operations = 60});
  const auto schedule = pipeline(design, target, 9);
  ASSERT_TRUE(schedule.ok()) << to_string(schedule.errors());
  const auto inputs = testing::random_batch(random_, design, 40);
  const auto expected = hardware::run_design(design, inputs);

  const CycleTrace free = simulate(design, *schedule, inputs, {});
  EXPECT_EQ(free.outputs, expected);
  const auto &free_in = free.times.inputs[0], &free_out = free.times.outputs[0];
  for (std::size_t i = 0; i < free_out.size(); ++i) {
    EXPECT_EQ(free_out[i] - free_in[i], schedule->latency_cycles);
    EXPECT_EQ(free_in[i], static_cast<std::int64_t>(i) * schedule->interval_cycles);
  }
  const auto seed = static_cast<std::uint64_t>(GetParam());
  const CycleTrace stalled =
      simulate(design, *schedule, inputs, {at_random(seed, 60), at_random(seed + 99, 40)});
  EXPECT_EQ(stalled.outputs, expected);
  const auto &in = stalled.times.inputs[0], &out = stalled.times.outputs[0];
  EXPECT_GT(out.back(), free_out.back());
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_GE(out[i] - in[i], schedule->latency_cycles);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ScheduleProperty, ::testing::Range(0, 60));

}  // namespace
}  // namespace gatefold::schedule
