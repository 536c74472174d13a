#include "gatefold/schedule/recurrence.h"

#include <algorithm>

#include "gatefold/schedule/cut.h"

namespace gatefold::schedule {
namespace {

constexpr int longest_interval = 64;

/// An operation that no period holds is refused elsewhere, by its name.
bool fits_stages(const Timing& timing) {
  for (std::size_t i = 0; i < timing.size(); ++i)
    if (timing.longest(i) > timing.period) return false;
  return true;
}

}  // namespace

hardware::Design with_least_intervals(hardware::Design design, const Target& target,
                                      double clock_ns) {
  for (hardware::Process& process : design.processes) {
    const Timing timing = timing_of(process, target, clock_ns);
    if (!fits_stages(timing)) continue;
    const auto stores = stores_of(process);
    while (process.interval < longest_interval && earliest_stages(timing, stores).late)
      ++process.interval;
  }
  return design;
}

}  // namespace gatefold::schedule
