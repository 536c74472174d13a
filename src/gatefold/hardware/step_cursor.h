#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// Walks the steps of a process, inference after inference. The counts and the conditions that are
/// watched cost a few loads a step, whatever the trips of the loops are.
class StepCursor {
 public:
  explicit StepCursor(const Process& process);

  /// Asks for a condition; `holds` answers by the number that this gives.
  std::size_t watch(const When& when);
  bool holds(std::size_t watched) const;
  /// Whether the watched condition holds at every step.
  bool always(std::size_t watched) const { return conditions_[watched].empty(); }
  std::int64_t count(int loop) const { return counts_[static_cast<std::size_t>(loop)]; }

  /// Goes to the next step: the first one after the last.
  void next();

 private:
  /// The counts of one loop at which a condition holds.
  struct Counts {
    std::size_t loop = 0;
    std::vector<char> holds;
  };

  const Process* process_;
  std::vector<std::int64_t> counts_;
  std::vector<std::vector<Counts>> conditions_;
};

}  // namespace gatefold::hardware
