// Sums, maxima and minima over time: of what comes, or of the words of a window.
#include <algorithm>

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

/// The words of a beat without those of its free lanes, reduced to one.
ValueId reduced_lanes(Lowerer& lowerer, const ReduceElementsFront& front, Words words,
                      ValueId group) {
  for (std::size_t lane = 0; lane < words.size(); ++lane) {
    std::vector<std::int64_t> used;
    for (const auto& elements : front.from.groups) used.push_back(elements[lane] >= 0 ? 1 : 0);
    if (std::ranges::find(used, 0) == used.end()) continue;
    const ValueId none = lowerer.constant(neutral(front.kind, lowerer.range(words[lane])));
    words[lane] = lowerer.select(lowerer.lookup(group, 0, used), words[lane], none);
  }
  return reduce_words(lowerer, front.kind, words);
}

}  // namespace

FrontWords build(Lowerer& lowerer, const ReduceElementsFront& front,
                 const std::vector<ChannelId>& takes) {
  const auto beats = static_cast<std::int64_t>(front.from.groups.size());
  add_loop(lowerer, "position", front.from.positions);
  const int beat = add_loop(lowerer, "beat", beats);
  const Words words = receive(lowerer, takes.front(), {});
  const ValueId word = reduced_lanes(lowerer, front, words, count_of(lowerer, beat));
  if (beats == 1) return {{{word}}, {}, {}};
  const Register state =
      add_register(lowerer, "reduced", reduced_range(front.kind, lowerer.range(word), beats));
  const ValueId next = reduced(lowerer, front.kind, is_at(lowerer, beat, 0), word, state.now);
  write(lowerer, state, next);
  return {{{next}}, {range_of_counts(beat, beats - 1, beats)}, {}};
}

}  // namespace gatefold::lowering
