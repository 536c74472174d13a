#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include "gatefold/hardware/step_cursor.h"
#include "gatefold/schedule/schedule.h"

namespace gatefold::testing {

/// Fires the steps of one inference one by one, in a random order, and keeps the most beats that
/// lay in each channel: queues of these depths suffice for every inference after it too.
class RandomFirings {
 public:
  RandomFirings(std::mt19937_64& random, const hardware::Design& design)
      : random_(random), design_(design), beats_(design.channels.size()), left_() {
    for (std::size_t c = 0; c < beats_.size(); ++c)
      beats_[c] = std::ssize(design.channels[c].initial);
    for (const auto& port : design.inputs)
      beats_[static_cast<std::size_t>(port.channel.index)] = numeric::element_count(port.shape);
    most_ = beats_;
    for (const auto& process : design.processes) {
      cursors_.emplace_back(process);
      for (const auto& take : process.takes) cursors_.back().watch(take.when);
      for (const auto& give : process.gives) cursors_.back().watch(give.when);
      left_.push_back(process.steps());
    }
  }

  std::vector<std::int64_t> most_beats() {
    for (std::vector<std::size_t> ready = ready_processes(); !ready.empty();
         ready = ready_processes())
      fire(ready[random_() % ready.size()]);
    return most_;
  }

 private:
  std::int64_t& beats(hardware::ChannelId id) { return beats_[static_cast<std::size_t>(id.index)]; }

  std::vector<std::size_t> ready_processes() {
    std::vector<std::size_t> ready;
    for (std::size_t p = 0; p < left_.size(); ++p) {
      const auto& takes = design_.processes[p].takes;
      bool there = left_[p] > 0;
      for (std::size_t t = 0; t < takes.size(); ++t)
        there = there && (!cursors_[p].holds(t) || beats(takes[t].channel) > 0);
      if (there) ready.push_back(p);
    }
    return ready;
  }

  void fire(std::size_t p) {
    const auto& process = design_.processes[p];
    for (std::size_t t = 0; t < process.takes.size(); ++t)
      beats(process.takes[t].channel) -= cursors_[p].holds(t);
    for (std::size_t g = 0; g < process.gives.size(); ++g)
      beats(process.gives[g].channel) += cursors_[p].holds(process.takes.size() + g);
    for (std::size_t c = 0; c < beats_.size(); ++c) most_[c] = std::max(most_[c], beats_[c]);
    cursors_[p].next();
    --left_[p];
  }

  std::mt19937_64& random_;
  const hardware::Design& design_;
  std::vector<std::int64_t> beats_, most_, left_;
  std::vector<hardware::StepCursor> cursors_;
};

/// Depths that suffice: those of random firings, some with room to spare, some without a queue.
inline std::vector<schedule::ChannelSchedule> random_depths(std::mt19937_64& random,
                                                            const hardware::Design& design) {
  const auto most = RandomFirings(random, design).most_beats();
  std::vector<schedule::ChannelSchedule> channels(design.channels.size());
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const bool wires = most[c] == 1 && design.channels[c].initial.empty() && random() % 2 == 0;
    channels[c].depth = wires ? 0 : static_cast<int>(most[c] + random() % 3);
  }
  for (const auto* ports : {&design.inputs, &design.outputs})
    for (const auto& port : *ports)
      channels[static_cast<std::size_t>(port.channel.index)].depth = 0;
  return channels;
}

}  // namespace gatefold::testing
