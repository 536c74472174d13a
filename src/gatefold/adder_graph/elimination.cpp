#include "gatefold/adder_graph/elimination.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

namespace {

/// Uniform in [0, 1), a function of its arguments (splitmix64's finalizer).
double hashed(std::uint64_t key, std::uint64_t seed) {
  std::uint64_t x = key + seed * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

Pair pair_of(const Digit& a, const Digit& b) {
  const bool ordered = a.node < b.node || (a.node == b.node && a.shift < b.shift);
  const Digit& first = ordered ? a : b;
  const Digit& second = ordered ? b : a;
  return {first.node, second.node, second.shift - first.shift, first.sign != second.sign};
}

Elimination::Elimination(Network& network, std::vector<Column>& columns, const Taste& taste)
    : network_(network), columns_(columns), taste_(taste) {
  uses_.resize(static_cast<std::size_t>(network.size()));
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const auto& digits = columns[j].digits;
    double kraft = 0;
    for (const auto& digit : digits) {
      kraft += power_of_two(network.at(digit.node).level);
      uses(digit.node).push_back({static_cast<std::int32_t>(j), digit.shift, digit.sign});
    }
    kraft_.push_back(kraft);
  }
  for (auto& list : uses_) std::sort(list.begin(), list.end());
  count_all();
}

template <typename Visit>
void Elimination::for_each_pair(bool fresh, Visit visit) {
  const std::size_t mask = seen_.size() - 1;
  for (const auto& column : columns_) {
    if (column.fresh != fresh) continue;
    const auto& digits = column.digits;
    for (std::size_t i = 0; i < digits.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        const std::uint64_t key = pack(pair_of(digits[i], digits[k]));
        visit(key, seen_[hash_of(key) & mask]);
      }
    }
  }
}

// Counts pairs that occur in a fresh column and at least once more. Most pairs occur once: a small
// table of hashed counts, up to 2, keeps them out of the real one.
void Elimination::count_all() {
  std::size_t pairs = 0;
  for (const auto& column : columns_) {
    if (column.fresh) pairs += column.digits.size() * column.digits.size() / 2;
  }
  seen_.assign(std::bit_ceil(std::clamp<std::size_t>(pairs * 2, 64, 1 << 20)), 0);
  for_each_pair(true, [](std::uint64_t, std::uint8_t& seen) { seen += seen < 2 ? 1 : 0; });
  for_each_pair(false, [](std::uint64_t, std::uint8_t& seen) { seen += seen == 1 ? 1 : 0; });
  for_each_pair(true, [&](std::uint64_t key, std::uint8_t seen) {
    if (seen >= 2) counts_.increment(key);
  });
  for_each_pair(false, [&](std::uint64_t key, std::uint8_t seen) {
    if (seen >= 2 && counts_.count(key) > 0) counts_.increment(key);
  });
  counts_.for_each([&](std::uint64_t key, int count) {
    if (count >= 2) offer(key, count);
  });
}

void Elimination::forget(std::uint64_t key) {
  if (seen_[hash_of(key) & (seen_.size() - 1)] >= 2) counts_.decrement(key);
}

double Elimination::score(std::uint64_t key, int count) const {
  const Pair pair = unpack(key);
  const Digit a{pair.first, static_cast<std::int16_t>(std::max(0, -pair.shift)), 1};
  const Digit b{pair.second, static_cast<std::int16_t>(std::max(0, pair.shift)), 1};
  const int top_a = network_.at(a.node).top + a.shift, top_b = network_.at(b.node).top + b.shift;
  const int low = std::max(network_.at(a.node).range.zeros + a.shift,
                           network_.at(b.node).range.zeros + b.shift);
  const double saved = std::min(top_a, top_b) - low + taste_.growth;
  const double spent = std::max(top_a, top_b) + 1 - low;
  double value = count * saved - taste_.own * spent;
  value -= taste_.depth_price * std::abs(network_.at(a.node).level - network_.at(b.node).level);
  if (taste_.noise > 0) value *= 1 + taste_.noise * hashed(key, taste_.seed);
  return value;
}

void Elimination::offer(std::uint64_t key, int count) {
  const double value = score(key, count);
  if (value > 0) heap_.push({value, key});
}

void Elimination::run() {
  while (!heap_.empty()) {
    const Candidate best = heap_.top();
    heap_.pop();
    const int count = counts_.count(best.key);
    if (count < 2) continue;
    if (score(best.key, count) < best.score) {
      offer(best.key, count);
      continue;
    }
    const Pair pair = unpack(best.key);
    find_occurrences(pair);
    const int usable = static_cast<int>(found_.size());
    if (usable < 2) continue;
    if (usable < count && score(best.key, usable) < best.score) {
      offer(best.key, usable);
      continue;
    }
    replace(pair);
  }
}

