#pragma once

#include <cstdint>
#include <string>

#include "gatefold/schedule/execution.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold::schedule {

struct NetworkTiming {
  PortTimes times;
  /// Which process waits for which channel when the network stands still before every inference
  /// has left; else empty.
  std::string deadlock;
};

/// Exact: the cycles of the emitted hardware. The schedule must belong to the design. An input's
/// valid is high in the cycles in which `offers` is true and a beat is left.
NetworkTiming time_network(const hardware::Design& design, const Schedule& schedule,
                           std::int64_t inferences, const Traffic& traffic = {});

}  // namespace gatefold::schedule
