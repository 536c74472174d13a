#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/adder_graph/network.h"
#include "gatefold/adder_graph/pair_counts.h"

namespace gatefold::adder_graph {

/// How the elimination values a pair.
struct Taste {
  double growth = 1.0;  // bits added to the operands' overlap for each occurrence saved
  double own = 0.5;     // share of the pair's own adder that is charged
  double noise = 0.0;   // relative, uniform in [0, noise), by pair and seed
  std::uint64_t seed = 0;
};

/// Greedy elimination of two-term patterns that several columns share (Hartley 1996), at most
/// valuable first. A column of terms with arrivals d can still be summed within its limit D if and
/// only if sum 2^d <= 2^D (Kraft), so the bound is kept exactly: a pattern is replaced only where
/// this stays true. A heap of stale scores is an exact priority queue: counts that rise are offered
/// again, those that fall are found out when their pair comes up.
class Elimination {
 public:
  /// `counts` counts the pairs of `network`.
  Elimination(Network& network, PairCounts& counts) : network_(network), counts_(counts) {}
  /// Replaces pairs, beginning with those whose counts have risen, until none is worth it.
  void run(const Taste& taste);

 private:
  struct Candidate {
    double score = 0;
    std::uint64_t key = 0;
    bool operator<(const Candidate& other) const {
      return score != other.score ? score < other.score : key < other.key;
    }
  };
  struct Occurrence {
    std::int32_t column = 0;
    Use first, second;
  };

  bool refill();
  void offer_risen();
  void offer(std::uint64_t key, int count);
  double score(std::uint64_t key, int count) const;
  void find_occurrences(const Pair& pair);
  void pair_up(const Pair& pair, std::span<const Use> first, std::span<const Use> second);
  bool fits(const Pair& pair, int column, int earlier) const;
  void replace(const Pair& pair);

  Network& network_;
  PairCounts& counts_;
  Taste taste_;
  std::vector<Candidate> heap_, later_;  // of scores from the cutoff on; of lower ones
  double cutoff_ = 0;
  std::vector<Occurrence> found_;
};

/// Pairs of digits of one column, over all columns.
double pairs_of(const Network& network);

/// A gigabyte, and a minute.
constexpr double most_pairs_in_a_table = 64e6;

/// Eliminates what all columns share and tidies. More than `most_pairs` are counted within groups
/// of nodes, one group after the other, which finds less.
void eliminate(Network& network, double most_pairs);

}  // namespace gatefold::adder_graph
