#pragma once

#include <cstdint>

#include "gatefold/adder_graph/elimination.h"
#include "gatefold/adder_graph/network.h"
#include "gatefold/adder_graph/pair_counts.h"
#include "gatefold/adder_graph/region.h"

namespace gatefold::adder_graph {

/// Rounds that dissolve a small region of a network and eliminate it anew with noise. A round that
/// costs more is taken back, or kept with a probability that falls with its cost and with
/// time (large neighbourhood search, Shaw 1998; simulated annealing, Kirkpatrick 1983).
class Improvement {
 public:
  Improvement(Network& network, std::uint64_t seed);
  ~Improvement();
  Improvement(const Improvement&) = delete;
  Improvement& operator=(const Improvement&) = delete;

  /// `work`: pairs to look up, `rounds`: at most so many, `temperature`: of the first one, in full
  /// adders.
  void run(std::int64_t work, std::int64_t rounds, double temperature);

 private:
  void round(double temperature);
  bool accepts(std::int64_t cost, double temperature);

  Network& network_;
  Random random_;
  PairCounts counts_;
  Elimination elimination_;
  std::int64_t cost_ = 0;
};

}  // namespace gatefold::adder_graph
