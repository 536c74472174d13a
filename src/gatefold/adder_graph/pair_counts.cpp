#include "gatefold/adder_graph/pair_counts.h"

#include <algorithm>
#include <bit>

#include "gatefold/support/interrupt.h"

namespace gatefold::adder_graph {

namespace {

/// Keys of one digit with the earlier ones at a time, each announced by `prepare` before.
template <typename Prepare, typename Visit>
void for_each_pair(const std::vector<std::vector<Digit>>& columns, Prepare prepare, Visit visit) {
  std::vector<std::uint64_t> keys;
  for (const auto& digits : columns) {
    if (interrupted()) return;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      keys.clear();
      for (std::size_t k = 0; k < i; ++k) {
        keys.push_back(key_of(digits[i], digits[k]));
        prepare(keys.back());
      }
      for (const std::uint64_t key : keys) visit(key);
    }
  }
}

}  // namespace

void PairCounts::restrict_to(const std::vector<std::uint16_t>& group_of_node, std::uint16_t group) {
  group_of_node_ = group_of_node;
  group_ = group;
}

void PairCounts::count(const Network& network) {
  std::size_t pairs = 0;
  std::vector<std::vector<Digit>> columns;
  for (int c = 0; c < network.columns(); ++c) {
    auto& digits = columns.emplace_back();
    for (const auto& digit : network.column(c).digits) {
      if (counted(digit)) digits.push_back(digit);
    }
    pairs += digits.size() * digits.size() / 2;
  }
  work_ += static_cast<std::int64_t>(pairs);
  const auto prepare = [&](std::uint64_t key) { table_.prefetch(key); };
  if (keep_ == Keep::Every) {
    for_each_pair(columns, prepare, [&](std::uint64_t key) { table_.increment(key); });
  } else {
    // Most pairs of sparse columns occur once: a small table of hashed counts, up to 2, keeps them
    // out of the real one.
    std::vector<std::uint8_t> seen(std::bit_ceil(std::clamp<std::size_t>(pairs, 64, 1 << 24)));
    const auto at = [&](std::uint64_t key) { return hash_of(key) & (seen.size() - 1); };
    for_each_pair(
        columns, [&](std::uint64_t key) { __builtin_prefetch(&seen[at(key)]); },
        [&](std::uint64_t key) { seen[at(key)] += seen[at(key)] < 2 ? 1 : 0; });
    for_each_pair(columns, prepare, [&](std::uint64_t key) {
      if (seen[at(key)] >= 2) table_.increment(key);
    });
  }
  table_.for_each([&](std::uint64_t key, int count) {
    if (count >= 2) risen_.push_back(key);
  });
}

const std::vector<std::uint64_t>& PairCounts::keys_with(const Digit& digit,
                                                        std::span<const Digit> others,
                                                        const PairTable& table) {
  work_ += static_cast<std::int64_t>(others.size());
  keys_.clear();
  for (const auto& other : others) {
    if (!counted(other)) continue;
    keys_.push_back(key_of(digit, other));
    table.prefetch(keys_.back());
  }
  return keys_;
}

void PairCounts::added(std::span<const Digit> others, const Digit& digit) {
  if (!counted(digit)) return;
  if (keep_ == Keep::Every) {
    for (const std::uint64_t key : keys_with(digit, others, table_)) {
      if (table_.increment(key) >= 2) risen_.push_back(key);
    }
  } else {
    for (const std::uint64_t key : keys_with(digit, others, fresh_)) {
      if (fresh_.increment(key) == 1) fresh_keys_.push_back(key);
    }
  }
}

void PairCounts::removed(std::span<const Digit> others, const Digit& digit) {
  if (!counted(digit)) return;
  for (const std::uint64_t key : keys_with(digit, others, table_)) table_.decrement(key);
}

const std::vector<std::uint64_t>& PairCounts::take_risen() {
  for (const std::uint64_t key : fresh_keys_) {
    const int count = fresh_.count(key);
    if (count < 2) continue;
    table_.set(key, count);
    risen_.push_back(key);
  }
  fresh_.erase_all(fresh_keys_);
  fresh_keys_.clear();
  taken_.swap(risen_);
  risen_.clear();
  if (keep_ == Keep::Every) {
    std::sort(taken_.begin(), taken_.end());
    taken_.erase(std::unique(taken_.begin(), taken_.end()), taken_.end());
  }
  return taken_;
}

void PairCounts::forget_risen() { risen_.clear(); }

}  // namespace gatefold::adder_graph
