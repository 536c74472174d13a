#include "gatefold/hardware/step_code.h"

#include <algorithm>

#include "gatefold/hardware/evaluate.h"
#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using Word64 = std::int64_t;
using Code = StepOperation;
using Words = const Word64*;

Word64 constant(const Code& code, Words) { return code.x; }
Word64 copy(const Code& code, Words words) { return words[code.a]; }
Word64 load(const Code& code, Words) { return code.store[code.x]; }
Word64 load_at(const Code& code, Words words) { return code.store[words[code.a]]; }
Word64 look_up(const Code& code, Words words) { return code.store[words[code.a] - code.x]; }
Word64 add(const Code& code, Words words) {
  return (words[code.a] << code.shift_a) + (words[code.b] << code.shift_b);
}
Word64 subtract(const Code& code, Words words) {
  return (words[code.a] << code.shift_a) - (words[code.b] << code.shift_b);
}
/// x and y are the signs.
Word64 add3(const Code& code, Words words) {
  return (words[code.a] << code.shift_a) + code.x * (words[code.b] << code.shift_b) +
         code.y * (words[code.c] << code.shift_c);
}
Word64 negate(const Code& code, Words words) { return -words[code.a]; }
Word64 multiply(const Code& code, Words words) { return words[code.a] * words[code.b]; }
Word64 shift_up(const Code& code, Words words) { return words[code.a] << code.shift_a; }
Word64 shift_down(const Code& code, Words words) { return words[code.a] >> code.shift_a; }
Word64 less(const Code& code, Words words) { return words[code.a] < words[code.b] ? 1 : 0; }
Word64 less_equal(const Code& code, Words words) { return words[code.a] <= words[code.b] ? 1 : 0; }
Word64 equal(const Code& code, Words words) { return words[code.a] == words[code.b] ? 1 : 0; }
Word64 both(const Code& code, Words words) { return words[code.a] & words[code.b]; }
Word64 either(const Code& code, Words words) { return words[code.a] | words[code.b]; }
Word64 one_of(const Code& code, Words words) { return words[code.a] ^ words[code.b]; }
Word64 invert(const Code& code, Words words) { return ~words[code.a]; }
Word64 select(const Code& code, Words words) {
  return words[code.a] != 0 ? words[code.b] : words[code.c];
}
Word64 clamp(const Code& code, Words words) {
  return std::min(std::max(words[code.a], code.x), code.y);
}
Word64 wrap_signed(const Code& code, Words words) {
  return static_cast<Word64>(static_cast<std::uint64_t>(words[code.a]) << code.shift_a) >>
         code.shift_a;
}
Word64 wrap_unsigned(const Code& code, Words words) {
  return static_cast<Word64>(static_cast<std::uint64_t>(words[code.a]) << code.shift_a >>
                             code.shift_a);
}

Code::Apply relation_of(Relation relation) {
  switch (relation) {
    case Relation::Less:
      return less;
    case Relation::LessEqual:
      return less_equal;
    case Relation::Equal:
      return equal;
  }
  GATEFOLD_ASSERT(false, "every relation is handled");
}

Code::Apply logic_of(LogicKind kind) {
  switch (kind) {
    case LogicKind::And:
      return both;
    case LogicKind::Or:
      return either;
    case LogicKind::Xor:
      return one_of;
  }
  GATEFOLD_ASSERT(false, "every logic is handled");
}

/// Sets what is particular to a kind.
class Compiler {
 public:
  Compiler(Code& code, const Process& process, StepStores& stores)
      : code_(code), process_(process), stores_(stores) {}

