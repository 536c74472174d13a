#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gatefold::adder_graph {

/// Two nodes at a relative shift: x[first] +/- (x[second] << shift), where first < second, or
/// first == second and shift > 0. Packed into the low 54 bits of a word: 23 bits each, 8 of shift
/// and sign.
struct Pair {
  std::int32_t first = 0, second = 0;
  int shift = 0;  // less than a word's width, to either side
  bool opposite = false;
};

/// Never 0. Greater in the order of second, first, shift.
inline std::uint64_t pack(const Pair& pair) {
  const auto low = static_cast<std::uint64_t>(pair.shift + 64) << 1 | (pair.opposite ? 1 : 0);
  return static_cast<std::uint64_t>(pair.second) << 31 |
         static_cast<std::uint64_t>(pair.first) << 8 | low;
}

inline Pair unpack(std::uint64_t key) {
  return {static_cast<std::int32_t>(key >> 8 & 0x7fffff), static_cast<std::int32_t>(key >> 31),
          static_cast<int>(key >> 1 & 0x7f) - 64, (key & 1) != 0};
}

/// The product's high half depends on every bit of the key.
inline std::size_t hash_of(std::uint64_t key) {
  const std::uint64_t product = key * 0x9e3779b97f4a7c15u;
  return product >> 32 ^ product;
}

/// Counts by packed pair: open addressing with linear probing. A slot is one word of key and count,
/// so that the tables of most problems stay in a processor's cache; the few counts that are too
/// large for it stand apart. A key whose count has fallen to 0 keeps its slot until the table
/// grows.
class PairTable {
 public:
  explicit PairTable(std::size_t expected = 16) { rehash(capacity_for(expected)); }

  /// The new count.
  std::int32_t increment(std::uint64_t key) {
    std::uint64_t& slot = slot_of(key);
    if ((slot & count_mask) >= count_mask - 1) [[unlikely]]
      return set(slot, key, count_in(slot) + 1);
    return static_cast<std::int32_t>(++slot & count_mask);
  }
  void set(std::uint64_t key, std::int32_t count) { set(slot_of(key), key, count); }
  /// Ignores keys that are not there.
  void decrement(std::uint64_t key) {
    std::uint64_t& slot = slots_[find(key)];
    const std::uint64_t count = slot & count_mask;
    if (count == count_mask) [[unlikely]] {
      set(slot, key, count_in(slot) - 1);
    } else if (count > 0) {
      --slot;
    }
  }
  /// Asks for the key's slot ahead of its use.
  void prefetch(std::uint64_t key) const {
    __builtin_prefetch(&slots_[hash_of(key) & (slots_.size() - 1)]);
  }
  std::int32_t count(std::uint64_t key) const { return count_in(slots_[find(key)]); }
  /// Empties the table, given all its keys.
  void erase_all(const std::vector<std::uint64_t>& keys) {
    found_.clear();
    for (const std::uint64_t key : keys) found_.push_back(find(key));
    for (const std::size_t at : found_) slots_[at] = 0;
    large_.clear();
    used_ = 0;
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const std::uint64_t slot : slots_) {
      if ((slot & count_mask) > 0) visit(slot >> count_bits, count_in(slot));
    }
  }

 private:
  static constexpr int count_bits = 10;
  static constexpr std::uint64_t count_mask = (1 << count_bits) - 1;  // as a count: in large_

  static std::size_t capacity_for(std::size_t expected) {
    std::size_t capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    return capacity;
  }
  std::int32_t count_in(std::uint64_t slot) const {
    const std::uint64_t count = slot & count_mask;
    return count == count_mask ? large_.at(slot >> count_bits) : static_cast<std::int32_t>(count);
  }
  std::int32_t set(std::uint64_t& slot, std::uint64_t key, std::int32_t count) {
    const bool large = count >= static_cast<std::int32_t>(count_mask);
    if (large) large_[key] = count;
    slot = key << count_bits | (large ? count_mask : static_cast<std::uint64_t>(count));
    return count;
  }
  std::size_t find(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of(key) & mask;
    while (slots_[at] != 0 && slots_[at] >> count_bits != key) at = (at + 1) & mask;
    return at;
  }
  std::uint64_t& slot_of(std::uint64_t key) {
    auto* slot = &slots_[find(key)];
    if (*slot != 0) return *slot;
    if ((used_ + 1) * 2 > slots_.size()) {
      grow();
      slot = &slots_[find(key)];
    }
    ++used_;
    *slot = key << count_bits;
    return *slot;
  }
  void grow() {
    std::size_t counted = 0;
    for (const std::uint64_t slot : slots_) counted += (slot & count_mask) > 0 ? 1 : 0;
    rehash(capacity_for(counted * 2));
  }
  void rehash(std::size_t capacity) {
    std::vector<std::uint64_t> old(capacity);
    old.swap(slots_);
    used_ = 0;
    for (const std::uint64_t slot : old) {
      if ((slot & count_mask) == 0) continue;
      slots_[find(slot >> count_bits)] = slot;
      ++used_;
    }
  }

  std::vector<std::uint64_t> slots_;  // 0: free
  std::unordered_map<std::uint64_t, std::int32_t> large_;
  std::vector<std::size_t> found_;
  std::size_t used_ = 0;
};

}  // namespace gatefold::adder_graph
