#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "gatefold/adder_graph/network.h"
#include "gatefold/adder_graph/pair_table.h"

namespace gatefold::adder_graph {

/// The packed pair of two different digits of one column.
inline std::uint64_t key_of(const Digit& a, const Digit& b) {
  const auto place = [](const Digit& digit) {
    return std::int64_t{digit.node} << 16 | digit.shift;
  };
  // Which one stands first is hard to predict: no branch may depend on it.
  const auto [first, second] = std::minmax({place(a), place(b)});
  const auto low = [](std::int64_t at) { return static_cast<std::int32_t>(at & 0xffff); };
  return pack({static_cast<std::int32_t>(first >> 16), static_cast<std::int32_t>(second >> 16),
               low(second) - low(first), a.sign != b.sign});
}

/// How often each pair of digits stands in one column, over all columns.
class PairCounts {
 public:
  /// Repeated: pairs that stood once when they were counted are not kept, which is enough as long
  /// as only new nodes' digits are added. Every: exact under any change.
  enum class Keep { Repeated, Every };

  explicit PairCounts(Keep keep) : keep_(keep) {}

  /// Counts only pairs within one group of nodes from now on; later nodes belong to it too.
  void restrict_to(const std::vector<std::uint16_t>& group_of_node, std::uint16_t group);

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
  /// The pairs of a digit that are counted, their slots on the way.
  const std::vector<std::uint64_t>& keys_with(const Digit& digit, std::span<const Digit> others,
                                              const PairTable& table);
  bool counted(const Digit& digit) const {
    const auto node = static_cast<std::size_t>(digit.node);
    return node >= group_of_node_.size() || group_of_node_[node] == group_;
  }

  Keep keep_;
  std::vector<std::uint16_t> group_of_node_;  // empty: one group of all
  std::uint16_t group_ = 0;
  PairTable table_, fresh_;
  std::vector<std::uint64_t> keys_, fresh_keys_, risen_, taken_;
  std::int64_t work_ = 0;
};

}  // namespace gatefold::adder_graph
