#include "gatefold/adder_graph/elimination.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gatefold/adder_graph/region.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::adder_graph {

namespace {

/// Uniform in [0, 1), a function of its arguments (splitmix64's finalizer).
double hashed(const Pair& pair, std::uint64_t seed) {
  const auto key = static_cast<std::uint64_t>(pair.second) << 39 |
                   static_cast<std::uint64_t>(pair.first) << 16 |
                   static_cast<std::uint64_t>(pair.shift + 4096) << 1 | (pair.opposite ? 1 : 0);
  std::uint64_t x = key + seed * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return static_cast<double>((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

double Elimination::score(std::uint64_t key, int count) const {
  const Pair pair = unpack(key);
  const auto& a = network_.at(pair.first);
  const auto& b = network_.at(pair.second);
  const int shift_a = std::max(0, -pair.shift), shift_b = std::max(0, pair.shift);
  const int top_a = a.top + shift_a, top_b = b.top + shift_b;
  const int low = std::max(a.range.zeros + shift_a, b.range.zeros + shift_b);
  const double saved = std::min(top_a, top_b) - low + taste_.growth;
  const double spent = std::max(top_a, top_b) + 1 - low;
  const CostModel& model = network_.model();
  const auto price = [&](double bits) {
    return static_cast<double>(model.chain) + static_cast<double>(model.full_adder) * bits;
  };
  double value = count * price(saved) - taste_.own * price(spent);
  if (taste_.noise > 0) value *= 1 + taste_.noise * hashed(pair, taste_.seed);
  return value;
}

void Elimination::offer(std::uint64_t key, int count) {
  const double value = score(key, count);
  if (value <= 0) return;
  if (value < cutoff_) {
    later_.push_back({value, key});
  } else {
    heap_.push_back({value, key});
    std::push_heap(heap_.begin(), heap_.end());
  }
}

// Most candidates are overtaken by the fall of their counts before they come up: a heap of the best
// ones stays small.
bool Elimination::refill() {
  constexpr std::size_t few = 4096;
  constexpr double next_cutoff = 0.75;
  if (later_.empty()) return false;
  if (later_.size() < few) cutoff_ = 0;
  double best = 0;
  for (const auto& candidate : later_) best = std::max(best, candidate.score);
  cutoff_ = std::min(cutoff_, best) * next_cutoff;
  std::vector<Candidate> waiting;
  waiting.swap(later_);
  for (const auto& candidate : waiting) {
    if (candidate.score < cutoff_) {
      later_.push_back(candidate);
    } else if (const int count = counts_.of(candidate.key); count >= 2) {
      offer(candidate.key, count);
    }
  }
  return true;
}

void Elimination::offer_risen() {
  for (const std::uint64_t key : counts_.take_risen()) {
    const int count = counts_.of(key);
    if (count >= 2) offer(key, count);
  }
}

void Elimination::run(const Taste& taste) {
  taste_ = taste;
  heap_.clear();
  cutoff_ = std::numeric_limits<double>::infinity();
  offer_risen();
  while (!interrupted() && (!heap_.empty() || refill())) {
    if (heap_.empty()) continue;
    std::pop_heap(heap_.begin(), heap_.end());
    const Candidate best = heap_.back();
    heap_.pop_back();
    const int count = counts_.of(best.key);
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
    offer_risen();
  }
}

bool Elimination::fits(const Pair& pair, int column, int earlier) const {
  const int a = network_.at(pair.first).level, b = network_.at(pair.second).level;
  const double more = (power_of_two(std::max(a, b)) - power_of_two(std::min(a, b))) * (earlier + 1);
  return network_.column(column).kraft + more <= power_of_two(network_.limit_of(column));
}

void Elimination::find_occurrences(const Pair& pair) {
  found_.clear();
  const auto& first = network_.at(pair.first).uses;
  const auto& second = network_.at(pair.second).uses;
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

void Elimination::replace(const Pair& pair) {
  const Digit a{pair.first, static_cast<std::int16_t>(std::max(0, -pair.shift)), 1};
  const Digit b{pair.second, static_cast<std::int16_t>(std::max(0, pair.shift)),
                static_cast<std::int16_t>(pair.opposite ? -1 : 1)};
  const Digit made = network_.add_pair(a, b);
  for (const auto& [column, first, second] : found_) {
    network_.remove(column, {pair.first, first.shift, first.sign});
    network_.remove(column, {pair.second, second.shift, second.sign});
    const int shift = std::min(first.shift, second.shift) + made.shift;
    network_.add(column, {made.node, static_cast<std::int16_t>(shift),
                          static_cast<std::int16_t>(first.sign * made.sign)});
  }
}

double pairs_of(const Network& network) {
  double pairs = 0;
  for (int c = 0; c < network.columns(); ++c) {
    const auto digits = static_cast<double>(network.column(c).digits.size());
    pairs += digits * (digits - 1) / 2;
  }
  return pairs;
}

namespace {

void eliminate_group(Network& network, const std::vector<std::uint16_t>& group_of_node,
                     std::uint16_t group) {
  PairCounts counts(PairCounts::Keep::Repeated);
  counts.restrict_to(group_of_node, group);
  counts.count(network);
  network.count_pairs(&counts);
  Elimination(network, counts).run({});
  network.count_pairs(nullptr);
}

}  // namespace

void eliminate(Network& network, double most_pairs) {
  constexpr double most_groups = 60'000;
  const double wanted = std::ceil(std::sqrt(pairs_of(network) / most_pairs));
  const auto groups = static_cast<std::uint16_t>(std::clamp(wanted, 1.0, most_groups));
  Random random(0);
  for (int stage = 0; stage < (groups > 1 ? 2 : 1); ++stage) {
    std::vector<std::uint16_t> group_of_node(static_cast<std::size_t>(network.size()));
    for (auto& group : group_of_node) group = static_cast<std::uint16_t>(random.below(groups));
    for (std::uint16_t group = 0; group < groups; ++group) {
      eliminate_group(network, group_of_node, group);
    }
    network.tidy();
  }
}

}  // namespace gatefold::adder_graph
