#pragma once

#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "tests/random_design.h"
#include "tests/support/temp_folder.h"

#include "gatefold/emit/emit.h"
#include "gatefold/hardware/design.h"
#include "gatefold/hardware/range.h"
#include "gatefold/schedule/schedule.h"
#include "gatefold/support/process.h"

// Emitted projects for tests, and the tools that read them.
namespace gatefold::testing {

/// Stages without a delay model: each operation in a stage not before its operands', all in
/// `stages` stages.
inline schedule::ProcessSchedule random_stages(std::mt19937_64& random,
                                               const hardware::Process& process, int stages) {
  schedule::ProcessSchedule schedule;
  schedule.stages = stages;
  for (const auto& operation : process.body) {
    int stage = 0;
    for (const auto id : hardware::operands(operation.kind)) {
      stage = std::max(stage, schedule.stage[static_cast<std::size_t>(id.index)]);
    }
    const bool later = random() % (process.body.size() / static_cast<std::size_t>(stages) + 1) == 0;
    schedule.stage.push_back(std::min(stages - 1, stage + (later ? 1 : 0)));
  }
  schedule.arrival.assign(process.body.size(), 0);
  return schedule;
}

/// random_stages of a design of one process.
inline schedule::Schedule random_schedule(std::mt19937_64& random, const hardware::Design& design,
                                          int stages) {
  schedule::Schedule schedule;
  schedule.processes.push_back(random_stages(random, design.processes.front(), stages));
  schedule.latency_cycles = stages;
  return schedule;
}

/// Random inputs and what run_design makes of them.
inline emit::Vectors golden_vectors(std::mt19937_64& random, const hardware::Design& design,
                                    std::int64_t samples) {
  emit::Vectors vectors;
  vectors.inputs = random_batch(random, design, samples);
  vectors.outputs = hardware::run_design(design, vectors.inputs);
  return vectors;
}

inline void write_files(const TempFolder& folder, const std::vector<emit::File>& files) {
  for (const auto& file : files) folder.write(file.path, file.text);
}

/// `sh build.sh <what>` in the folder; the outputs are joined.
inline ProcessOutput build(const TempFolder& folder, const std::string& what) {
  Command command;
  command.arguments = {"sh", "build.sh", what};
  command.folder = folder.path();
  auto result = run_process(command).value();
  result.output += result.errors;
  return result;
}

/// Yosys over the modules, `script` after reading and checking them.
inline ProcessOutput yosys(const TempFolder& folder, const std::string& top,
                           const std::string& script) {
  Command command;
  command.arguments = {"sh", "-c",
                       "yosys -q -p \"read_verilog -sv $(tr '\\n' ' ' <files.f); hierarchy -check "
                       "-top " +
                           top + "; " + script + "\""};
  command.folder = folder.path();
  auto result = run_process(command).value();
  result.output += result.errors;
  return result;
}

inline bool has_program(const std::string& name) { return find_program(name).has_value(); }

}  // namespace gatefold::testing

/// Ends a test that needs a tool which this machine lacks: a failure, for nobody sees a skip.
#define GATEFOLD_NEEDS_PROGRAM(name) \
  ASSERT_TRUE(::gatefold::testing::has_program(name)) << name << " is not here; run tools/setup"
