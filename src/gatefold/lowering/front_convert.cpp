// Beats joined in registers, or dealt out from a shift register.
#include <map>
#include <optional>
#include <utility>

#include "gatefold/lowering/fronts.h"

namespace gatefold::lowering {

using namespace hardware;

namespace {

struct Place {
  std::size_t beat, lane;
};

/// Where the words of a larger beat stand among the smaller beats that it is made of, or cut into:
/// one after the other where there are several larger ones, for then all are made alike; in any
/// order where there is one. Empty: no element at all.
std::vector<std::optional<Place>> places_of(const Layout& larger, const Layout& smaller) {
  std::vector<std::optional<Place>> places(larger.lanes());
  if (larger.groups.size() > 1) {
    for (std::size_t i = 0; i < places.size(); ++i)
      places[i] = Place{i / smaller.lanes(), i % smaller.lanes()};
    return places;
  }
  std::map<std::int64_t, Place> by_element;
  for (std::size_t beat = 0; beat < smaller.groups.size(); ++beat)
    for (std::size_t lane = 0; lane < smaller.lanes(); ++lane)
      by_element[smaller.groups[beat][lane]] = {beat, lane};
  for (std::size_t i = 0; i < places.size(); ++i)
    if (const std::int64_t element = larger.groups.front()[i]; element >= 0)
      places[i] = by_element.at(element);
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
  Words words;
  for (const auto& place : places_of(to, from))
    words.push_back(place ? beats[place->beat][place->lane] : lowerer.constant(0));
  const auto last = static_cast<std::int64_t>(parts) - 1;
  return {{words},
          {range_of_counts(part, last, last + 1)},
          to.groups.size() > 1 ? count_of(lowerer, group) : ValueId{},
          each_count(group, to.groups.size())};
}

/// When beats that are dealt out come, and which of their parts goes.
struct Deal {
  std::size_t parts = 1;
  CountRange takes;
  ValueId fresh, beat;  // whether a beat comes; the count of what goes
  CountRange turns = {};
};

/// As many parts of each beat.
Deal even_deal(Lowerer& lowerer, const Layout& from, const Layout& to) {
  const std::size_t parts = to.groups.size() / from.groups.size();
  const int group = add_loop(lowerer, "group", static_cast<std::int64_t>(from.groups.size()));
  const int part = add_loop(lowerer, "part", static_cast<std::int64_t>(parts));
  Deal deal{parts, range_of_counts(part, 0, 1), is_at(lowerer, part, 0), {}};
  if (to.groups.size() == 1) return deal;
  if (from.groups.size() == 1) {
    deal.beat = count_of(lowerer, part);
    deal.turns = each_count(part, to.groups.size());
    return deal;
  }
  deal.beat = lowerer
                  .matrix({count_of(lowerer, group), count_of(lowerer, part)},
                          {static_cast<std::int64_t>(parts), 1}, 1)
                  .front();
  return deal;
}

/// Parts without elements are left out.
Deal uneven_deal(Lowerer& lowerer, const Layout& from, const Layout& to) {
  const int loop = add_loop(lowerer, "beat", static_cast<std::int64_t>(to.groups.size()));
  CountRange takes{loop};
  std::vector<std::int64_t> is_first(to.groups.size(), 0);
  std::size_t next = 0;
  for (const auto& group : from.groups) {
    takes.counts.push_back(static_cast<std::int64_t>(next));
    is_first[next] = 1;
    for (std::size_t lane = 0; lane < group.size(); lane += to.lanes())
      if (group[lane] >= 0) ++next;
  }
  const ValueId count = count_of(lowerer, loop);
  return {from.lanes() / to.lanes(), takes, lowerer.lookup(count, 0, is_first), count,
          each_count(loop, to.groups.size())};
}

/// The first part goes out at once, the others move up through registers.
FrontWords deal_out(Lowerer& lowerer, const Layout& from, const Layout& to, ChannelId channel) {
  const bool is_even = to.groups.size() % from.groups.size() == 0 &&
                       (from.groups.size() == 1 ||
                        to.groups.size() / from.groups.size() == from.lanes() / to.lanes());
  add_loop(lowerer, "position", from.positions);
  const Deal deal = is_even ? even_deal(lowerer, from, to) : uneven_deal(lowerer, from, to);
  const std::size_t parts = deal.parts;
  const ValueId fresh = deal.fresh;
  const Words received = receive(lowerer, channel, {deal.takes});
  std::map<std::pair<std::size_t, std::size_t>, ValueId> parts_of_beat;
  const auto places = places_of(from, to);
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i]) parts_of_beat[{places[i]->beat, places[i]->lane}] = received[i];
  const auto incoming = [&](std::size_t p, std::size_t lane) {
    const auto found = parts_of_beat.find({p, lane});
    return found == parts_of_beat.end() ? lowerer.constant(0) : found->second;
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
  return {{words}, {}, deal.beat, deal.turns};
}

}  // namespace

FrontWords build(Lowerer& lowerer, const ConvertFront& front, const std::vector<ChannelId>& takes) {
  const bool joins = front.from.groups.size() >= front.to.groups.size();
  return joins ? join(lowerer, front.from, front.to, takes.front())
               : deal_out(lowerer, front.from, front.to, takes.front());
}

}  // namespace gatefold::lowering
