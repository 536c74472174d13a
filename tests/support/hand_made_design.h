#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/emitted_project.h"

// Designs of one process, operation by operation with their stages.
namespace gatefold::testing {

class HandMadeDesign {
 public:
  HandMadeDesign() {
    design_.name = "hand made";
    design_.layers = {{"first", "linear"}, {"second", "map"}};
    design_.processes.resize(1);
    process().name = "net";
  }

  hardware::Process& process() { return design_.processes.front(); }

  hardware::ChannelId channel(const std::string& name,
                              const std::vector<numeric::Interval>& words) {
    design_.channels.push_back({name, words, {}});
    return {static_cast<std::int32_t>(design_.channels.size()) - 1};
  }
  hardware::ChannelId input(const std::string& name, const std::vector<numeric::Interval>& words,
                            hardware::When when, std::int64_t beats) {
    const auto id = channel(name, words);
    design_.inputs.push_back({name, id, {beats, static_cast<std::int64_t>(words.size())}});
    process().takes.push_back({id, std::move(when)});
    return id;
  }
  void output(const std::string& name, const std::vector<hardware::ValueId>& values,
              hardware::When when, std::int64_t beats) {
    std::vector<numeric::Interval> words;
    for (const auto id : values) words.push_back(process().operation(id).range);
    const auto id = channel(name, words);
    design_.outputs.push_back({name, id, {beats, static_cast<std::int64_t>(words.size())}});
    process().gives.push_back({id, values, std::move(when)});
  }
  hardware::ValueId add(const hardware::Kind& kind, int layer, int stage) {
    stages_.push_back(stage);
    return process().add(kind, hardware::range_of(kind, process(), design_.channels).value(),
                         layer);
  }
  hardware::ValueId claim(const hardware::Kind& kind, const numeric::Interval& range, int layer,
                          int stage) {
    stages_.push_back(stage);
    return process().add(kind, range, layer);
  }

  const hardware::Design& design() const { return design_; }
  schedule::Schedule schedule(int stages, int latency, int interval) const {
    schedule::Schedule schedule;
    schedule.processes.push_back({stages_, std::vector<double>(stages_.size()), stages, 0});
    schedule.latency_cycles = latency;
    schedule.interval_cycles = interval;
    return schedule;
  }

 private:
  hardware::Design design_;
  std::vector<int> stages_;
};

/// Lint, simulation and the simulated netlist.
inline void check(const HandMadeDesign& builder, int stages, int latency, int interval) {
  GATEFOLD_NEEDS_PROGRAM("iverilog");
  ASSERT_EQ(hardware::verify(builder.design()), "");
  std::mt19937_64 random(1);
  const TempFolder folder;
  write_files(folder,
              emit::emit_project(builder.design(), builder.schedule(stages, latency, interval),
                                 golden_vectors(random, builder.design(), 40)));
  const auto simulated = build(folder, "icarus");
  EXPECT_EQ(simulated.exit_code, 0) << simulated.output;
  EXPECT_THAT(simulated.output, ::testing::HasSubstr("vectors=40 mismatches=0 bits=0"));
  GATEFOLD_NEEDS_PROGRAM("verilator");
  EXPECT_THAT(build(folder, "lint").output, ::testing::IsEmpty());
  GATEFOLD_NEEDS_PROGRAM("yosys");
  EXPECT_THAT(yosys(folder, "hand_made", "synth -flatten; write_verilog -noattr net.v").output,
              ::testing::IsEmpty());
  folder.write("files.f", "net.v\n");
  EXPECT_THAT(build(folder, "icarus").output,
              ::testing::HasSubstr("vectors=40 mismatches=0 bits=0"));
}

}  // namespace gatefold::testing
