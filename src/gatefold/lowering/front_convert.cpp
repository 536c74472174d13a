// Beats joined in registers, or dealt out from a shift register.
#include <map>

#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

namespace {

struct Place {
  std::size_t group, lane;
};

std::map<std::int64_t, Place> places_of(const Layout& layout) {
  std::map<std::int64_t, Place> places;
  for (std::size_t g = 0; g < layout.groups.size(); ++g)
    for (std::size_t lane = 0; lane < layout.lanes(); ++lane)
      if (layout.groups[g][lane] >= 0) places[layout.groups[g][lane]] = {g, lane};
  return places;
}

/// Each beat waits in registers of its own until the last one of its group comes.
FrontWords join(Lowerer& lowerer, const Layout& from, const Layout& to, ChannelId channel) {
  const std::size_t parts = from.groups.size() / to.groups.size();
  add_loop(lowerer, "position", from.positions);
  const int group = add_loop(lowerer, "group", static_cast<std::int64_t>(to.groups.size()));
  const int part = add_loop(lowerer, "part", static_cast<std::int64_t>(parts));
  const Words received = receive(lowerer, channel, {});
  std::vector<Words> beats;
  for (std::size_t p = 0; p + 1 < parts; ++p) {
    const ValueId here = is_at(lowerer, part, static_cast<std::int64_t>(p));
    Words held;
    for (std::size_t lane = 0; lane < received.size(); ++lane) {
      const Register state =
          add_register(lowerer, "part_" + std::to_string(p) + "_" + std::to_string(lane),
                       numeric::hull(lowerer.range(received[lane]), Interval::constant(0)));
      write(lowerer, state, received[lane], here);
      held.push_back(state.now);
    }
    beats.push_back(std::move(held));
  }
  beats.push_back(received);
  const auto places = places_of(from);
  Words words;
  for (std::size_t lane = 0; lane < to.lanes(); ++lane) {
    const std::int64_t element = to.groups.front()[lane];
    if (element < 0) {
      words.push_back(lowerer.constant(0));
      continue;
    }
    const Place& place = places.at(element);
    words.push_back(beats[place.group][place.lane]);
  }
  const auto last = static_cast<std::int64_t>(parts) - 1;
  return {{words},
          {range_of_counts(part, last, last + 1)},
          to.groups.size() > 1 ? count_of(lowerer, group) : ValueId{}};
}

/// The first part goes out at once, the others move up through registers.
FrontWords deal_out(Lowerer& lowerer, const Layout& from, const Layout& to, ChannelId channel) {
  const std::size_t parts = to.groups.size() / from.groups.size();
  add_loop(lowerer, "position", from.positions);
  const int group = add_loop(lowerer, "group", static_cast<std::int64_t>(from.groups.size()));
  const int part = add_loop(lowerer, "part", static_cast<std::int64_t>(parts));
  const Words received = receive(lowerer, channel, {range_of_counts(part, 0, 1)});
  const ValueId fresh = is_at(lowerer, part, 0);
  const auto places = places_of(from);
  const auto incoming = [&](std::size_t p, std::size_t lane) {
    const std::int64_t element = to.groups[p][lane];
    return element < 0 ? lowerer.constant(0) : received[places.at(element).lane];
  };
  Words later(to.lanes()), words(to.lanes());
  for (std::size_t lane = 0; lane < to.lanes(); ++lane) later[lane] = lowerer.constant(0);
  for (std::size_t p = parts; p-- > 0;)
    for (std::size_t lane = 0; lane < to.lanes(); ++lane) {
      const ValueId next = p + 1 == parts ? ValueId{} : later[lane];
      const ValueId fed = incoming(p, lane);
      if (p == 0) {
        words[lane] = next.valid() ? lowerer.select(fresh, fed, next) : fed;
        continue;
      }
      const ValueId input = next.valid() ? lowerer.select(fresh, fed, next) : fed;
      const Register state =
          add_register(lowerer, "part_" + std::to_string(p) + "_" + std::to_string(lane),
                       numeric::hull(lowerer.range(input), Interval::constant(0)));
      write(lowerer, state, input, next.valid() ? ValueId{} : fresh);
      later[lane] = state.now;
    }
  if (to.groups.size() == 1) return {{words}, {}, {}};
  const ValueId beat = from.groups.size() == 1
                           ? count_of(lowerer, part)
                           : lowerer
                                 .matrix({count_of(lowerer, group), count_of(lowerer, part)},
                                         {static_cast<std::int64_t>(parts), 1}, 1)
                                 .front();
  return {{words}, {}, beat};
}

}  // namespace

FrontWords build(Lowerer& lowerer, const ConvertFront& front, const std::vector<ChannelId>& takes) {
  const bool joins = front.from.groups.size() >= front.to.groups.size();
  return joins ? join(lowerer, front.from, front.to, takes.front())
               : deal_out(lowerer, front.from, front.to, takes.front());
}

}  // namespace gatefold::lowering
