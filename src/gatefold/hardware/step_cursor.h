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
  std::int64_t count(int loop) const { return counts_[static_cast<std::size_t>(loop)]; }

  /// Goes to the next step: the first one after the last.
  void next();

 private:
  /// The counts of a loop at which a condition holds, as far as it asks for that loop.
  struct Counts {
    std::size_t condition = 0;
    std::vector<char> holds;
  };
  void set_count(std::size_t loop, std::int64_t count);

  const Process* process_;
  std::vector<std::int64_t> counts_;
  std::vector<std::vector<Counts>> conditions_;  // by loop
  std::vector<int> failing_;                     // by condition: loops that do not hold
};

}  // namespace gatefold::hardware
