#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/random_design.h"

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/range.h"

// Random designs of several processes, for property tests of schedules, simulators and emission.
namespace gatefold::testing {

struct RandomNetworkSize {
  int processes = 5;
  int operations = 8;  // of each process, beside its takes and stores
  int beats = 6;       // most beats of a port an inference
  int widest = 12;     // bits
};

/// Chains, fan-out, reconvergence, changes of rate, several ports, states, memories, sources
/// without input and feedback with initial beats. The design verifies, and without bounds on its
/// channels it never starves.
class RandomNetwork {
 public:
  using Random = std::mt19937_64;

  RandomNetwork(Random& random, const RandomNetworkSize& size) : random_(random), size_(size) {}

  hardware::Design make() {
    design_.name = "network";
    const int inputs = pick(1, 2);
    for (int i = 0; i < inputs; ++i) add_input();
    for (int p = 0; p < size_.processes; ++p) add_process();
    while (!open_.empty()) close(open_.back());
    return std::move(design_);
  }

 private:
  using ChannelId = hardware::ChannelId;
  using ValueId = hardware::ValueId;

  /// A channel that has a giver and wants a taker.
  struct Stream {
    ChannelId channel;
    std::int64_t beats = 1;  // an inference
  };

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int of) { return pick(1, of) == 1; }
  hardware::Process& process() { return design_.processes.back(); }
  const numeric::Interval& range(ValueId id) { return process().operation(id).range; }
  ValueId any() { return {pick(0, static_cast<int>(process().body.size()) - 1)}; }
  int layer() const { return static_cast<int>(design_.layers.size()) - 1; }

  ChannelId add_channel(const std::string& name, std::vector<numeric::Interval> words) {
    design_.channels.push_back({name, std::move(words), {}});
    return {static_cast<std::int32_t>(design_.channels.size()) - 1};
  }

  void add_input() {
    const std::string name = "x" + std::to_string(design_.inputs.size());
    std::vector<numeric::Interval> words;
    for (int i = pick(1, 3); i > 0; --i) words.push_back({-pick(0, 9), pick(1, 9), 0});
    const auto count = static_cast<std::int64_t>(words.size());
    const Stream stream{add_channel(name, std::move(words)), pick(1, size_.beats)};
    hardware::Port port;
    port.name = name;
    port.channel = stream.channel;
    port.shape = {stream.beats, count};
    transpose(port);
    design_.inputs.push_back(std::move(port));
    open_.push_back(stream);
  }

  /// Seldom the tensor has the words of a beat first.
  void transpose(hardware::Port& port) {
    if (!chance(4)) return;
    std::swap(port.shape[0], port.shape[1]);
    port.axes = {1, 0};
  }

  /// Takes one or two open streams (seldom none), computes, and gives one to three.
  void add_process() {
    design_.layers.push_back({"layer " + std::to_string(design_.processes.size()), "linear"});
    design_.processes.emplace_back();
    process().name = "p" + std::to_string(design_.processes.size() - 1);
    std::vector<Stream> taken;
    for (int i = chance(9) ? 0 : pick(1, 2); i > 0 && !open_.empty(); --i) {
      const int which = pick(0, static_cast<int>(open_.size()) - 1);
      taken.push_back(open_[static_cast<std::size_t>(which)]);
      open_.erase(open_.begin() + which);
    }
    make_loops(taken);
    const bool feeds_back = chance(4);
    const Stream feedback = feeds_back ? make_feedback() : Stream{};
    if (feeds_back) taken.push_back(feedback);
    for (const Stream& stream : taken) take(stream);
    make_body();
    for (int i = pick(1, 3); i > 0; --i) give_new();
    if (!feeds_back) return;
    chance(2) ? give_back(feedback) : add_partner(feedback);
  }

  void make_loops(const std::vector<Stream>& taken) {
    std::int64_t most = 1;
    for (const Stream& stream : taken) most = std::max(most, stream.beats);
    process().loops = {{"outer", most + (chance(2) ? pick(0, 2) : 0)}};
    if (chance(2)) process().loops.push_back({"inner", pick(1, 3)});
    process().interval = chance(4) ? pick(2, 3) : 1;
  }

