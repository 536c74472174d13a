#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "gatefold/schedule/schedule.h"

// The pipeline of a scheduled design cycle by cycle, as the emitted text behaves: each stage has a
// valid bit; all registers load together when `advance = !valid_out || ready_out`; the inputs are
// ready when `advance` and every input offers a beat; the outputs are valid together.
namespace gatefold::schedule {

/// Whether the outside offers a beat (inputs) or takes one (outputs) in this cycle.
using Willing = std::function<bool(std::int64_t cycle)>;

struct Traffic {
  Willing offers = [](std::int64_t) { return true; };
  Willing takes = [](std::int64_t) { return true; };
};

struct CycleTrace {
  hardware::Batch outputs;
  /// Cycle of each inference's beats, from 0: `in` the input's transfer, `out` the output's.
  std::vector<std::int64_t> in, out;
};

/// Runs until every inference has left. For designs of one fully parallel process; `patience`
/// cycles without a transfer abort. An interrupt ends it early, with what has left by then.
CycleTrace simulate(const hardware::Design& design, const Schedule& schedule,
                    const hardware::Batch& inputs, const Traffic& traffic,
                    std::int64_t patience = 100000);

}  // namespace gatefold::schedule
