#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// What a layer is expected to cost before synthesis. A value's registers count for the layer that
/// computes it, as its emitted module holds them.
struct LayerEstimate {
  std::string layer, kind;
  std::map<std::string, int> operations;  // by name (`add`, `lookup`, …), without constants
  int adders = 0;                         // add, subtract and negate
  std::int64_t adder_bits = 0;            // full adders of them, by their carry chains
  double luts = 0;
  std::int64_t register_bits = 0;
  int first_stage = 0, last_stage = -1;  // last < first: nothing is left of the layer
};

struct Estimate {
  std::vector<LayerEstimate> layers;  // in the order of the design's
  double luts = 0;                    // all layers and the handshake
  std::int64_t register_bits = 0;     // with the valid bits
  int latency_cycles = 0, interval_cycles = 1;
  double clock_ns = 0, critical_ns = 0;
  double latency_ns() const { return latency_cycles * clock_ns; }
};

/// The schedule must belong to the design and the target.
Estimate estimate(const hardware::Design& design, const Schedule& schedule, const Target& target);

}  // namespace gatefold::schedule
