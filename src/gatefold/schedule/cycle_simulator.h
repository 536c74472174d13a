#pragma once

#include <cstdint>

#include "gatefold/schedule/execution.h"
#include "gatefold/schedule/schedule.h"

// A scheduled design cycle by cycle, as the emitted text behaves: every register, every store and
// every FIFO. In a process all registers load together when `advance`: no beat that stands in an
// output register has to wait there. A step starts when `advance` and all its beats are offered.
namespace gatefold::schedule {

struct CycleTrace {
  hardware::Batch outputs;
  PortTimes times;
};

/// Runs until every beat has been taken and given. `patience` cycles in which nothing moves abort.
/// An interrupt ends it early, with what has left by then. The schedule must belong to the design.
CycleTrace simulate(const hardware::Design& design, const Schedule& schedule,
                    const hardware::Batch& inputs, const Traffic& traffic,
                    std::int64_t patience = 100000);

}  // namespace gatefold::schedule
