// Monotone step functions as hardware: every word equals the function, whatever hardware was
// cheapest.
#include "gatefold/lowering/steps.h"

#include <gtest/gtest.h>
#include <random>

#include "gatefold/hardware/design.h"

namespace gatefold {
namespace {

using numeric::Interval;
using numeric::StepFunction;

class RandomSteps {
 public:
  explicit RandomSteps(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }

  Interval range() {
    const std::int64_t unit = std::int64_t{1} << (between(0, 3) == 0 ? 2 : 0);
    const std::int64_t low = between(-2000, 100) * unit;
    const int zeros = unit == 4 ? 2 : 0;
    return {low, low + between(1, 4000) * unit, zeros};
  }

  StepFunction steps(const Interval& range) {
    StepFunction steps{between(-40, 40), between(0, 1) == 1, {}};
    const std::int64_t count = between(0, 3) == 0 ? between(0, 3) : between(0, 300);
    const std::int64_t middle = between(range.low, range.high);
    const bool dense = between(0, 1) == 1;  // most steps in one place, as of a sigmoid
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t at = dense ? middle + between(-99, 99) : between(range.low, range.high);
      const std::int64_t first = range.low + (steps.falling ? 0 : 1);
      const std::int64_t last = range.high - (steps.falling ? 1 : 0);
      steps.thresholds.push_back(std::clamp(at, first, last));
    }
    std::ranges::sort(steps.thresholds);
    if (steps.falling) std::ranges::reverse(steps.thresholds);
    return steps;
  }

 private:
  std::mt19937_64 random_;
};

numeric::IntTensor all_of(const Interval& range) {
  numeric::IntTensor words;
  for (auto x = range.low; x <= range.high; x += std::int64_t{1} << range.zeros)
    words.data.push_back(x);
  words.shape = {static_cast<std::int64_t>(words.data.size()), 1};
  return words;
}

TEST(LowerSteps, EqualTheFunctionOnEveryWord) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomSteps random(seed);
    const Interval range = random.range();
    const StepFunction steps = random.steps(range);
    hardware::Design design;
    design.processes.emplace_back().name = "steps";
    const graph::Graph none;
    lowering::Lowerer lowerer(none, {}, design, 0);
    lowerer.enter_layer("steps", "quantize");
    const auto in = lowerer.add_channel("x", {range});
    design.inputs.push_back({"x", in, {1}, {}});
    design.processes[0].takes.push_back({in, {}});
    const auto x = lowerer.emit(hardware::Receive{in, 0}, range);
    const auto y = lowering::lower_steps(lowerer, x, steps);
    const auto out = lowerer.add_channel("y", {lowerer.range(y)});
    design.outputs.push_back({"y", out, {1}, {}});
    design.processes[0].gives.push_back({out, {y}, {}});
    ASSERT_EQ(hardware::verify(design), "") << seed;
    const auto words = all_of(range);
    const auto got = hardware::run_design(design, {{"x", words}}).at("y");
    for (std::size_t i = 0; i < words.data.size(); ++i)
      ASSERT_EQ(got.data[i], steps.at(words.data[i])) << "seed " << seed << " x " << words.data[i];
  }
}

TEST(LowerSteps, OfATableAreTheTable) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    RandomSteps random(seed);
    const Interval range = random.range();
    const StepFunction steps = random.steps(range);
    std::vector<std::int64_t> entries;
    for (auto x = range.low; x <= range.high; ++x) entries.push_back(steps.at(x));
    const auto found = lowering::steps_of(entries, range.low);
    ASSERT_TRUE(found);
    for (auto x = range.low; x <= range.high; ++x) ASSERT_EQ(found->at(x), steps.at(x));
  }
  EXPECT_FALSE(lowering::steps_of({0, 2, 1, 3}, 0));
}

}  // namespace
}  // namespace gatefold
