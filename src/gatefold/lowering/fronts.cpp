#include "gatefold/lowering/fronts.h"

#include "gatefold/hardware/range.h"

namespace gatefold::lowering {

using namespace hardware;

int add_loop(Lowerer& lowerer, const std::string& name, std::int64_t trips) {
  lowerer.process().loops.push_back({name, trips});
  return static_cast<int>(lowerer.process().loops.size()) - 1;
}

ValueId count_of(Lowerer& lowerer, int loop) {
  const auto trips = lowerer.process().loops[static_cast<std::size_t>(loop)].trips;
  if (trips == 1) return lowerer.constant(0);
  return lowerer.emit(Counter{loop}, {0, trips - 1, 0});
}

ValueId is_at(Lowerer& lowerer, int loop, std::int64_t count) {
  const auto trips = lowerer.process().loops[static_cast<std::size_t>(loop)].trips;
  if (trips == 1) return lowerer.constant(count == 0 ? 1 : 0);
  return lowerer.compare(Relation::Equal, count_of(lowerer, loop), lowerer.constant(count));
}

Words receive(Lowerer& lowerer, ChannelId channel, When when) {
  lowerer.process().takes.push_back({channel, std::move(when)});
  const auto words =
      lowerer.design().channels[static_cast<std::size_t>(channel.index)].words.size();
  Words received;
  for (std::size_t k = 0; k < words; ++k) {
    const Kind kind = Receive{channel, static_cast<int>(k)};
    const auto range = range_of(kind, lowerer.process(), lowerer.design().channels);
    received.push_back(lowerer.emit(kind, range.value()));
  }
  return received;
}

Register add_register(Lowerer& lowerer, const std::string& name, const Interval& range,
                      std::int64_t initial) {
  auto& states = lowerer.process().states;
  const StateId id{static_cast<std::int32_t>(states.size())};
  states.push_back({name, range, initial});
  return {id, lowerer.emit(ReadState{id}, range)};
}

void write(Lowerer& lowerer, const Register& state, ValueId next, ValueId enable) {
  lowerer.emit(WriteState{state.id, next, enable}, lowerer.range(next));
}

Kept keep(Lowerer& lowerer, const std::string& name, const Interval& range, const Place& place) {
  if (place.words == 1) {
    const Register state = add_register(lowerer, name, range);
    return {state.id, place, state.now};
  }
  auto& memories = lowerer.process().memories;
  const MemoryId id{static_cast<std::int32_t>(memories.size())};
  memories.push_back(
      {name, range, std::vector<std::int64_t>(static_cast<std::size_t>(place.words), 0)});
  return {id, place, lowerer.emit(ReadMemory{id, place.address}, range)};
}

void write(Lowerer& lowerer, const Kept& kept, ValueId next, ValueId enable) {
  const Interval& range = lowerer.range(next);
  if (const auto* state = std::get_if<StateId>(&kept.store))
    lowerer.emit(WriteState{*state, next, enable}, range);
  else
    lowerer.emit(WriteMemory{std::get<MemoryId>(kept.store), kept.place.address, next, enable},
                 range);
}

ValueId held(Lowerer& lowerer, const std::string& name, ValueId word, ValueId fresh,
             const Place& place) {
  const Interval range = lowerer.range(word);
  const Kept kept = keep(lowerer, name, numeric::hull(range, Interval::constant(0)), place);
  write(lowerer, kept, word, fresh);
  const ValueId now = lowerer.select(fresh, word, kept.now);
  lowerer.claim(now, range);
  return now;
}

CountRange range_of_counts(int loop, std::int64_t first, std::int64_t end, std::int64_t stride) {
  return {loop, first, end, stride, {}};
}

CountRange each_count(int loop, std::size_t groups) {
  CountRange turns{loop};
  for (std::size_t k = 0; k < groups; ++k) turns.counts.push_back(static_cast<std::int64_t>(k));
  return turns;
}

FrontWords build(Lowerer& lowerer, const PortFront& front, const ProcessPlan& plan,
                 const graph::TensorType& type) {
  add_loop(lowerer, "position", plan.layout.positions);
  const int beat = add_loop(lowerer, "beat", static_cast<std::int64_t>(plan.layout.groups.size()));
  std::vector<Interval> ranges;
  for (std::size_t lane = 0; lane < plan.layout.lanes(); ++lane) {
    ranges.push_back(type.range(plan.layout.groups.front()[lane]));
    for (const auto& group : plan.layout.groups)
      ranges.back() = numeric::hull(ranges.back(), type.range(group[lane]));
  }
  const ChannelId channel = lowerer.add_channel(front.name, std::move(ranges));
  lowerer.design().inputs.push_back({front.name, channel, front.shape, front.axes});
  const Words words = receive(lowerer, channel, {});
  const std::size_t groups = plan.layout.groups.size();
  return {{words}, {}, groups > 1 ? count_of(lowerer, beat) : ValueId{}, each_count(beat, groups)};
}

FrontWords build(Lowerer& lowerer, const TakeFront&, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  add_loop(lowerer, "position", plan.layout.positions);
  const int beat = add_loop(lowerer, "beat", static_cast<std::int64_t>(plan.layout.groups.size()));
  FrontWords words;
  for (const ChannelId channel : takes) words.values.push_back(receive(lowerer, channel, {}));
  if (plan.layout.groups.size() > 1) words.group = count_of(lowerer, beat);
  words.turns = each_count(beat, plan.layout.groups.size());
  return words;
}

FrontWords build(Lowerer& lowerer, const RepeatFront&, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  const std::size_t beats = plan.layout.groups.size();
  add_loop(lowerer, "position", plan.layout.positions);
  const int beat = add_loop(lowerer, "beat", static_cast<std::int64_t>(beats));
  const ValueId received = receive(lowerer, takes.front(), {range_of_counts(beat, 0, 1)}).front();
  const ValueId word = held(lowerer, "repeated", received, is_at(lowerer, beat, 0));
  return {{{word}}, {}, count_of(lowerer, beat), each_count(beat, beats)};
}

FrontWords build(Lowerer& lowerer, const ChainFront& front, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  add_loop(lowerer, "position", plan.layout.positions);
  const std::size_t groups = plan.layout.groups.size();
  const int beat = add_loop(lowerer, "beat", static_cast<std::int64_t>(groups));
  const ValueId count = count_of(lowerer, beat);
  Words words;
  std::int64_t first = 0;
  for (std::size_t i = 0; i < takes.size(); ++i) {
    const std::int64_t end = first + front.beats[i];
    const Words own = receive(lowerer, takes[i], {range_of_counts(beat, first, end)});
    const ValueId earlier = lowerer.compare(Relation::Less, count, lowerer.constant(first));
    for (std::size_t lane = 0; lane < own.size(); ++lane) {
      if (i == 0)
        words.push_back(own[lane]);
      else
        words[lane] = lowerer.select(earlier, words[lane], own[lane]);
    }
    first = end;
  }
  return {{words}, {}, count, each_count(beat, groups)};
}

}  // namespace gatefold::lowering