bool Elimination::fits(const Pair& pair, int column, int earlier) const {
  const int a = network_.at(pair.first).level, b = network_.at(pair.second).level;
  const double more = (power_of_two(std::max(a, b)) - power_of_two(std::min(a, b))) * (earlier + 1);
  const auto j = static_cast<std::size_t>(column);
  return kraft_[j] + more <= power_of_two(columns_[j].depth_limit);
}

void Elimination::find_occurrences(const Pair& pair) {
  found_.clear();
  const auto& first = uses(pair.first);
  const auto& second = uses(pair.second);
  std::size_t i = 0, j = 0;
  while (i < first.size() && j < second.size()) {
    if (first[i].column < second[j].column) {
      ++i;
    } else if (second[j].column < first[i].column) {
      ++j;
    } else {
      const std::size_t i_begin = i, j_begin = j;
      const int column = first[i].column;
      while (i < first.size() && first[i].column == column) ++i;
      while (j < second.size() && second[j].column == column) ++j;
      pair_up(pair, std::span(first).subspan(i_begin, i - i_begin),
              std::span(second).subspan(j_begin, j - j_begin));
    }
  }
}

void Elimination::pair_up(const Pair& pair, std::span<const Use> first,
                          std::span<const Use> second) {
  const std::size_t begin = found_.size();
  const auto taken = [&](const Use& use) {
    return std::any_of(found_.begin() + static_cast<std::ptrdiff_t>(begin), found_.end(),
                       [&](const Occurrence& o) { return o.first == use || o.second == use; });
  };
  std::size_t j = 0;
  for (const auto& use : first) {
    while (j < second.size() && second[j].shift < use.shift + pair.shift) ++j;
    if (j == second.size()) return;
    const Use& other = second[j];
    if (other.shift != use.shift + pair.shift) continue;
    if ((other.sign != use.sign) != pair.opposite) continue;
    if (pair.first == pair.second && taken(use)) continue;
    if (!fits(pair, use.column, static_cast<int>(found_.size() - begin))) return;
    found_.push_back({use.column, use, other});
  }
}

void Elimination::erase_use(const Digit& digit, int column) {
  auto& list = uses(digit.node);
  const Use use{column, digit.shift, digit.sign};
  const auto at = std::lower_bound(list.begin(), list.end(), use);
  list.erase(at);
}

void Elimination::remove_digit(int column, const Digit& digit) {
  erase_use(digit, column);
  auto& digits = columns_[static_cast<std::size_t>(column)].digits;
  const auto at = std::find(digits.begin(), digits.end(), digit);
  *at = digits.back();
  digits.pop_back();
  for (const auto& other : digits) forget(pack(pair_of(digit, other)));
  kraft_[static_cast<std::size_t>(column)] -= power_of_two(network_.at(digit.node).level);
}

void Elimination::add_digit(int column, const Digit& digit) {
  auto& digits = columns_[static_cast<std::size_t>(column)].digits;
  for (const auto& other : digits) {
    const std::uint64_t key = pack(pair_of(digit, other));
    if (fresh_.increment(key) == 1) fresh_keys_.push_back(key);
  }
  digits.push_back(digit);
  kraft_[static_cast<std::size_t>(column)] += power_of_two(network_.at(digit.node).level);
  uses(digit.node).push_back({column, digit.shift, digit.sign});
}

void Elimination::replace(const Pair& pair) {
  const Digit a{pair.first, static_cast<std::int16_t>(std::max(0, -pair.shift)), 1};
  const Digit b{pair.second, static_cast<std::int16_t>(std::max(0, pair.shift)),
                static_cast<std::int16_t>(pair.opposite ? -1 : 1)};
  const Digit made = network_.add_pair(a, b);
  uses_.emplace_back();
  for (const auto& [column, first, second] : found_) {
    remove_digit(column, {pair.first, first.shift, first.sign});
    remove_digit(column, {pair.second, second.shift, second.sign});
    const int shift = std::min(first.shift, second.shift) + made.shift;
    add_digit(column, {made.node, static_cast<std::int16_t>(shift),
                       static_cast<std::int16_t>(first.sign * made.sign)});
  }
  auto& list = uses(made.node);
  std::sort(list.begin(), list.end());
  for (const std::uint64_t key : fresh_keys_) {
    const int count = fresh_.count(key);
    if (count < 2) continue;
    counts_.set(key, count);
    seen_[hash_of(key) & (seen_.size() - 1)] = 2;
    offer(key, count);
  }
  fresh_.erase_all(fresh_keys_);
  fresh_keys_.clear();
}

}  // namespace gatefold::adder_graph
