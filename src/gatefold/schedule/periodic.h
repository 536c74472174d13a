#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::schedule {

/// The processes at the ends of a channel; -1: the outside.
struct Ends {
  int giver = -1, taker = -1;
  bool is_inner() const { return giver >= 0 && taker >= 0; }
};
std::vector<Ends> channel_ends(const hardware::Design& design);

/// By process, then by process: whether beats of the first reach the second.
std::vector<std::vector<char>> reaches(const hardware::Design& design);

/// The cycles of each process's steps of one inference that take or give; the next inference is
/// `interval` later. Channels are without bounds.
struct PeriodicSchedule {
  std::int64_t interval = 1;
  std::vector<std::vector<std::int64_t>> steps;  // by process
};

/// As often as the slowest process and the feedback allow. Each process fires as late as its takers
/// need its beats; those that give to a port or are part of a feedback fire as early as they can.
PeriodicSchedule periodic_schedule(const hardware::Design& design, const std::vector<int>& stages);

/// When a beat has its room in the channel: when it comes to the output register, or already when
/// its step fires.
enum class Room { AtOutput, AtStep };

/// The least depths for which every beat of the periodic schedule has room in time; by channel, 0
/// for ports.
std::vector<std::int64_t> depths_of(const hardware::Design& design,
                                    const PeriodicSchedule& schedule,
                                    const std::vector<int>& stages, Room room);

/// At most so many steps of an inference take or give.
std::int64_t most_moves(const hardware::Design& design);

/// How many inferences an exact execution runs, so that it is steady at the end.
std::int64_t inferences_to_run(const hardware::Design& design);

}  // namespace gatefold::schedule
