#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/port_times.h"

// The exact time of a network of processes, without data. Work grows with the beats, neither with
// the cycles nor with the steps: the cycle of a step that takes or gives follows from those of the
// steps that it waits for, and the steps between two of these pass at once.
namespace gatefold::schedule {

/// Whether the outside offers a beat at an input, or takes one at an output, in this cycle.
/// `port` indexes the design's inputs or outputs.
using Willing = std::function<bool(std::size_t port, std::int64_t cycle)>;

/// A missing function: always.
struct Traffic {
  Willing offers, takes;
};

/// A channel that holds as many beats as are given.
inline constexpr std::int64_t unbounded = -1;

struct ExecutionPlan {
  std::vector<int> stages;           // by process
  std::vector<std::int64_t> depths;  // by channel
  std::int64_t inferences = 1;
  std::int64_t spacing = 0;  // no process begins its inference n before cycle n * spacing
  bool records_steps = false;
  bool measures_peaks = false;
  const Traffic* traffic = nullptr;  // null: always willing
};

struct Execution {
  PortTimes times;
  /// By process, if recorded: the cycles of the steps that take or give.
  std::vector<std::vector<std::int64_t>> steps;
  std::vector<std::int64_t> peaks;  // by channel, if measured
  std::string deadlock;             // empty: every inference has left
};

/// The design must verify.
Execution execute(const hardware::Design& design, const ExecutionPlan& plan);

}  // namespace gatefold::schedule
