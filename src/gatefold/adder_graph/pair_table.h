#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gatefold::adder_graph {

/// Two nodes at a relative shift: x[first] +/- (x[second] << shift), where first < second, or
/// first == second and shift > 0. Packed into one word: 23 bits each, 16 of shift and sign.
struct Pair {
  std::int32_t first = 0, second = 0;
  int shift = 0;
  bool opposite = false;
};

/// Never 0.
inline std::uint64_t pack(const Pair& pair) {
  const auto low = static_cast<std::uint64_t>(pair.shift + 4096) << 1 | (pair.opposite ? 1 : 0);
  return static_cast<std::uint64_t>(pair.second) << 39 |
         static_cast<std::uint64_t>(pair.first) << 16 | low;
}

inline Pair unpack(std::uint64_t key) {
  return {static_cast<std::int32_t>(key >> 16 & 0x7fffff), static_cast<std::int32_t>(key >> 39),
          static_cast<int>(key >> 1 & 0x7fff) - 4096, (key & 1) != 0};
}

/// The product's high half depends on every bit of the key.
inline std::size_t hash_of(std::uint64_t key) {
  const std::uint64_t product = key * 0x9e3779b97f4a7c15u;
  return product >> 32 ^ product;
}

/// Counts by packed pair: open addressing with linear probing. A key whose count has fallen to 0
/// keeps its slot until the table grows.
class PairTable {
 public:
  explicit PairTable(std::size_t expected = 16) { rehash(capacity_for(expected)); }

  /// The new count.
  std::int32_t increment(std::uint64_t key) { return ++slot(key).count; }
  void set(std::uint64_t key, std::int32_t count) { slot(key).count = count; }
  /// Ignores keys that are not there.
  void decrement(std::uint64_t key) {
    auto& slot = slots_[find(key)];
    if (slot.count > 0) --slot.count;
  }
  /// Asks for the key's slot ahead of its use.
  void prefetch(std::uint64_t key) const {
    __builtin_prefetch(&slots_[hash_of(key) & (slots_.size() - 1)]);
  }
  std::int32_t count(std::uint64_t key) const { return slots_[find(key)].count; }
  /// Empties the table, given all its keys.
  void erase_all(const std::vector<std::uint64_t>& keys) {
    found_.clear();
    for (const std::uint64_t key : keys) found_.push_back(find(key));
    for (const std::size_t at : found_) slots_[at] = {};
    used_ = 0;
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& slot : slots_) {
      if (slot.count > 0) visit(slot.key, slot.count);
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;  // 0: free
    std::int32_t count = 0;
  };

  static std::size_t capacity_for(std::size_t expected) {
    std::size_t capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    return capacity;
  }
  std::size_t find(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(key) & mask;
    while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & mask;
    return at;
  }
  Slot& slot(std::uint64_t key) {
    auto* slot = &slots_[find(key)];
    if (slot->key != 0) return *slot;
    if ((used_ + 1) * 2 > slots_.size()) {
      grow();
      slot = &slots_[find(key)];
    }
    ++used_;
    slot->key = key;
    return *slot;
  }
  void grow() {
    std::size_t counted = 0;
    for (const auto& slot : slots_) counted += slot.count > 0 ? 1 : 0;
    rehash(capacity_for(counted * 2));
  }
  void rehash(std::size_t capacity) {
    std::vector<Slot> old(capacity);
    old.swap(slots_);
    used_ = 0;
    for (const auto& slot : old) {
      if (slot.count == 0) continue;
      slots_[find(slot.key)] = slot;
      ++used_;
    }
  }

  std::vector<Slot> slots_;
  std::vector<std::size_t> found_;
  std::size_t used_ = 0;
};

}  // namespace gatefold::adder_graph
