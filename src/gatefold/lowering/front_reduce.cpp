// Sums, maxima and minima over time: of what comes, or of the words of a window.
#include <algorithm>
#include <bit>

#include "gatefold/lowering/elements.h"
#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

Interval reduced_range(graph::ReduceKind kind, const Interval& word, std::int64_t terms) {
  const bool sums = kind == graph::ReduceKind::Sum;
  return numeric::hull(sums ? numeric::hull(word, word * terms) : word, Interval::constant(0));
}

ValueId reduced(Lowerer& lowerer, graph::ReduceKind kind, ValueId first, ValueId word,
                ValueId before) {
  const Interval held = lowerer.range(before);
  ValueId next;
  if (kind == graph::ReduceKind::Sum) {
    next = lowerer.add(word, lowerer.select(first, lowerer.constant(0), before));
  } else {
    const ValueId other = lowerer.select(first, word, before);
    next = kind == graph::ReduceKind::Maximum ? lowerer.larger(word, other)
                                              : lowerer.smaller(word, other);
  }
  lowerer.claim(next, held);
  return next;
}

FrontWords build(Lowerer& lowerer, const ReduceFront& front, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  const auto beats = static_cast<std::int64_t>(plan.layout.groups.size());
  const int loop = add_loop(lowerer, "position", front.positions);
  const int beat = add_loop(lowerer, "beat", beats);
  const ValueId first = is_at(lowerer, loop, 0), group = count_of(lowerer, beat);
  FrontWords result{{{}},
                    {range_of_counts(loop, front.positions - 1, front.positions)},
                    beats > 1 ? group : ValueId{},
                    each_count(beat, plan.layout.groups.size())};
  for (const ValueId word : receive(lowerer, takes.front(), {})) {
    const std::string name = "reduced_" + std::to_string(result.values.front().size());
    const Interval range = reduced_range(front.kind, lowerer.range(word), front.positions);
    const Kept kept = keep(lowerer, name, range, {group, beats});
    result.values.front().push_back(reduced(lowerer, front.kind, first, word, kept.now));
    write(lowerer, kept, result.values.front().back());
  }
  return result;
}

namespace {

/// What changes no sum, maximum or minimum with words in this range.
std::int64_t neutral(graph::ReduceKind kind, const Interval& range) {
  if (kind == graph::ReduceKind::Sum) return 0;
  return kind == graph::ReduceKind::Maximum ? range.low : range.high;
}

/// The elements of a position as they come, beat by beat.
struct Beats {
  const Layout& layout;
  int loop;
  ValueId count;
  Words words;
};

Beats receive_beats(Lowerer& lowerer, const Layout& layout, ChannelId channel) {
  add_loop(lowerer, "position", layout.positions);
  const int loop = add_loop(lowerer, "beat", static_cast<std::int64_t>(layout.groups.size()));
  return {layout, loop, count_of(lowerer, loop), receive(lowerer, channel, {})};
}

/// The words of a beat without those of its free lanes, reduced to one.
ValueId reduced_lanes(Lowerer& lowerer, graph::ReduceKind kind, Beats beats) {
  for (std::size_t lane = 0; lane < beats.words.size(); ++lane) {
    std::vector<std::int64_t> used;
    for (const auto& elements : beats.layout.groups) used.push_back(elements[lane] >= 0 ? 1 : 0);
    if (std::ranges::find(used, 0) == used.end()) continue;
    ValueId& word = beats.words[lane];
    const ValueId none = lowerer.constant(neutral(kind, lowerer.range(word)));
    word = lowerer.select(lowerer.lookup(beats.count, 0, used), word, none);
  }
  return reduce_words(lowerer, kind, beats.words);
}

FrontWords reduced_beats(Lowerer& lowerer, graph::ReduceKind kind, const Beats& beats) {
  const auto count = static_cast<std::int64_t>(beats.layout.groups.size());
  const ValueId word = reduced_lanes(lowerer, kind, beats);
  if (count == 1) return {{{word}}, {}, {}};
  const Register state =
      add_register(lowerer, "reduced", reduced_range(kind, lowerer.range(word), count));
  const ValueId next = reduced(lowerer, kind, is_at(lowerer, beats.loop, 0), word, state.now);
  write(lowerer, state, next);
  return {{{next}}, {range_of_counts(beats.loop, count - 1, count)}, {}};
}

}  // namespace

FrontWords build(Lowerer& lowerer, const ReduceElementsFront& front,
                 const std::vector<ChannelId>& takes) {
  return reduced_beats(lowerer, front.kind, receive_beats(lowerer, front.from, takes.front()));
}

/// The largest or smallest of keys, each a value with its place in the low bits: of equal values
/// the one in the first place.
FrontWords build(Lowerer& lowerer, const BestElementFront& front,
                 const std::vector<ChannelId>& takes) {
  Beats beats = receive_beats(lowerer, front.from, takes.front());
  const std::int64_t elements = std::ssize(elements_of(front.from));
  const int bits = std::bit_width(static_cast<std::uint64_t>(elements - 1));
  const std::int64_t last = (std::int64_t{1} << bits) - 1;
  std::vector<std::int64_t> places;
  for (std::int64_t i = 0; i < elements; ++i) places.push_back(front.largest ? last - i : i);
  for (std::size_t lane = 0; lane < beats.words.size(); ++lane) {
    const ValueId place = constant_in_turn(lowerer, places, front.from.groups, lane, beats.count);
    beats.words[lane] = lowerer.add(place, beats.words[lane], 0, bits);
  }
  const auto kind = front.largest ? graph::ReduceKind::Maximum : graph::ReduceKind::Minimum;
  FrontWords best = reduced_beats(lowerer, kind, beats);
  ValueId& word = best.values.front().front();
  word = bits == 0 ? lowerer.constant(0) : lowerer.wrap(word, bits, false);
  if (front.largest) word = lowerer.add(lowerer.constant(last), word, 0, 0, true);
  lowerer.claim(word, {0, elements - 1, 0});
  return best;
}

}  // namespace gatefold::lowering
