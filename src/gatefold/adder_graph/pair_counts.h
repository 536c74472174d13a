#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/adder_graph/network.h"
#include "gatefold/adder_graph/pair_table.h"

namespace gatefold::adder_graph {

/// The packed pair of two different digits of one column.
inline std::uint64_t key_of(const Digit& a, const Digit& b) {
  const bool ordered = a.node < b.node || (a.node == b.node && a.shift < b.shift);
  const Digit& first = ordered ? a : b;
  const Digit& second = ordered ? b : a;
  return pack({first.node, second.node, second.shift - first.shift, first.sign != second.sign});
}

/// How often each pair of digits stands in one column, over all columns.
class PairCounts {
 public:
  /// Repeated: pairs that stood once when they were counted are not kept, which is enough as long
  /// as only new nodes' digits are added. Every: exact under any change.
  enum class Keep { Repeated, Every };

  explicit PairCounts(Keep keep) : keep_(keep) {}

  /// Counts all pairs of the columns.
  void count(const Network& network);
  /// A digit beside the others of its column, which comes or goes.
  void added(std::span<const Digit> others, const Digit& digit);
  void removed(std::span<const Digit> others, const Digit& digit);

  int of(std::uint64_t key) const { return table_.count(key); }
  /// Pairs that stand twice or more and whose count has risen since the last call.
  const std::vector<std::uint64_t>& take_risen();
  void forget_risen();
  /// Pairs looked up so far: a measure of time that is the same on every machine.
  std::int64_t work() const { return work_; }

 private:
  void count_repeated(const Network& network);
  std::uint8_t& seen(std::uint64_t key) { return seen_[hash_of(key) & (seen_.size() - 1)]; }

  Keep keep_;
  PairTable table_, fresh_;
  std::vector<std::uint8_t> seen_;  // by hashed pair: at least 2 for those in the table
  std::vector<std::uint64_t> fresh_keys_, risen_, taken_;
  std::int64_t work_ = 0;
};

}  // namespace gatefold::adder_graph
