#pragma once

#include <cstdint>
#include <vector>

namespace gatefold::schedule {

/// The cycle, from 0 after reset, in which each beat of each port moves: by port in the design's
/// order, by beat.
struct PortTimes {
  std::vector<std::vector<std::int64_t>> inputs, outputs;

  /// Cycles from the first inference's first beat taken to its last beat given; `inferences` have
  /// run.
  std::int64_t latency(std::int64_t inferences) const;
  /// Cycles from one inference's last output to the next one's, over the last half of the
  /// inferences, rounded up.
  std::int64_t interval(std::int64_t inferences) const;

  friend bool operator==(const PortTimes&, const PortTimes&) = default;
};

}  // namespace gatefold::schedule
