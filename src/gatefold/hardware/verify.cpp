#include <algorithm>
#include <fmt/core.h>
#include <set>

#include "gatefold/hardware/range.h"
#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using numeric::Interval;
using Text = std::string;

bool well_formed(const Interval& range) {
  if (range.low > range.high || range.zeros < 0 || !numeric::fits_word(range)) return false;
  return range.zeros < numeric::max_word_width && range.contains(range.low) &&
         range.contains(range.high);
}

template <typename Id, typename Items>
bool has(const Items& items, Id id) {
  return id.valid() && static_cast<std::size_t>(id.index) < items.size();
}

Text check_words(const std::vector<std::int64_t>& words, const Interval& range) {
  if (!well_formed(range)) return "has the malformed range " + range.to_string();
  for (const std::int64_t word : words)
    if (!range.contains(word)) return fmt::format("holds {}, outside {}", word, range.to_string());
  return {};
}

/// The checks of one operation against the operations before it.
class OperationCheck {
 public:
  OperationCheck(const Design& design, const Process& process, std::size_t index)
      : design_(design), process_(process), index_(index), operation_(process.body[index]) {}

  Text run() const {
    if (operation_.layer < 0 || static_cast<std::size_t>(operation_.layer) >= design_.layers.size())
      return fmt::format("layer {} does not exist", operation_.layer);
    for (const ValueId id : operands(operation_.kind))
      if (!id.valid() || static_cast<std::size_t>(id.index) >= index_)
        return fmt::format("operand %{} does not stand before it", id.index);
    if (!well_formed(operation_.range)) return "malformed range " + operation_.range.to_string();
    if (Text text = check_kind(); !text.empty()) return text;
    return check_range();
  }

 private:
  const Interval& range(ValueId id) const { return process_.operation(id).range; }

  Text check_kind() const {
    return std::visit(
        Match{[](const Constant&) { return Text(); }, [&](const Receive& k) { return check(k); },
              [&](const Add& k) { return check(k); }, [&](const Add3& k) { return check(k); },
              [](const Negate&) { return Text(); }, [](const Multiply&) { return Text(); },
              [](const Shift& k) {
                const bool fits = std::abs(k.bits) <= numeric::max_word_width;
                return fits ? Text() : fmt::format("shifts by {} bits", k.bits);
              },
              [](const Compare&) { return Text(); }, [](const Logic&) { return Text(); },
              [](const Not&) { return Text(); }, [](const Select&) { return Text(); },
              [](const Clamp& k) {
                return k.low <= k.high ? Text() : Text("clamp bounds are in the wrong order");
              },
              [](const Wrap& k) {
                const bool fits = k.width >= 0 && k.width <= numeric::max_word_width;
                return fits ? Text() : fmt::format("wraps to {} bits", k.width);
              },
              [&](const Lookup& k) { return check(k); },
              [&](const Counter& k) {
                const bool exists =
                    k.loop >= 0 && static_cast<std::size_t>(k.loop) < process_.loops.size();
                return exists ? Text() : fmt::format("loop {} does not exist", k.loop);
              },
              [&](const ReadState& k) {
                return has(process_.states, k.state) ? Text() : Text("its state does not exist");
              },
              [&](const WriteState& k) { return check(k); },
              [&](const ReadMemory& k) { return check_address(k.memory, k.address); },
              [&](const WriteMemory& k) { return check(k); }},
        operation_.kind);
  }

  Text check(const Receive& k) const {
    const auto take = std::find_if(process_.takes.begin(), process_.takes.end(),
                                   [&](const Take& t) { return t.channel == k.channel; });
    if (take == process_.takes.end())
      return fmt::format("its process does not take from c{}", k.channel.index);
    const auto& words = design_.channels[static_cast<std::size_t>(k.channel.index)].words;
    const bool exists = k.word >= 0 && static_cast<std::size_t>(k.word) < words.size();
    return exists ? Text() : fmt::format("a beat of c{} has no word {}", k.channel.index, k.word);
  }

  Text check(const Add& k) const {
    if (k.shift_a < 0 || k.shift_b < 0 || (k.shift_a > 0 && k.shift_b > 0))
      return fmt::format("shifts {} and {}: one must be 0, none negative", k.shift_a, k.shift_b);
    return {};
  }

  Text check(const Add3& k) const {
    if (std::min({k.shift_a, k.shift_b, k.shift_c}) == 0) return {};
    return fmt::format("shifts {}, {} and {}: the least must be 0", k.shift_a, k.shift_b,
                       k.shift_c);
  }

  Text check(const Lookup& k) const {
    if (!has(process_.tables, k.table)) return "its table does not exist";
    const LookupTable& table = process_.tables[static_cast<std::size_t>(k.table.index)];
    const std::int64_t last = table.first + static_cast<std::int64_t>(table.entries.size()) - 1;
    if (range(k.a).low >= table.first && range(k.a).high <= last) return {};
    return fmt::format("table '{}' holds [{},{}], its operand is {}", table.name, table.first, last,
                       range(k.a).to_string());
  }