  void operator()(const Constant& k) { set(constant, k.value); }
  void operator()(const Receive& k) {
    const auto take = std::ranges::find(process_.takes, k.channel, &Take::channel);
    from(stores_.beats[static_cast<std::size_t>(take - process_.takes.begin())], k.word);
  }
  void operator()(const Add& k) {
    code_.apply = k.subtract ? subtract : add;
    shift(k.shift_a, k.shift_b);
  }
  void operator()(const Add3& k) {
    set(add3, k.subtract_b ? -1 : 1, k.subtract_c ? -1 : 1);
    shift(k.shift_a, k.shift_b, k.shift_c);
  }
  void operator()(const Negate&) { set(negate); }
  void operator()(const Multiply&) { set(multiply); }
  void operator()(const Shift& k) {
    set(k.bits < 0 ? shift_down : shift_up);
    shift(k.bits < 0 ? std::min(-k.bits, 63) : k.bits);
  }
  void operator()(const Compare& k) { set(relation_of(k.relation)); }
  void operator()(const Logic& k) { set(logic_of(k.kind)); }
  void operator()(const Not&) { set(invert); }
  void operator()(const Select&) { set(select); }
  void operator()(const Clamp& k) { set(clamp, k.low, k.high); }
  void operator()(const Wrap& k) {
    set(k.width == 0 ? constant : k.is_signed ? wrap_signed : wrap_unsigned);
    shift(64 - k.width);
  }
  void operator()(const Lookup& k) {
    const LookupTable& table = process_.tables[static_cast<std::size_t>(k.table.index)];
    set(look_up, table.first);
    code_.store = table.entries.data();
  }
  void operator()(const Counter& k) { from(stores_.counts, k.loop); }
  void operator()(const ReadState& k) { from(stores_.states, k.state.index); }
  void operator()(const WriteState&) { set(copy); }
  void operator()(const ReadMemory& k) {
    set(load_at);
    code_.store = stores_.memories[static_cast<std::size_t>(k.memory.index)].data();
  }
  void operator()(const WriteMemory&) {
    set(copy);
    code_.a = code_.b;  // its operands begin with the address
  }

 private:
  void set(Code::Apply apply, Word64 x = 0, Word64 y = 0) {
    code_.apply = apply;
    code_.x = x;
    code_.y = y;
  }
  void shift(int a, int b = 0, int c = 0) {
    code_.shift_a = a;
    code_.shift_b = b;
    code_.shift_c = c;
  }
  void from(const std::vector<Word64>& store, int index) {
    set(load, index);
    code_.store = store.data();
  }

  Code& code_;
  const Process& process_;
  StepStores& stores_;
};

}  // namespace

StepStores::StepStores(const Design& design, const Process& process)
    : counts(process.loops.size()) {
  for (const State& state : process.states) states.push_back(state.initial);
  for (const Memory& memory : process.memories) memories.push_back(memory.initial);
  for (const Take& take : process.takes)
    beats.emplace_back(design.channels[static_cast<std::size_t>(take.channel.index)].words.size());
}

Word64* StepWrite::target(const Word64* words) const {
  if (is_enabled && words[enable] == 0) return nullptr;
  return store + (is_addressed ? words[address] : 0);
}

StepOperation compile_operation(const Process& process, ValueId id, const PlaceOf& place,
                                StepStores& stores) {
  const Operation& operation = process.operation(id);
  const numeric::Interval& range = operation.range;
  StepOperation code{.id = id, .result = place(id), .low = range.low, .high = range.high};
  code.grid = range.is_constant() ? 0 : (Word64{1} << range.zeros) - 1;
  Place* places[] = {&code.a, &code.b, &code.c};
  std::size_t count = 0;
  for (const ValueId operand : operands(operation.kind)) *places[count++] = place(operand);
  std::visit(Compiler(code, process, stores), operation.kind);
  return code;
}

StepWrite compile_write(const Kind& kind, ValueId id, const PlaceOf& place, StepStores& stores) {
  StepWrite write{.word = place(id)};
  const auto enable = [&](ValueId by) {
    write.is_enabled = by.valid();
    if (by.valid()) write.enable = place(by);
  };
  if (const auto* memory = std::get_if<WriteMemory>(&kind)) {
    write.store = stores.memories[static_cast<std::size_t>(memory->memory.index)].data();
    write.address = place(memory->address);
    write.is_addressed = true;
    enable(memory->enable);
  } else {
    const auto& state = std::get<WriteState>(kind);
    write.store = &stores.states[static_cast<std::size_t>(state.state.index)];
    enable(state.enable);
  }
  return write;
}

void run_step(std::span<const StepOperation> operations, const Design& design,
              const Process& process, Word64* words) {
  for (const StepOperation& code : operations) {
    const Word64 word = code.apply(code, words);
    words[code.result] = word;
    if (word < code.low || word > code.high || (word & code.grid) != 0)
      check_range(design, process, code.id, {&word, 1});
  }
}

}  // namespace gatefold::hardware
