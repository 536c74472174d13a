#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// Walks the steps of a process, inference after inference. A step costs work only for the loops
/// whose counts change, and for the watched conditions on them.
class StepCursor {
 public:
  explicit StepCursor(const Process& process);

  /// Asks for a condition; `holds` answers by the number that this gives.
  std::size_t watch(const When& when);
  bool holds(std::size_t watched) const { return failing_[watched] == 0; }
  /// Whether one of the watched conditions holds.
  bool any() const;
  std::int64_t count(int loop) const { return counts_[static_cast<std::size_t>(loop)]; }

  /// Goes to the next step: the first one after the last.
  void next();
  /// Goes on while no watched condition holds, at most to the first step of the next inference; the
  /// number of steps. Work grows with the loops, not with the steps.
  std::int64_t skip();

 private:
  /// The counts of a loop at which a condition holds, as far as it asks for that loop.
  struct Counts {
    std::size_t condition = 0;
    std::vector<char> holds;
    std::vector<std::int64_t> next;  // the first count from here on at which it holds, or the trips
  };
  /// A count of a loop before which no watched condition can hold.
  struct Goal {
    std::size_t loop = 0;
    std::int64_t count = 0;
  };

  void set_count(std::size_t loop, std::int64_t count);
  /// Goes to the next count of the loop; false when that is the first one of all loops.
  bool step(std::size_t loop);
  Goal goal() const;
  std::int64_t steps_to(const Goal& goal) const;

  const Process* process_;
  std::vector<std::int64_t> counts_;
  std::vector<std::int64_t> inner_steps_;        // by loop: steps of one count
  std::vector<std::vector<Counts>> conditions_;  // by loop
  std::vector<int> failing_;                     // by condition: loops that do not hold
};

}  // namespace gatefold::hardware
