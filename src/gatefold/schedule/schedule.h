#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gatefold/hardware/design.h"
#include "gatefold/support/result.h"

namespace gatefold::schedule {

/// Delays (ns) and costs of a target's operations as a function of width (target.h).
struct Target;

/// Which pipeline stage (0-based) computes each operation of a process, beside the design.
/// A value of stage s that is used in stage t > s passes t - s registers; constants pass none.
/// Words that a process gives leave through a register at the end of the last stage. Receive and
/// Counter stand in stage 0. A store is read in stage r and written in one stage w with r <= w < r
/// + interval.
struct ProcessSchedule {
  std::vector<int> stage;       // by ValueId
  std::vector<double> arrival;  // ns into its stage at which the value is ready, by ValueId
  int stages = 1;
  std::int64_t register_bits = 0;  // of words; without the valid bits
};

/// How a channel is built. Depth 0: the giver's output register itself, its valid, ready and data
/// wired to the taker. Else a FIFO of `depth` beats behind the output register: it accepts a beat
/// while it holds fewer (a beat taken makes room from the next cycle on), and offers it from the
/// next cycle on; `Channel::initial` lies in it at reset. Ports have depth 0.
struct ChannelSchedule {
  int depth = 0;
  /// Most beats that have their place in the FIFO in one cycle, also one that leaves in it, when
  /// inputs are always valid and outputs always ready.
  int peak = 0;
};

struct Schedule {
  double clock_ns = 5;
  std::vector<ProcessSchedule> processes;
  std::vector<ChannelSchedule> channels;  // by ChannelId
  /// Of the first inference, from the first beat taken to the last beat given, when the network was
  /// idle, the inputs are always valid and the outputs always ready.
  int latency_cycles = 0;
  int interval_cycles = 1;  // from one inference to the next, steady, rounded up
  double critical_ns = 0;   // longest register to register path by the delay model
};

/// Cuts every process into the fewest stages that reach the clock, or into `stages`, with the
/// fewest register bits that any such cut has (exact: a linear program over differences, by
/// minimum cuts; fan-out counted once). Deterministic. The design must verify. ClockTooFast: an
/// operation is longer than the clock. TooFewStages: `stages` does not reach the clock.
/// RecurrenceTooLong: a store is not written in time for the next step.
Result<Schedule> pipeline(const hardware::Design& design, const Target& target, double clock_ns,
                          std::optional<int> stages = std::nullopt);

/// The stages that the deepest process needs at a clock; at least 1. Errors as of `pipeline`.
Result<int> fewest_stages(const hardware::Design& design, const Target& target, double clock_ns);

/// Bits that a value's registers hold, per stage that it crosses: 0 for constants.
int register_width(const hardware::Process& process, hardware::ValueId id);

/// By value: the last stage that reads it (`stages` for words that are given), or its own.
std::vector<int> last_reads(const hardware::Process& process, const std::vector<int>& stage,
                            int stages);

/// Register bits of a cut: each value's width times the stages from its own to its last user, or to
/// the end for words that are given.
std::int64_t register_bits(const hardware::Process& process, const std::vector<int>& stage,
                           int stages);

}  // namespace gatefold::schedule
