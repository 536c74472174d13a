#include <fmt/core.h>
#include <fmt/ranges.h>

#include "gatefold/hardware/design.h"
#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using Text = std::string;

/// `"name"`, with a backslash before quotes, backslashes and line ends.
Text quoted(const Text& name) {
  Text text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text.push_back('\\');
    if (c == '\n')
      text.append("\\n");
    else
      text.push_back(c);
  }
  text.push_back('"');
  return text;
}

Text words(const std::vector<std::int64_t>& values) {
  return fmt::format("{}", fmt::join(values, " "));
}

Text shifted(ValueId id, int shift) {
  return shift == 0 ? fmt::format("%{}", id.index) : fmt::format("%{}<<{}", id.index, shift);
}

Text enable(ValueId id) { return id.valid() ? fmt::format(" %{}", id.index) : Text(); }

Text arguments(const Kind& kind) {
  return std::visit(
      Match{[](const Constant& k) { return fmt::format(" {}", k.value); },
            [](const Receive& k) { return fmt::format(" c{} {}", k.channel.index, k.word); },
            [](const Add& k) {
              return fmt::format(" {} {}", shifted(k.a, k.shift_a), shifted(k.b, k.shift_b));
            },
            [](const Add3& k) {
              return fmt::format(" {} {} {} {} {}", shifted(k.a, k.shift_a),
                                 k.subtract_b ? '-' : '+', shifted(k.b, k.shift_b),
                                 k.subtract_c ? '-' : '+', shifted(k.c, k.shift_c));
            },
            [](const Negate& k) { return fmt::format(" %{}", k.a.index); },
            [](const Multiply& k) { return fmt::format(" %{} %{}", k.a.index, k.b.index); },
            [](const Shift& k) { return fmt::format(" %{} {}", k.a.index, k.bits); },
            [](const Compare& k) { return fmt::format(" %{} %{}", k.a.index, k.b.index); },
            [](const Logic& k) { return fmt::format(" %{} %{}", k.a.index, k.b.index); },
            [](const Not& k) { return fmt::format(" %{}", k.a.index); },
            [](const Select& k) {
              return fmt::format(" %{} %{} %{}", k.condition.index, k.a.index, k.b.index);
            },
            [](const Clamp& k) { return fmt::format(" %{} {} {}", k.a.index, k.low, k.high); },
            [](const Wrap& k) {
              return fmt::format(" %{} {}{}", k.a.index, k.is_signed ? 's' : 'u', k.width);
            },
            [](const Lookup& k) { return fmt::format(" t{} %{}", k.table.index, k.a.index); },
            [](const Counter& k) { return fmt::format(" l{}", k.loop); },
            [](const ReadState& k) { return fmt::format(" s{}", k.state.index); },
            [](const WriteState& k) {
              return fmt::format(" s{} %{}{}", k.state.index, k.a.index, enable(k.enable));
            },
            [](const ReadMemory& k) {
              return fmt::format(" m{} %{}", k.memory.index, k.address.index);
            },
            [](const WriteMemory& k) {
              return fmt::format(" m{} %{} %{}{}", k.memory.index, k.address.index, k.a.index,
                                 enable(k.enable));
            }},
      kind);
}

Text print(const When& when) {
  Text text;
  for (const CountRange& range : when)
    text += range.counts.empty() ? fmt::format(" when l{} {} {} {}", range.loop, range.first,
                                               range.end, range.stride)
                                 : fmt::format(" when l{} in {}", range.loop, words(range.counts));
  return text;
}

Text print(const Channel& channel) {
  Text text = fmt::format("channel {}", quoted(channel.name));
  for (const auto& range : channel.words) text += fmt::format(" {}", range.to_string());
  for (const auto& beat : channel.initial) text += fmt::format(" initial {}", words(beat));
  return text + "\n";
}

Text print(std::string_view direction, const Port& port) {
  const Text axes =
      port.axes.empty() ? Text() : fmt::format(" transposed {}", fmt::join(port.axes, " "));
  return fmt::format("{} {} c{} [{}]{}\n", direction, quoted(port.name), port.channel.index,
                     fmt::join(port.shape, ","), axes);
}

Text print(const Give& give) {
  Text text = fmt::format("  give c{}", give.channel.index);
  for (const ValueId word : give.words) text += fmt::format(" %{}", word.index);
  return text + print(give.when) + "\n";
}

Text print(const Process& process) {
  Text text = fmt::format("process {} {}\n", quoted(process.name), process.interval);
  for (const Loop& loop : process.loops)
    text += fmt::format("  loop {} {}\n", quoted(loop.name), loop.trips);
  for (const LookupTable& table : process.tables)
    text +=
        fmt::format("  table {} {} : {}\n", quoted(table.name), table.first, words(table.entries));
  for (const Memory& memory : process.memories)
    text += fmt::format("  memory {} {}{} : {}\n", quoted(memory.name), memory.range.to_string(),
                        memory.reloadable ? " reloadable" : "", words(memory.initial));
  for (const State& state : process.states)
    text += fmt::format("  state {} {} : {}\n", quoted(state.name), state.range.to_string(),
                        state.initial);
  for (const Take& take : process.takes)
    text += fmt::format("  take c{}{}\n", take.channel.index, print(take.when));
  for (std::size_t i = 0; i < process.body.size(); ++i) {
    const Operation& operation = process.body[i];
    text += fmt::format("  %{} = {}{} : {} @{}\n", i, name_of(operation.kind),
                        arguments(operation.kind), operation.range.to_string(), operation.layer);
  }
  for (const Give& give : process.gives) text += print(give);
  return text;
}

}  // namespace

std::string print(const Design& design) {
  Text text = fmt::format("design {}\n", quoted(design.name));
  for (const Layer& layer : design.layers)
    text += fmt::format("layer {} {}\n", quoted(layer.name), quoted(layer.kind));
  for (const Channel& channel : design.channels) text += print(channel);
  for (const Port& port : design.inputs) text += print("input", port);
  for (const Port& port : design.outputs) text += print("output", port);
  for (const Process& process : design.processes) text += print(process);
  return text;
}

}  // namespace gatefold::hardware