  Text check(const WriteState& k) const {
    if (!has(process_.states, k.state)) return "its state does not exist";
    const State& state = process_.states[static_cast<std::size_t>(k.state.index)];
    for (std::size_t i = 0; i < index_; ++i)
      if (const auto* other = std::get_if<WriteState>(&process_.body[i].kind);
          other != nullptr && other->state == k.state)
        return fmt::format("state '{}' is written twice", state.name);
    if (state.range.contains(range(k.a))) return {};
    return fmt::format("state '{}' holds {}, not {}", state.name, state.range.to_string(),
                       range(k.a).to_string());
  }

  Text check_address(MemoryId id, ValueId address) const {
    if (!has(process_.memories, id)) return "its memory does not exist";
    const Memory& memory = process_.memories[static_cast<std::size_t>(id.index)];
    const auto size = static_cast<std::int64_t>(memory.initial.size());
    if (range(address).low >= 0 && range(address).high < size) return {};
    return fmt::format("memory '{}' has {} words, its address is {}", memory.name, size,
                       range(address).to_string());
  }

  Text check(const WriteMemory& k) const {
    if (Text text = check_address(k.memory, k.address); !text.empty()) return text;
    const Memory& memory = process_.memories[static_cast<std::size_t>(k.memory.index)];
    if (memory.reloadable) return fmt::format("memory '{}' is written from outside", memory.name);
    if (memory.range.contains(range(k.a))) return {};
    return fmt::format("memory '{}' holds {}, not {}", memory.name, memory.range.to_string(),
                       range(k.a).to_string());
  }

  Text check_range() const {
    const auto computed = range_of(operation_.kind, process_, design_.channels);
    if (!computed) return fmt::format("is wider than {} bits", numeric::max_word_width);
    if (operation_.range.contains(*computed) || computed->contains(operation_.range)) return {};
    return fmt::format("range {} neither holds nor narrows {}", operation_.range.to_string(),
                       computed->to_string());
  }

  const Design& design_;
  const Process& process_;
  std::size_t index_;
  const Operation& operation_;
};

Text check_when(const Process& process, const When& when) {
  for (const CountRange& range : when) {
    if (range.loop < 0 || static_cast<std::size_t>(range.loop) >= process.loops.size())
      return fmt::format("loop {} does not exist", range.loop);
    const std::int64_t trips = process.loops[static_cast<std::size_t>(range.loop)].trips;
    const auto& counts = range.counts;
    if (!counts.empty()) {
      const bool ascend =
          std::adjacent_find(counts.begin(), counts.end(), std::greater_equal<>()) == counts.end();
      if (!ascend || counts.front() < 0 || counts.back() >= trips)
        return fmt::format("the counts of loop {} do not ascend below {} trips", range.loop, trips);
      continue;
    }
    if (range.first < 0 || range.first >= range.end || range.end > trips || range.stride < 1)
      return fmt::format("count range {}..{} by {} does not fit {} trips", range.first, range.end,
                         range.stride, trips);
  }
  return {};
}

Text check_give(const Design& design, const Process& process, const Give& give) {
  if (!has(design.channels, give.channel)) return "its channel does not exist";
  const auto& words = design.channels[static_cast<std::size_t>(give.channel.index)].words;
  if (words.size() != give.words.size())
    return fmt::format("{} words, the channel has {}", give.words.size(), words.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!has(process.body, give.words[i])) return fmt::format("word {} does not exist", i);
    const Interval& range = process.operation(give.words[i]).range;
    if (!words[i].contains(range))
      return fmt::format("word {} is {}, the channel holds {}", i, range.to_string(),
                         words[i].to_string());
  }
  return check_when(process, give.when);
}

Text check_takes_and_gives(const Design& design, const Process& process) {
  for (const Take& take : process.takes) {
    Text text = has(design.channels, take.channel) ? check_when(process, take.when)
                                                   : Text("its channel does not exist");
    if (!text.empty()) return fmt::format("take c{}: {}", take.channel.index, text);
  }
  for (const Give& give : process.gives)
    if (Text text = check_give(design, process, give); !text.empty())
      return fmt::format("give c{}: {}", give.channel.index, text);
  return {};
}

