#pragma once

#include <cstdint>

#include "gatefold/emulate/emulator.h"

namespace gatefold::driver {

/// How many vectors of each kind a comparison runs on.
struct VectorCounts {
  std::int64_t real = 0;     // the user's data
  std::int64_t random = 0;   // uniform in each element's range
  std::int64_t extreme = 0;  // every element at one of its two ends
  std::int64_t total() const { return real + random + extreme; }
};

struct Vectors {
  emulate::RawBatch inputs;  // real, then random, then extreme
  VectorCounts counts;
};

/// Input vectors for a graph: the given real ones (may be empty), then random and extreme ones from
/// a fixed seed; the first extremes are all lows, all highs. Interrupted.
Result<Vectors> make_vectors(const graph::Graph& graph, const emulate::RawBatch& real,
                             std::int64_t random, std::int64_t extreme, std::uint64_t seed = 1);

}  // namespace gatefold::driver