  /// A channel in which the beats of one inference lie at reset.
  Stream make_feedback() {
    Stream stream{add_channel("back" + std::to_string(design_.channels.size()), {{-8, 7, 0}}),
                  std::min<std::int64_t>(process().loops[0].trips, pick(1, 4))};
    for (std::int64_t i = 0; i < stream.beats; ++i)
      design_.channels.back().initial.push_back({pick(-8, 7)});
    return stream;
  }

  void take(const Stream& stream) {
    process().takes.push_back({stream.channel, random_when(stream.beats)});
    const auto words = design_.channels[static_cast<std::size_t>(stream.channel.index)].words;
    for (std::size_t i = 0; i < words.size(); ++i)
      process().add(hardware::Receive{stream.channel, static_cast<int>(i)},
                    received(words[i], process().takes.back().when), layer());
  }

  /// A step that takes no beat receives 0.
  static numeric::Interval received(const numeric::Interval& words, const hardware::When& when) {
    if (when.empty()) return words;
    return {std::min<std::int64_t>(words.low, 0), std::max<std::int64_t>(words.high, 0), 0};
  }

  /// A condition that holds at so many steps.
  hardware::When random_when(std::int64_t beats) {
    const auto& loops = process().loops;
    const std::int64_t outer = loops[0].trips, inner = loops.size() > 1 ? loops[1].trips : 1;
    std::vector<std::array<std::int64_t, 2>> splits;
    for (std::int64_t i = 1; i <= inner; ++i)
      if (beats % i == 0 && beats / i <= outer) splits.push_back({beats / i, i});
    const auto split =
        splits[static_cast<std::size_t>(pick(0, static_cast<int>(splits.size()) - 1))];
    hardware::When when;
    for (std::size_t loop = 0; loop < loops.size(); ++loop)
      if (split[loop] < loops[loop].trips)
        when.push_back(random_range(static_cast<int>(loop), loops[loop].trips, split[loop]));
    return when;
  }

  hardware::CountRange random_range(int loop, std::int64_t trips, std::int64_t counts) {
    const std::int64_t most = counts > 1 ? (trips - 1) / (counts - 1) : trips;
    const std::int64_t stride = pick(1, static_cast<int>(most));
    const std::int64_t span = (counts - 1) * stride + 1;
    const std::int64_t first = pick(0, static_cast<int>(trips - span));
    hardware::CountRange range;
    range.loop = loop;
    if (chance(3)) {
      range.counts = random_counts(trips, counts);
      return range;
    }
    range.first = first;
    range.end = first + span;
    range.stride = stride;
    return range;
  }

