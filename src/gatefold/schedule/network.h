#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold::schedule {

/// Whether an inference comes to its end for every traffic: there is an order of firings, each of
/// which takes and gives all its beats at once, when a channel holds max(1, depth) beats and a
/// process with a full wire behind it does not fire. docs/architecture.md, "Networks", has the
/// proof that the pipelined network then never stands still.
bool never_deadlocks(const hardware::Design& design, const std::vector<std::int64_t>& depths);

struct NetworkSchedule {
  std::vector<ChannelSchedule> channels;
  std::int64_t latency = 0, interval = 1;  // cycles, as in Schedule
};

/// The depths of the channels between processes, and the time of the network. They keep the best
/// interval that channels without bounds have: taken from a periodic schedule in which each process
/// fires as late as its takers allow, then lowered as long as the exact execution keeps the
/// interval and the work allows. `most_wired` processes at most are joined by wires in a row: their
/// handshakes are one combinational path. Deterministic.
NetworkSchedule schedule_network(const hardware::Design& design, const std::vector<int>& stages,
                                 int most_wired);

}  // namespace gatefold::schedule
