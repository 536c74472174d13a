#include "gatefold/adder_graph/pair_counts.h"

#include <algorithm>
#include <bit>

namespace gatefold::adder_graph {

namespace {

template <typename Visit>
void for_each_pair(const Network& network, Visit visit) {
  for (int c = 0; c < network.columns(); ++c) {
    const auto& digits = network.column(c).digits;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) visit(key_of(digits[i], digits[k]));
    }
  }
}

}  // namespace

void PairCounts::count(const Network& network) {
  std::size_t pairs = 0;
  for (int c = 0; c < network.columns(); ++c) {
    const std::size_t digits = network.column(c).digits.size();
    pairs += digits * digits / 2;
  }
  work_ += static_cast<std::int64_t>(pairs);
  if (keep_ == Keep::Repeated) {
    seen_.assign(std::bit_ceil(std::clamp<std::size_t>(pairs * 2, 64, 1 << 22)), 0);
    count_repeated(network);
  } else {
    for_each_pair(network, [&](std::uint64_t key) { table_.increment(key); });
  }
  table_.for_each([&](std::uint64_t key, int count) {
    if (count >= 2) risen_.push_back(key);
  });
}

// Most pairs of sparse columns occur once: a small table of hashed counts, up to 2, keeps them out
// of the real one.
void PairCounts::count_repeated(const Network& network) {
  for_each_pair(network, [&](std::uint64_t key) {
    auto& times = seen(key);
    times = static_cast<std::uint8_t>(times + (times < 2 ? 1 : 0));
  });
  for_each_pair(network, [&](std::uint64_t key) {
    if (seen(key) >= 2) table_.increment(key);
  });
}

void PairCounts::added(std::span<const Digit> others, const Digit& digit) {
  work_ += static_cast<std::int64_t>(others.size());
  if (keep_ == Keep::Every) {
    for (const auto& other : others) {
      const std::uint64_t key = key_of(digit, other);
      if (table_.increment(key) >= 2) risen_.push_back(key);
    }
    return;
  }
  for (const auto& other : others) {
    const std::uint64_t key = key_of(digit, other);
    if (fresh_.increment(key) == 1) fresh_keys_.push_back(key);
  }
}

void PairCounts::removed(std::span<const Digit> others, const Digit& digit) {
  work_ += static_cast<std::int64_t>(others.size());
  for (const auto& other : others) {
    const std::uint64_t key = key_of(digit, other);
    if (keep_ == Keep::Every || seen(key) >= 2) table_.decrement(key);
  }
}

const std::vector<std::uint64_t>& PairCounts::take_risen() {
  for (const std::uint64_t key : fresh_keys_) {
    const int count = fresh_.count(key);
    if (count < 2) continue;
    table_.set(key, count);
    seen(key) = 2;
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
