#include <algorithm>
#include <utility>

#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/network.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

/// The beats in the channels, and the room that is left.
struct Store {
  std::vector<std::int64_t> beats, room;  // by channel
  std::vector<char> is_wire, is_input, is_output;
};

Store store_of(const Design& design, const std::vector<std::int64_t>& depths) {
  Store store;
  for (std::size_t c = 0; c < design.channels.size(); ++c) {
    store.beats.push_back(static_cast<std::int64_t>(design.channels[c].initial.size()));
    store.room.push_back(std::max<std::int64_t>(depths[c], 1) - store.beats.back());
    store.is_wire.push_back(depths[c] == 0);
  }
  store.is_input.resize(design.channels.size());
  store.is_output.resize(design.channels.size());
  for (const Port& port : design.inputs)
    store.is_input[static_cast<std::size_t>(port.channel.index)] = 1;
  for (const Port& port : design.outputs)
    store.is_output[static_cast<std::size_t>(port.channel.index)] = 1;
  return store;
}

/// A process that fires step by step, each step at once.
class Firing {
 public:
  Firing(const Process& process, Store& store)
      : process_(process), store_(store), cursor_(process), left_(process.steps()) {
    for (const Take& take : process.takes) take_whens_.push_back(cursor_.watch(take.when));
    for (const Give& give : process.gives) give_whens_.push_back(cursor_.watch(give.when));
    pass_silent_steps();
  }

  bool finished() const { return left_ == 0; }

  bool fire() {
    if (left_ == 0 || !has_beats() || !has_room()) return false;
    for (std::size_t t = 0; t < take_whens_.size(); ++t)
      if (cursor_.holds(take_whens_[t])) move(process_.takes[t].channel, -1);
    for (std::size_t g = 0; g < give_whens_.size(); ++g)
      if (cursor_.holds(give_whens_[g])) move(process_.gives[g].channel, 1);
    --left_;
    cursor_.next();
    pass_silent_steps();
    return true;
  }

 private:
  void pass_silent_steps() {
    while (left_ > 0 && !cursor_.any()) left_ -= cursor_.skip();
  }

  bool has_beats() const {
    for (std::size_t t = 0; t < take_whens_.size(); ++t) {
      const auto c = static_cast<std::size_t>(process_.takes[t].channel.index);
      if (!store_.is_input[c] && store_.beats[c] == 0 && cursor_.holds(take_whens_[t]))
        return false;
    }
    return true;
  }

  /// A beat that waits in an output register stops the whole pipeline, whatever the step gives.
  bool has_room() const {
    for (std::size_t g = 0; g < give_whens_.size(); ++g) {
      const auto c = static_cast<std::size_t>(process_.gives[g].channel.index);
      if (store_.is_output[c]) continue;
      if (store_.is_wire[c] && store_.beats[c] > 0) return false;
      if (cursor_.holds(give_whens_[g]) && store_.room[c] + freed(c) == 0) return false;
    }
    return true;
  }

  /// Room that the step itself makes: it takes before it gives.
  std::int64_t freed(std::size_t channel) const {
    for (std::size_t t = 0; t < take_whens_.size(); ++t)
      if (static_cast<std::size_t>(process_.takes[t].channel.index) == channel)
        return cursor_.holds(take_whens_[t]) ? 1 : 0;
    return 0;
  }

  void move(ChannelId channel, std::int64_t beats) {
    const auto c = static_cast<std::size_t>(channel.index);
    if (store_.is_input[c] || store_.is_output[c]) return;
    store_.beats[c] += beats;
    store_.room[c] -= beats;
  }

  const Process& process_;
  Store& store_;
  StepCursor cursor_;
  std::int64_t left_;
  std::vector<std::size_t> take_whens_, give_whens_;
};

}  // namespace

bool never_deadlocks(const Design& design, const std::vector<std::int64_t>& depths) {
  Store store = store_of(design, depths);
  std::vector<Firing> firings;
  for (const Process& process : design.processes) firings.emplace_back(process, store);
  for (bool fired = true; fired;) {
    fired = false;
    for (Firing& firing : firings)
      while (firing.fire()) fired = true;
  }
  return std::ranges::all_of(firings, [](const Firing& firing) { return firing.finished(); });
}

}  // namespace gatefold::schedule
