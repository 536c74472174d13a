// What recurrences add: states that come back, sequences from their end.
#include "gatefold/lowering/elements.h"
#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

FrontWords build(Lowerer& lowerer, const StateFront& front, const ProcessPlan& plan, int time,
                 const std::vector<ChannelId>& takes) {
  const auto& groups = plan.layout.groups;
  const int beat = add_loop(lowerer, "beat", static_cast<std::int64_t>(groups.size()));
  const ValueId count = groups.size() > 1 ? count_of(lowerer, beat) : ValueId{};
  const auto turns = each_count(beat, groups.size());
  if (front.is_stateful) return {{receive(lowerer, takes.back(), {})}, {}, count, turns};
  Words first;
  if (front.initial.empty())
    first = receive(lowerer, takes.front(),
                    plan.own_times() > 1 ? When{range_of_counts(time, 0, 1)} : When{});
  else
    for (std::size_t lane = 0; lane < plan.layout.lanes(); ++lane)
      first.push_back(constant_in_turn(lowerer, front.initial, groups, lane, count));
  if (plan.own_times() == 1) return {{first}, {}, count, turns};
  const Words later = receive(lowerer, takes.back(), {range_of_counts(time, 1, plan.own_times())});
  const ValueId is_first = is_at(lowerer, time, 0);
  FrontWords words{{{}}, {}, count, turns};
  for (std::size_t k = 0; k < later.size(); ++k)
    words.values.front().push_back(lowerer.select(is_first, first[k], later[k]));
  return words;
}

FrontWords build(Lowerer& lowerer, const ReverseFront&, const ProcessPlan& plan,
                 const std::vector<ChannelId>& takes) {
  const auto beats = static_cast<std::int64_t>(plan.layout.groups.size());
  const int turn = add_loop(lowerer, "turn", 2);
  const int position = add_loop(lowerer, "position", plan.layout.positions);
  const int beat = add_loop(lowerer, "beat", beats);
  const Words received = receive(lowerer, takes.front(), {range_of_counts(turn, 0, 1)});
  const ValueId filling = is_at(lowerer, turn, 0);
  const ValueId p = count_of(lowerer, position), b = count_of(lowerer, beat);
  const ValueId forward = lowerer.matrix({p, b}, {beats, 1}, 1).front();
  const ValueId last = lowerer.constant((plan.layout.positions - 1) * beats);
  const ValueId from_end = lowerer.matrix({last, p, b}, {1, -beats, 1}, 1).front();
  const Interval addresses{0, plan.layout.positions * beats - 1, 0};
  lowerer.claim(from_end, addresses);
  FrontWords words{{{}},
                   {range_of_counts(turn, 1, 2)},
                   beats > 1 ? b : ValueId{},
                   each_count(beat, plan.layout.groups.size())};
  for (std::size_t lane = 0; lane < received.size(); ++lane) {
    auto& memories = lowerer.process().memories;
    const MemoryId id{static_cast<std::int32_t>(memories.size())};
    const Interval range = lowerer.range(received[lane]);
    memories.push_back({"sequence_" + std::to_string(lane), range,
                        std::vector<std::int64_t>(static_cast<std::size_t>(addresses.high + 1))});
    lowerer.emit(WriteMemory{id, forward, received[lane], filling}, range);
    words.values.front().push_back(lowerer.emit(ReadMemory{id, from_end}, range));
  }
  return words;
}

}  // namespace gatefold::lowering
