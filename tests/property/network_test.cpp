// Random designs of several processes: their meaning, their exact time and the cycle simulator,
// which knows registers and no formulas, agree under every traffic.
#include "gatefold/schedule/network.h"

#include <gmock/gmock.h>
#include <optional>

#include "tests/random_network.h"
#include "tests/random_traffic.h"

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/cycle_simulator.h"
#include "gatefold/schedule/network_timing.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {
namespace {

using hardware::Batch;
using hardware::Design;
using testing::at_random;

class NetworkProperty : public ::testing::TestWithParam<int> {
 protected:
  Schedule schedule() const {
    const std::optional<int> stages =
        GetParam() % 2 == 0 ? std::nullopt : std::optional(2 + GetParam() % 5);
    auto made = pipeline(design_, *load_target("generic_lut6"), 9.0 + GetParam() % 3, stages);
    EXPECT_TRUE(made.ok()) << to_string(made.errors());
    return *std::move(made);
  }

  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
  Design design_ = testing::random_network(random_, {.processes = 1 + GetParam() % 7});
};

TEST_P(NetworkProperty, VerifiesAndPrints) {
  ASSERT_EQ(verify(design_), "") << print(design_);
  const auto parsed = hardware::parse(print(design_));
  ASSERT_TRUE(parsed.ok()) << to_string(parsed.errors());
  EXPECT_EQ(print(*parsed), print(design_));
}

TEST_P(NetworkProperty, CursorsFindTheStepsThatTakeOrGive) {
  for (const hardware::Process& process : design_.processes) {
    hardware::StepCursor cursor(process);
    for (const hardware::Take& take : process.takes) cursor.watch(take.when);
    const auto moves = [&](std::int64_t step) {
      return std::ranges::any_of(process.takes, [&](const hardware::Take& take) {
        return process.holds(take.when, step);
      });
    };
    std::int64_t at = cursor.skip();
    for (std::int64_t step = 0; step < process.steps(); ++step) {
      if (at > step) {
        ASSERT_FALSE(moves(step)) << process.name << " step " << step;
        continue;
      }
      ASSERT_TRUE(moves(step)) << process.name << " step " << step;
      for (std::size_t t = 0; t < process.takes.size(); ++t)
        ASSERT_EQ(cursor.holds(t), process.holds(process.takes[t].when, step));
      for (std::size_t loop = 0; loop < process.loops.size(); ++loop)
        ASSERT_EQ(cursor.count(static_cast<int>(loop)),
                  process.count_at(static_cast<int>(loop), step));
      cursor.next();
      at = step + 1 + cursor.skip();
    }
    EXPECT_GE(at, process.steps());
  }
}

TEST_P(NetworkProperty, CyclesAreThoseOfTheTimingAndWordsThoseOfTheDesign) {
  const Schedule made = schedule();
  const Batch inputs = testing::random_batch(random_, design_, 5);
  const Batch expected = hardware::run_design(design_, inputs);
  const auto seed = static_cast<std::uint64_t>(GetParam());
  for (const Traffic& traffic :
       {Traffic{}, Traffic{at_random(seed, 50), {}}, Traffic{{}, at_random(seed + 7, 30)},
        Traffic{at_random(seed + 1, 20), at_random(seed + 2, 60)}}) {
    const NetworkTiming timing = time_network(design_, made, 5, traffic);
    ASSERT_EQ(timing.deadlock, "") << print(design_);
    const CycleTrace trace = simulate(design_, made, inputs, traffic, 2000);
    for (const auto& [name, tensor] : expected)
      EXPECT_EQ(trace.outputs.at(name).data, tensor.data) << name << "\n" << print(design_);
    EXPECT_EQ(timing.times, trace.times) << print(design_);
  }
}

TEST_P(NetworkProperty, LatencyAndIntervalAreThoseOfALongRun) {
  const Schedule made = schedule();
  const CycleTrace one = simulate(design_, made, testing::random_batch(random_, design_, 1), {});
  EXPECT_EQ(one.times.latency(1), made.latency_cycles);
  const CycleTrace many = simulate(design_, made, testing::random_batch(random_, design_, 120), {});
  EXPECT_EQ(many.times.interval(120), made.interval_cycles) << print(design_);
  std::int64_t least = 1;
  for (const hardware::Process& process : design_.processes)
    least = std::max(least, (process.steps() - 1) * process.interval + 1);
  EXPECT_GE(made.interval_cycles, least);
}

/// Whether the network runs at this interval with these depths.
bool keeps(const Design& design, const Schedule& schedule) {
  std::vector<std::int64_t> depths;
  for (const ChannelSchedule& channel : schedule.channels) depths.push_back(channel.depth);
  if (!never_deadlocks(design, depths)) return false;
  const NetworkTiming timing = time_network(design, schedule, 40);
  return timing.deadlock.empty() && timing.times.interval(40) <= schedule.interval_cycles;
}

TEST_P(NetworkProperty, EveryBeatOfDepthIsNeeded) {
  const Schedule made = schedule();
  EXPECT_TRUE(keeps(design_, made));
  for (std::size_t c = 0; c < made.channels.size(); ++c) {
    Schedule lower = made;
    const auto least = std::max<std::size_t>(design_.channels[c].initial.size(), 1);
    if (static_cast<std::size_t>(made.channels[c].depth) <= least) continue;
    --lower.channels[c].depth;
    EXPECT_FALSE(keeps(design_, lower)) << "channel " << c << " of\n" << print(design_);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, NetworkProperty, ::testing::Range(0, 200));

}  // namespace
}  // namespace gatefold::schedule
