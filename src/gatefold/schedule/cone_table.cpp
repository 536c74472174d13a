#include "gatefold/schedule/cone_table.h"

#include <algorithm>
#include <bit>
#include <map>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/support/assert.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;
using Words = std::vector<std::int64_t>;  // by address

/// Evaluates a cone at all addresses at once.
class Cone {
 public:
  Cone(const Process& process, ValueId root, const Cut& cut)
      : process_(process), root_(root), cut_(cut) {}

  /// False where it holds more operations.
  bool collect(std::size_t most) {
    std::vector<ValueId> open{root_};
    while (!open.empty()) {
      const ValueId id = open.back();
      open.pop_back();
      if (!words_.try_emplace(id).second) continue;
      if (words_.size() > most) return false;
      if (is_leaf(id) || is_fixed(process_.operation(id))) continue;
      for (const ValueId operand : operands(process_.operation(id).kind)) open.push_back(operand);
    }
    return true;
  }

  ConeTable table() {
    const auto addresses = static_cast<std::size_t>(last_address()) + 1;
    occurs_.assign(addresses, true);
    int at = 0;
    for (const ValueId leaf : cut_.leaves) {
      set_leaf(leaf, at, addresses);
      at += varying_bits(process_.operation(leaf).range);
    }
    for (auto& [id, words] : words_)
      if (!is_leaf(id)) compute(id, words, addresses);
    return finished();
  }

 private:
  bool is_leaf(ValueId id) const { return std::ranges::binary_search(cut_.leaves, id); }

  /// Where leaves have no sign, the highest addresses may not be there.
  std::int64_t last_address() const {
    std::int64_t last = 0;
    int at = 0;
    for (const ValueId leaf : cut_.leaves) {
      const numeric::Interval& range = process_.operation(leaf).range;
      const int bits = varying_bits(range);
      const std::int64_t all = (std::int64_t{1} << bits) - 1;
      last += (range.low < 0 ? all : range.high >> range.zeros) << at;
      at += bits;
    }
    return last;
  }

  void set_leaf(ValueId leaf, int at, std::size_t addresses) {
    const numeric::Interval& range = process_.operation(leaf).range;
    const int bits = varying_bits(range);
    Words& words = words_.at(leaf);
    for (std::size_t address = 0; address < addresses; ++address) {
      auto word = static_cast<std::int64_t>(address >> at) & ((std::int64_t{1} << bits) - 1);
      if (range.low < 0 && (word >> (bits - 1)) != 0) word -= std::int64_t{1} << bits;
      words.push_back(word << range.zeros);
    }
    keep_in(range, words);
  }

  void compute(ValueId id, Words& words, std::size_t addresses) {
    const Operation& operation = process_.operation(id);
    words.assign(addresses, operation.range.low);
    if (is_fixed(operation)) return;
    std::vector<const std::int64_t*> sources;
    for (const ValueId operand : operands(operation.kind))
      sources.push_back(words_.at(operand).data());
    evaluate_operation(operation.kind, process_, sources, words);
    keep_in(operation.range, words);
  }

  /// Words beyond their range, which is proved, show addresses that never occur. What reads them
  /// may rely on the range.
  void keep_in(const numeric::Interval& range, Words& words) {
    for (std::size_t address = 0; address < words.size(); ++address) {
      if (range.contains(words[address])) continue;
      occurs_[address] = false;
      words[address] = range.low;
    }
  }

  ConeTable finished() const {
    ConeTable table{cut_.leaves, words_.at(root_), {}};
    const numeric::Interval& range = process_.operation(root_).range;
    std::optional<std::int64_t> low, high;
    for (std::size_t address = 0; address < occurs_.size(); ++address) {
      if (!occurs_[address]) continue;
      const std::int64_t word = table.entries[address];
      GATEFOLD_ASSERT(range.contains(word), "a table's word is in the range of what it stands for");
      low = std::min(low.value_or(word), word);
      high = std::max(high.value_or(word), word);
    }
    GATEFOLD_ASSERT(low.has_value(), "some values of the leaves occur");
    for (std::size_t address = 0; address < occurs_.size(); ++address)
      if (!occurs_[address]) table.entries[address] = *low;
    table.range = *low == *high ? numeric::Interval::constant(*low)
                                : numeric::Interval{*low, *high, range.zeros};
    return table;
  }

  const Process& process_;
  ValueId root_;
  const Cut& cut_;
  std::map<ValueId, Words> words_;  // in the order of the body
  std::vector<bool> occurs_;        // by address
};

}  // namespace

std::optional<ConeTable> cone_table(const Process& process, ValueId id, const Cut& cut,
                                    std::size_t most_operations) {
  Cone cone(process, id, cut);
  if (!cone.collect(most_operations)) return std::nullopt;
  return cone.table();
}

}  // namespace gatefold::schedule
