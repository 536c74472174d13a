#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gatefold/schedule/schedule.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// What a layer is expected to cost before synthesis. A value's registers count for the layer that
/// computes it, as its emitted module holds them; a store for the layer that first reads it.
struct LayerEstimate {
  std::string layer, kind;
  std::map<std::string, int> operations;  // by name (`add`, `lookup`, …), without constants
  int adders = 0;                         // add, subtract and negate
  std::int64_t adder_bits = 0;            // full adders of them, by their carry chains
  int multipliers = 0;                    // of two computed words
  std::int64_t dsps = 0;                  // multipliers that are one
  double luts = 0;                        // or an area, registers included (Target::register_area)
  std::int64_t register_bits = 0;         // with states, and memories where the target has no RAM
  std::int64_t memory_bits = 0;           // of memories, whatever holds them
  std::int64_t block_rams = 0;
  int first_stage = 0, last_stage = -1;  // last < first: nothing is left of the layer
};

struct Estimate {
  std::vector<LayerEstimate> layers;  // in the order of the design's
  double luts = 0;                    // all layers, the channels and the handshakes
  std::int64_t register_bits = 0;     // the same, with counts and valid bits
  std::int64_t memory_bits = 0;       // of the layers' memories
  std::int64_t queue_bits = 0;        // of the channels' FIFOs, whatever holds them
  std::int64_t block_rams = 0;        // of both
  std::int64_t dsps = 0;
  int latency_cycles = 0, interval_cycles = 1;
  double clock_ns = 0, critical_ns = 0;
  double latency_ns() const { return latency_cycles * clock_ns; }
};

/// The schedule must belong to the design and the target.
Estimate estimate(const hardware::Design& design, const Schedule& schedule, const Target& target);

}  // namespace gatefold::schedule