Text check_stores(const Process& process) {
  for (const Loop& loop : process.loops)
    if (loop.trips < 1) return fmt::format("loop '{}' has {} trips", loop.name, loop.trips);
  if (process.interval < 1) return fmt::format("interval {}", process.interval);
  for (const LookupTable& table : process.tables) {
    if (table.entries.empty()) return fmt::format("table '{}' is empty", table.name);
    for (const std::int64_t entry : table.entries)
      if (!numeric::fits_word(Interval::constant(entry)))
        return fmt::format("table '{}' holds {}, wider than {} bits", table.name, entry,
                           numeric::max_word_width);
  }
  for (const Memory& memory : process.memories) {
    if (memory.initial.empty()) return fmt::format("memory '{}' is empty", memory.name);
    if (Text text = check_words(memory.initial, memory.range); !text.empty())
      return fmt::format("memory '{}' {}", memory.name, text);
  }
  for (const State& state : process.states)
    if (Text text = check_words({state.initial}, state.range); !text.empty())
      return fmt::format("state '{}' {}", state.name, text);
  return {};
}

Text check_process(const Design& design, const Process& process) {
  if (Text text = check_stores(process); !text.empty()) return text;
  if (Text text = check_takes_and_gives(design, process); !text.empty()) return text;
  for (std::size_t i = 0; i < process.body.size(); ++i)
    if (Text text = OperationCheck(design, process, i).run(); !text.empty())
      return fmt::format("%{} ({}): {}", i, name_of(process.body[i].kind), text);
  return {};
}

Text check_channel(const Channel& channel) {
  if (channel.words.empty()) return "has no words";
  for (const Interval& range : channel.words)
    if (!well_formed(range)) return "has the malformed range " + range.to_string();
  for (const auto& beat : channel.initial) {
    if (beat.size() != channel.words.size())
      return fmt::format("an initial beat of {} words", beat.size());
    for (std::size_t i = 0; i < beat.size(); ++i)
      if (Text text = check_words({beat[i]}, channel.words[i]); !text.empty()) return text;
  }
  return {};
}

/// Who gives to and who takes from a channel, and how many beats an inference.
struct Ends {
  int givers = 0, takers = 0, ports = 0;
  std::int64_t given = 0, taken = 0;
};

Text port_beats(const Design& design, const Port& port, std::int64_t& beats) {
  if (!has(design.channels, port.channel))
    return fmt::format("port '{}': its channel does not exist", port.name);
  const auto words = static_cast<std::int64_t>(
      design.channels[static_cast<std::size_t>(port.channel.index)].words.size());
  const std::int64_t elements = numeric::element_count(port.shape);
  if (elements % words != 0)
    return fmt::format("port '{}': {} elements are no whole beats of {} words", port.name, elements,
                       words);
  beats = elements / words;
  std::vector<int> axes = port.axes;
  std::ranges::sort(axes);
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes.size() != port.shape.size() || axes[i] != static_cast<int>(i))
      return fmt::format("port '{}': its axes are no order of {} axes", port.name,
                         port.shape.size());
  return {};
}

Text check_ports(const Design& design, std::vector<Ends>& ends) {
  std::set<std::string> names;
  for (const auto* ports : {&design.inputs, &design.outputs})
    for (const Port& port : *ports) {
      if (!names.insert(port.name).second)
        return fmt::format("two ports are named '{}'", port.name);
      std::int64_t beats = 0;
      if (Text text = port_beats(design, port, beats); !text.empty()) return text;
      Ends& end = ends[static_cast<std::size_t>(port.channel.index)];
      ++end.ports;
      (ports == &design.inputs ? end.givers : end.takers) += 1;
      (ports == &design.inputs ? end.given : end.taken) += beats;
    }
  return {};
}

Text check_network(const Design& design) {
  std::vector<Ends> ends(design.channels.size());
  if (Text text = check_ports(design, ends); !text.empty()) return text;
  for (const Process& process : design.processes) {
    for (const Take& take : process.takes) {
      Ends& end = ends[static_cast<std::size_t>(take.channel.index)];
      ++end.takers;
      end.taken += process.beats(take.when);
    }
    for (const Give& give : process.gives) {
      Ends& end = ends[static_cast<std::size_t>(give.channel.index)];
      ++end.givers;
      end.given += process.beats(give.when);
    }
  }
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const Ends& end = ends[i];
    const std::string& name = design.channels[i].name;
    if (end.givers != 1 || end.takers != 1)
      return fmt::format("channel '{}' has {} givers and {} takers", name, end.givers, end.takers);
    if (end.ports == 2) return fmt::format("channel '{}' joins two ports", name);
    if (end.given != end.taken)
      return fmt::format("channel '{}': {} beats given, {} taken an inference", name, end.given,
                         end.taken);
  }
  return {};
}

}  // namespace

std::string verify(const Design& design) {
  for (const Channel& channel : design.channels)
    if (Text text = check_channel(channel); !text.empty())
      return fmt::format("channel '{}' {}", channel.name, text);
  for (const Process& process : design.processes)
    if (Text text = check_process(design, process); !text.empty())
      return fmt::format("process '{}': {}", process.name, text);
  return check_network(design);
}

}  // namespace gatefold::hardware
