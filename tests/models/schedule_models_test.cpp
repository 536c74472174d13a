// The bundled models as pipelines: the cycle simulator agrees with the untimed design.
#include <gtest/gtest.h>

#include "tests/random_design.h"

#include "gatefold/frontends/read_model.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/layers/import_model.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/schedule/cycle_simulator.h"
#include "gatefold/schedule/estimate.h"

namespace gatefold {
namespace {

hardware::Design lower(const std::string& path) {
  const auto graph = layers::import_model(
      *frontends::read_model(std::string(GATEFOLD_SOURCE_DIR) + "/models/" + path));
  return hardware::simplify(*lowering::lower(*graph));
}

TEST(ScheduleModels, PipelinesGiveTheWordsOfTheDesign) {
  const schedule::Target target = *schedule::load_target("xcup");
  for (const char* file : {"jet_tagger/jet_tagger.onnx", "digits/digits.onnx"}) {
    const hardware::Design design = lower(file);
    std::mt19937_64 random(3);
    const auto inputs = testing::random_batch(random, design, 50);
    const auto expected = hardware::run_design(design, inputs);
    for (const double clock_ns : {5.0, 3.5}) {
      const auto schedule = schedule::pipeline(design, target, clock_ns);
      ASSERT_TRUE(schedule.ok()) << to_string(schedule.errors());
      const auto rows = schedule::estimate(design, *schedule, target);
      EXPECT_LE(schedule->critical_ns, clock_ns);
      EXPECT_GT(rows.luts, 0);
      RecordProperty("stages", schedule->latency_cycles);
      RecordProperty("register_bits", static_cast<int>(rows.register_bits));
      const auto trace =
          schedule::simulate(design, *schedule, inputs,
                             {[](std::size_t, std::int64_t cycle) { return cycle % 5 != 2; },
                              [](std::size_t, std::int64_t cycle) { return cycle % 3 != 1; }});
      EXPECT_EQ(trace.outputs, expected) << file << " at " << clock_ns << " ns";
    }
  }
}

}  // namespace
}  // namespace gatefold
