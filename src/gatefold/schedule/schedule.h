#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/support/result.h"

namespace gatefold::schedule {

/// Delays (ns) and costs of a target's operations as a function of width, read from
/// data/targets/<name>.json, where every number has its provenance.
struct Target;

/// Which pipeline stage (0-based) computes each operation of a process, beside the design.
/// A value of stage s that is used in stage t > s passes t - s registers. Words that a process
/// gives leave through a register at the end of the last stage.
struct ProcessSchedule {
  std::vector<int> stage;      // by ValueId
  std::vector<double> arrival;  // ns into its stage at which the value is ready, by ValueId
  int stages = 1;
};

struct Schedule {
  double clock_ns = 5;
  std::vector<ProcessSchedule> processes;
  int latency_cycles = 0;  // from the beat taken to the beat given
  int interval_cycles = 1;
  double critical_ns = 0;  // longest register to register path by the delay model
};

}  // namespace gatefold::schedule
