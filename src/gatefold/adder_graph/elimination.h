#pragma once

#include <cstdint>
#include <queue>
#include <span>
#include <vector>

#include "gatefold/adder_graph/network.h"
#include "gatefold/adder_graph/pair_table.h"

namespace gatefold::adder_graph {

/// How the elimination values a pair.
struct Taste {
  double growth = 1.0;  // bits added to the operands' overlap for each occurrence saved
  double own = 0.5;     // share of the pair's own adder that is charged
  double depth_price = 0.0;
  double noise = 0.0;  // relative, uniform in [0, noise), by pair and seed
  std::uint64_t seed = 0;
};

/// Greedy elimination of two-term patterns that several columns share (Hartley 1996), at most
/// valuable first. A column of terms with arrivals d can still be summed within its limit D if and
/// only if sum 2^d <= 2^D (Kraft), so the bound is kept exactly: a pattern is replaced only where
/// this stays true. Pair counts only ever fall, so a heap of stale scores is an exact priority
/// queue.
class Elimination {
 public:
  Elimination(Network& network, std::vector<Column>& columns, const Taste& taste);
  void run();

 private:
  struct Use {
    std::int32_t column = 0;
    std::int16_t shift = 0;
    std::int16_t sign = 0;
    friend auto operator<=>(const Use&, const Use&) = default;
  };
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

  template <typename Visit>
  void for_each_pair(bool fresh, Visit visit);
  void count_all();
  void forget(std::uint64_t key);
  void offer(std::uint64_t key, int count);
  double score(std::uint64_t key, int count) const;
  void find_occurrences(const Pair& pair);
  void pair_up(const Pair& pair, std::span<const Use> first, std::span<const Use> second);
  bool fits(const Pair& pair, int column, int earlier) const;
  void replace(const Pair& pair);
  void remove_digit(int column, const Digit& digit);
  void add_digit(int column, const Digit& digit);
  void erase_use(const Digit& digit, int column);
  std::vector<Use>& uses(int node) { return uses_[static_cast<std::size_t>(node)]; }

  Network& network_;
  std::vector<Column>& columns_;
  Taste taste_;
  std::vector<double> kraft_;  // of each column: sum of 2^depth
  std::vector<std::vector<Use>> uses_;
  std::vector<std::uint8_t> seen_;  // by hashed pair: at least 2 for those in counts_
  PairTable counts_, fresh_;
  std::vector<std::uint64_t> fresh_keys_;
  std::priority_queue<Candidate> heap_;
  std::vector<Occurrence> found_;
};

/// The pair of two different digits of one column, as it is counted.
Pair pair_of(const Digit& a, const Digit& b);

}  // namespace gatefold::adder_graph