  std::vector<std::int64_t> random_counts(std::int64_t trips, std::int64_t counts) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(trips)), some;
    std::iota(all.begin(), all.end(), 0);
    std::ranges::sample(all, std::back_inserter(some), counts, random_);
    return some;
  }

  void make_body() {
    for (std::size_t loop = 0; loop < process().loops.size(); ++loop)
      add(hardware::Counter{static_cast<int>(loop)});
    if (chance(2)) add_state();
    if (chance(3)) add_memory();
    for (int i = size_.operations; i > 0; --i) add(random_kind());
  }

  /// Adds the operation if its word is not too wide.
  void add(const hardware::Kind& kind) {
    const auto range = hardware::range_of(kind, process(), design_.channels);
    if (range && numeric::width_of(*range) <= size_.widest) process().add(kind, *range, layer());
  }

  ValueId must_add(const hardware::Kind& kind) {
    return process().add(kind, hardware::range_of(kind, process(), design_.channels).value(),
                         layer());
  }

  /// h = wrap(h + x), in some steps only.
  void add_state() {
    const hardware::StateId state{static_cast<std::int32_t>(process().states.size())};
    process().states.push_back({"h", {-32, 31, 0}, pick(-32, 31)});
    const ValueId x = any();
    const ValueId enable = chance(2) ? any() : ValueId{};
    const ValueId sum = must_add(hardware::Add{must_add(hardware::ReadState{state}), x});
    must_add(hardware::WriteState{state, must_add(hardware::Wrap{sum, 6, true}), enable});
  }

  /// Words of an earlier step, by a counted address.
  void add_memory() {
    const hardware::MemoryId memory{static_cast<std::int32_t>(process().memories.size())};
    process().memories.push_back({"line", {-8, 7, 0}, {}});
    for (int i = 0; i < 4; ++i) process().memories.back().initial.push_back(pick(-8, 7));
    const ValueId address = must_add(hardware::Wrap{any(), 2, false});
    const ValueId word = must_add(hardware::Wrap{any(), 4, true});
    must_add(hardware::ReadMemory{memory, address});
    if (chance(4)) return;  // a ROM
    must_add(hardware::WriteMemory{memory, address, word, chance(2) ? any() : ValueId{}});
  }

  hardware::Kind random_kind() {
    using namespace hardware;
    switch (pick(0, 8)) {
      case 0:
        return Constant{pick(-9, 9)};
      case 1:
      case 2:
        return Add{any(), any(), pick(0, 2), 0, chance(2)};
      case 3:
        return Multiply{any(), any()};
      case 4:
        return Compare{static_cast<Relation>(pick(0, 2)), any(), any()};
      case 5:
        return Select{any(), any(), any()};
      case 6:
        return Clamp{any(), -pick(0, 20), pick(0, 20)};
      case 7:
        return Wrap{any(), pick(1, 8), chance(2)};
      default:
        return Logic{static_cast<LogicKind>(pick(0, 2)), any(), any()};
    }
  }

  void give(ChannelId channel, std::vector<ValueId> words, hardware::When when) {
    process().gives.push_back({channel, std::move(words), std::move(when)});
  }

  void give_new() {
    std::vector<ValueId> words{{static_cast<std::int32_t>(process().body.size()) - 1}};
    for (int i = pick(0, 2); i > 0; --i) words.push_back(any());
    std::vector<numeric::Interval> ranges;
    for (const ValueId word : words) ranges.push_back(range(word));
    hardware::When when = chance(2) ? hardware::When{} : random_when(process().loops[0].trips);
    const Stream stream{add_channel("c" + std::to_string(design_.channels.size()), ranges),
                        process().beats(when)};
    give(stream.channel, std::move(words), std::move(when));
    if (stream.beats > 4 * size_.beats)
      close(stream);
    else
      open_.push_back(stream);
  }

  void give_back(const Stream& feedback) {
    const ValueId word = must_add(hardware::Wrap{any(), 4, true});
    give(feedback.channel, {word}, random_when(feedback.beats));
  }

  /// A process that answers the last one's beats through the feedback channel.
  void add_partner(const Stream& feedback) {
    const ValueId word = must_add(hardware::Wrap{any(), 4, true});
    const Stream forth{add_channel("forth" + std::to_string(design_.channels.size()), {{-8, 7, 0}}),
                       feedback.beats};
    give(forth.channel, {word}, random_when(forth.beats));
    design_.layers.push_back({"partner " + std::to_string(design_.processes.size()), "map"});
    design_.processes.emplace_back();
    process().name = "q" + std::to_string(design_.processes.size() - 1);
    make_loops({forth});
    take(forth);
    add(hardware::Negate{{0}});
    give_back(feedback);
  }

  void close(Stream stream) {
    std::erase_if(open_, [&](const Stream& s) { return s.channel == stream.channel; });
    const auto& channel = design_.channels[static_cast<std::size_t>(stream.channel.index)];
    const bool unread = std::ranges::any_of(
        design_.inputs, [&](const hardware::Port& port) { return port.channel == stream.channel; });
    if (unread) return swallow(stream);
    hardware::Port port;
    port.name = "y" + std::to_string(design_.outputs.size());
    port.channel = stream.channel;
    port.shape = {stream.beats, static_cast<std::int64_t>(channel.words.size())};
    transpose(port);
    design_.outputs.push_back(std::move(port));
  }

  /// A process that passes an input on that no other took.
  void swallow(const Stream& stream) {
    design_.layers.push_back({"pass " + std::to_string(design_.processes.size()), "rearrange"});
    design_.processes.emplace_back();
    process().name = "p" + std::to_string(design_.processes.size() - 1);
    process().loops = {{"beat", stream.beats}};
    take(stream);
    give_new();
  }

  Random& random_;
  RandomNetworkSize size_;
  hardware::Design design_;
  std::vector<Stream> open_;
};

inline hardware::Design random_network(std::mt19937_64& random,
                                       const RandomNetworkSize& size = {}) {
  return RandomNetwork(random, size).make();
}

}  // namespace gatefold::testing
