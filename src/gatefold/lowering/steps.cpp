#include "gatefold/lowering/steps.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace gatefold::lowering {

using hardware::Relation;
using numeric::StepFunction;

namespace {

/// The widest index of a table of segments: more is many LUTs, however few the comparisons.
constexpr int widest_index = 12;

/// As a function of x / 2^zeros: from which places on it is one higher, or one lower.
struct Rises {
  std::int64_t start = 0, direction = 1;
  std::vector<std::int64_t> at;

  Interval between() const { return {at.front() - 1, at.back(), 0}; }
};

Rises rises_of(const StepFunction& steps, int zeros) {
  Rises rises{steps.base, 1, {}};
  for (const std::int64_t threshold : steps.thresholds)
    rises.at.push_back(steps.falling ? (threshold >> zeros) + 1 : -(-threshold >> zeros));
  if (!steps.falling) return rises;
  rises.start = steps.top();
  rises.direction = -1;
  std::ranges::reverse(rises.at);
  return rises;
}

/// Places within the segment that begins at `start`, from its first input on.
std::vector<std::int64_t> within(const Rises& rises, std::int64_t start, std::int64_t size) {
  const auto first = std::ranges::upper_bound(rises.at, start);
  const auto end = std::lower_bound(first, rises.at.end(), start + size);
  std::vector<std::int64_t> places;
  for (auto at = first; at != end; ++at) places.push_back(*at - start);
  return places;
}

int bits_for(std::int64_t count) {
  return numeric::FixedType::holding({0, std::max<std::int64_t>(count - 1, 0), 0}).width;
}

Segments cost_of(const Rises& rises, int low_bits) {
  const Interval range = rises.between();
  const std::int64_t size = std::int64_t{1} << low_bits;
  const std::int64_t first = range.low >> low_bits, last = range.high >> low_bits;
  Segments segments{low_bits, 0, 0};
  for (std::int64_t i = first; i <= last; ++i)
    segments.comparisons =
        std::max(segments.comparisons, std::ssize(within(rises, i * size, size)));
  const int index = bits_for(last - first + 1);
  const int word = bits_for(std::ssize(rises.at) + 1);
  const auto comparisons = static_cast<double>(segments.comparisons);
  segments.luts = table_luts(index, word) + (segments.comparisons > 0 ? word : 0) +
                  comparisons * (table_luts(index, low_bits + 1) + low_bits / 2.0 + 1);
  return segments;
}

Segments cheapest(const Rises& rises) {
  const Interval range = rises.between();
  Segments best{0, 0, std::numeric_limits<double>::infinity()};
  for (int low = 0; low < numeric::max_word_width; ++low) {
    const std::int64_t count = (range.high >> low) - (range.low >> low) + 1;
    if (bits_for(count) > widest_index) continue;
    const Segments segments = cost_of(rises, low);
    if (segments.luts < best.luts) best = segments;
    if (count <= 2) break;
  }
  return best;
}

double counted_luts(const Rises& rises, int width) {
  return static_cast<double>(rises.at.size()) * (width / 2.0 + 1);
}

ValueId counted(Lowerer& lowerer, ValueId x, const Rises& rises) {
  Words reached;
  for (const std::int64_t at : rises.at)
    reached.push_back(lowerer.compare(Relation::LessEqual, lowerer.constant(at), x));
  const std::vector<std::int64_t> weights(reached.size(), rises.direction);
  return lowerer.add(lowerer.matrix(reached, weights, 1).front(), lowerer.constant(rises.start));
}

ValueId segmented(Lowerer& lowerer, ValueId x, const Rises& rises, const Segments& segments) {
  const Interval range = rises.between();
  const std::int64_t size = std::int64_t{1} << segments.low_bits;
  const std::int64_t first = range.low >> segments.low_bits;
  const std::int64_t last = range.high >> segments.low_bits;
  std::vector<std::int64_t> values;
  std::vector<std::vector<std::int64_t>> places(static_cast<std::size_t>(segments.comparisons));
  for (std::int64_t i = first; i <= last; ++i) {
    const auto before = std::ranges::upper_bound(rises.at, i * size) - rises.at.begin();
    values.push_back(rises.start + rises.direction * before);
    const auto own = within(rises, i * size, size);
    for (std::size_t k = 0; k < places.size(); ++k)
      places[k].push_back(k < own.size() ? own[k] : size);
  }
  x = lowerer.clamp(x, range);
  const ValueId index = lowerer.shift(x, -segments.low_bits);
  Words terms{lowerer.lookup(index, first, values)};
  std::vector<std::int64_t> weights{1};
  for (const auto& own : places) {
    const ValueId low = lowerer.wrap(x, segments.low_bits, false);
    const ValueId place = lowerer.lookup(index, first, own);
    terms.push_back(lowerer.compare(Relation::LessEqual, place, low));
    weights.push_back(rises.direction);
  }
  return lowerer.matrix(terms, weights, 1).front();
}

}  // namespace

double table_luts(int index_bits, int word_bits) {
  return std::ldexp(word_bits, std::max(0, index_bits - 6));
}

Segments choose_segments(const StepFunction& steps) { return cheapest(rises_of(steps, 0)); }

ValueId lower_steps(Lowerer& lowerer, ValueId x, const StepFunction& steps) {
  if (steps.thresholds.empty()) return lowerer.constant(steps.base);
  const Interval reach = lowerer.range(x);
  const Rises rises = rises_of(steps, reach.zeros);
  const Segments segments = cheapest(rises);
  x = lowerer.shift(x, -reach.zeros);
  const bool counts = counted_luts(rises, numeric::FixedType::holding(reach).width) < segments.luts;
  const ValueId word = counts ? counted(lowerer, x, rises) : segmented(lowerer, x, rises, segments);
  lowerer.claim(word, {steps.base, steps.top(), 0});
  return word;
}

std::optional<StepFunction> steps_of(const std::vector<std::int64_t>& entries, std::int64_t first) {
  const bool falling = entries.back() < entries.front();
  StepFunction steps{std::min(entries.front(), entries.back()), falling, {}};
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const std::int64_t change = entries[i] - entries[i - 1];
    if (falling ? change > 0 : change < 0) return std::nullopt;
    const std::int64_t at = first + static_cast<std::int64_t>(i) - (falling ? 1 : 0);
    for (std::int64_t k = 0; k < std::abs(change); ++k) steps.thresholds.push_back(at);
  }
  if (falling) std::ranges::reverse(steps.thresholds);
  return steps;
}

}  // namespace gatefold::lowering
