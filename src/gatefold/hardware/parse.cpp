#include <fmt/core.h>
#include <map>

#include "gatefold/hardware/design.h"
#include "gatefold/hardware/tokens.h"

namespace gatefold::hardware {
namespace {

ValueId value(Tokens& tokens) { return tokens.id<ValueId>('%'); }

ValueId enable(Tokens& tokens) { return tokens.at('%') ? value(tokens) : ValueId{}; }

/// `%3` or `%3<<2`.
std::pair<ValueId, int> shifted(Tokens& tokens) {
  const std::string token = tokens.word();
  const std::size_t arrow = token.find("<<");
  Tokens id(token.substr(0, arrow));
  const ValueId operand = value(id);
  const auto shift = arrow == std::string::npos ? 0 : parse_number(token.substr(arrow + 2));
  if (!id.ok() || !shift || *shift < 0 || *shift > numeric::max_word_width)
    tokens.fail(fmt::format("expected an operand such as %3 or %3<<2, not {}", token));
  return {operand, static_cast<int>(shift.value_or(0))};
}

Kind parse_add(Tokens& tokens, bool subtract) {
  const auto [a, shift_a] = shifted(tokens);
  const auto [b, shift_b] = shifted(tokens);
  return Add{a, b, shift_a, shift_b, subtract};
}

/// `+` is false, `-` is true.
bool subtracted(Tokens& tokens) {
  const std::string token = tokens.word();
  if (token != "+" && token != "-") tokens.fail("expected + or -, not " + token);
  return token == "-";
}

Kind parse_add3(Tokens& tokens) {
  const auto [a, shift_a] = shifted(tokens);
  const bool subtract_b = subtracted(tokens);
  const auto [b, shift_b] = shifted(tokens);
  const bool subtract_c = subtracted(tokens);
  const auto [c, shift_c] = shifted(tokens);
  return Add3{a, b, c, shift_a, shift_b, shift_c, subtract_b, subtract_c};
}

Kind parse_wrap(Tokens& tokens) {
  const ValueId a = value(tokens);
  const bool is_signed = tokens.at('s');
  const auto width = tokens.id<ValueId>(is_signed ? 's' : 'u');
  return Wrap{a, width.index, is_signed};
}

template <typename Pair>
Kind pair(Tokens& tokens, Pair make) {
  const ValueId a = value(tokens);
  return make(a, value(tokens));
}

template <Relation relation>
Kind parse_relation(Tokens& tokens) {
  return pair(tokens, [](ValueId a, ValueId b) { return Compare{relation, a, b}; });
}

template <LogicKind kind>
Kind parse_logic(Tokens& tokens) {
  return pair(tokens, [](ValueId a, ValueId b) { return Logic{kind, a, b}; });
}

Kind parse_multiply(Tokens& tokens, bool in_dsp) {
  return pair(tokens, [&](ValueId a, ValueId b) { return Multiply{a, b, in_dsp}; });
}

// Braced initialisers read the tokens from left to right.
const std::map<std::string, Kind (*)(Tokens&), std::less<>> parsers = {
    {"constant", [](Tokens& t) -> Kind { return Constant{t.number()}; }},
    {"receive",
     [](Tokens& t) -> Kind {
       return Receive{t.id<ChannelId>('c'), t.small()};
     }},
    {"add", [](Tokens& t) { return parse_add(t, false); }},
    {"subtract", [](Tokens& t) { return parse_add(t, true); }},
    {"add3", [](Tokens& t) { return parse_add3(t); }},
    {"negate", [](Tokens& t) -> Kind { return Negate{value(t)}; }},
    {"multiply", [](Tokens& t) { return parse_multiply(t, false); }},
    {"multiply_dsp", [](Tokens& t) { return parse_multiply(t, true); }},
    {"shift",
     [](Tokens& t) -> Kind {
       return Shift{value(t), t.small()};
     }},
    {"less", parse_relation<Relation::Less>},
    {"less_equal", parse_relation<Relation::LessEqual>},
    {"equal", parse_relation<Relation::Equal>},
    {"and", parse_logic<LogicKind::And>},
    {"or", parse_logic<LogicKind::Or>},
    {"xor", parse_logic<LogicKind::Xor>},
    {"not", [](Tokens& t) -> Kind { return Not{value(t)}; }},
    {"select",
     [](Tokens& t) -> Kind {
       return Select{value(t), value(t), value(t)};
     }},
    {"clamp",
     [](Tokens& t) -> Kind {
       return Clamp{value(t), t.number(), t.number()};
     }},
    {"wrap", parse_wrap},
    {"lookup",
     [](Tokens& t) -> Kind {
       return Lookup{t.id<TableId>('t'), value(t)};
     }},
    {"counter", [](Tokens& t) -> Kind { return Counter{t.id<ValueId>('l').index}; }},
    {"read_state", [](Tokens& t) -> Kind { return ReadState{t.id<StateId>('s')}; }},
    {"write_state",
     [](Tokens& t) -> Kind {
       return WriteState{t.id<StateId>('s'), value(t), enable(t)};
     }},
    {"read_memory",
     [](Tokens& t) -> Kind {
       return ReadMemory{t.id<MemoryId>('m'), value(t)};
     }},
    {"write_memory",
     [](Tokens& t) -> Kind {
       return WriteMemory{t.id<MemoryId>('m'), value(t), value(t), enable(t)};
     }},
};

When parse_when(Tokens& tokens) {
  When when;
  while (tokens.at("when")) {
    tokens.expect("when");
    CountRange range{tokens.id<ValueId>('l').index};
    if (tokens.at("in")) {
      tokens.expect("in");
      range.counts = tokens.numbers();
    } else {
      range.first = tokens.number();
      range.end = tokens.number();
      range.stride = tokens.number();
    }
    when.push_back(std::move(range));
  }
  return when;
}

void parse_operation(Tokens& tokens, Process& process) {
  const ValueId id = value(tokens);
  if (static_cast<std::size_t>(id.index) != process.body.size())
    tokens.fail(fmt::format("expected %{}, not %{}", process.body.size(), id.index));
  tokens.expect("=");
  const std::string name = tokens.word();
  const auto parser = parsers.find(name);
  if (parser == parsers.end()) return tokens.fail("unknown operation " + name);
  const Kind kind = parser->second(tokens);
  tokens.expect(":");
  const numeric::Interval range = tokens.interval();
  process.add(kind, range, tokens.id<ValueId>('@').index);
}

Channel parse_channel(Tokens& tokens) {
  Channel channel{tokens.quoted(), {}, {}};
  while (tokens.at('[')) channel.words.push_back(tokens.interval());
  while (tokens.at("initial")) {
    tokens.expect("initial");
    channel.initial.push_back(tokens.numbers());
  }
  return channel;
}

Port parse_port(Tokens& tokens) {
  Port port{tokens.quoted(), tokens.id<ChannelId>('c'), tokens.shape()};
  if (tokens.at("transposed")) {
    tokens.expect("transposed");
    while (!tokens.done()) port.axes.push_back(tokens.small());
  }
  return port;
}

std::vector<std::int64_t> listed(Tokens& tokens) {
  tokens.expect(":");
  return tokens.numbers();
}

void parse_take(Tokens& tokens, Process& process) {
  process.takes.push_back({tokens.id<ChannelId>('c'), parse_when(tokens)});
}

void parse_give(Tokens& tokens, Process& process) {
  Give give{tokens.id<ChannelId>('c'), {}, {}};
  while (tokens.at('%')) give.words.push_back(value(tokens));
  give.when = parse_when(tokens);
  process.gives.push_back(std::move(give));
}

void parse_state(Tokens& tokens, Process& process) {
  State state{tokens.quoted(), tokens.interval(), 0};
  tokens.expect(":");
  state.initial = tokens.number();
  process.states.push_back(std::move(state));
}

const std::map<std::string, void (*)(Tokens&, Process&), std::less<>> process_parsers = {
    {"loop",
     [](Tokens& t, Process& p) {
       p.loops.push_back({t.quoted(), t.number()});
     }},
    {"table",
     [](Tokens& t, Process& p) {
       p.tables.push_back({t.quoted(), t.number(), listed(t)});
     }},
    {"memory",
     [](Tokens& t, Process& p) {
       Memory& memory = p.memories.emplace_back();
       memory.name = t.quoted();
       memory.range = t.interval();
       memory.reloadable = t.at("reloadable");
       if (memory.reloadable) t.expect("reloadable");
       memory.initial = listed(t);
     }},
    {"state", parse_state},
    {"take", parse_take},
    {"give", parse_give},
};

const std::map<std::string, void (*)(Tokens&, Design&), std::less<>> design_parsers = {
    {"design", [](Tokens& t, Design& d) { d.name = t.quoted(); }},
    {"layer",
     [](Tokens& t, Design& d) {
       d.layers.push_back({t.quoted(), t.quoted()});
     }},
    {"channel", [](Tokens& t, Design& d) { d.channels.push_back(parse_channel(t)); }},
    {"input", [](Tokens& t, Design& d) { d.inputs.push_back(parse_port(t)); }},
    {"output", [](Tokens& t, Design& d) { d.outputs.push_back(parse_port(t)); }},
    {"process",
     [](Tokens& t, Design& d) {
       d.processes.emplace_back();
       d.processes.back().name = t.quoted();
       d.processes.back().interval = t.small();
     }},
};

void parse_line(Tokens& tokens, Design& design) {
  if (tokens.at('%') && !design.processes.empty())
    return parse_operation(tokens, design.processes.back());
  const std::string word = tokens.word();
  if (const auto parser = design_parsers.find(word); parser != design_parsers.end())
    return parser->second(tokens, design);
  const auto parser = process_parsers.find(word);
  if (parser == process_parsers.end() || design.processes.empty())
    return tokens.fail("unexpected " + word);
  parser->second(tokens, design.processes.back());
}

}  // namespace

Result<Design> parse(const std::string& text) {
  Design design;
  int line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    Tokens tokens(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    ++line;
    if (tokens.ok() && tokens.done()) continue;
    if (tokens.ok()) parse_line(tokens, design);
    if (tokens.ok() && !tokens.done()) tokens.fail("unexpected " + tokens.word());
    if (!tokens.ok()) return diagnose(DiagnosticId::DesignTextWrong, "", line, tokens.error());
  }
  return design;
}

}  // namespace gatefold::hardware
