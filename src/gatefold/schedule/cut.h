#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// A value that is a literal in every stage: no hardware, no registers, no time.
bool is_free_constant(const hardware::Operation& operation);

/// What cutting a process into stages needs to know about it. Times are in picoseconds.
struct Timing {
  const hardware::Process* process = nullptr;
  std::int64_t period = 0;          // left to the operations of a stage
  std::vector<std::int64_t> delay;  // by ValueId
  /// By ValueId: 0, or the time in the next stage at which a word that is read from a block RAM is
  /// there; none of its users stands in the stage of the read.
  std::vector<std::int64_t> late;
  std::vector<std::vector<int>> operands;  // by ValueId, without constants
  std::vector<std::vector<int>> users;     // by ValueId

  std::size_t size() const { return delay.size(); }
  bool is_constant(std::size_t i) const;
  /// What one clock period must hold of an operation.
  std::int64_t longest(std::size_t i) const { return std::max(delay[i], late[i]); }
};

Timing timing_of(const hardware::Process& process, const Target& target, double clock_ns);

/// The operations that read and write one state or memory.
struct Store {
  std::string name;
  std::vector<int> reads, writes;
};
std::vector<Store> stores_of(const hardware::Process& process);

/// Each operation's earliest stage. When a store is written too late for the next step, the store's
/// name is in `late`.
struct Earliest {
  std::vector<int> stage;
  std::optional<std::string> late;
  int stages() const;
};
Earliest earliest_stages(const Timing& timing, const std::vector<Store>& stores);

/// j stands at least `stages` after i.
struct Distance {
  int i = 0, j = 0, stages = 1;
};

/// Where a path from i to j is longer than a stage; what follows from others is left out.
std::vector<Distance> long_paths(const Timing& timing);

/// The stages with the fewest register bits.
std::vector<int> cut_with_fewest_registers(const Timing& timing, const std::vector<Store>& stores,
                                           const std::vector<int>& earliest, int stages);

/// Picoseconds into its stage at which each value is ready.
std::vector<std::int64_t> arrivals(const Timing& timing, const std::vector<int>& stage);

}  // namespace gatefold::schedule
