#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <variant>
#include <vector>

#include "gatefold/numeric/interval.h"
#include "gatefold/support/ids.h"

// The closed set of operations: one word-level piece of hardware each, inside a process. Words are
// integers; what they stand for is no concern of hardware.
namespace gatefold::hardware {

using ValueId = Id<struct ValueTag>;      // the word that an operation computes, in its process
using ChannelId = Id<struct ChannelTag>;  // in the design
using TableId = Id<struct TableTag>;      // in the process
using MemoryId = Id<struct MemoryTag>;    // in the process
using StateId = Id<struct StateTag>;      // in the process

struct Constant {
  std::int64_t value = 0;
};
/// Word `word` of the beat that this step takes from the channel; 0 in a step that takes none.
struct Receive {
  ChannelId channel;
  int word = 0;
};
/// (a << shift_a) + (b << shift_b), or minus; one of the shifts is 0.
struct Add {
  ValueId a, b;
  int shift_a = 0, shift_b = 0;
  bool subtract = false;
};
/// (a << shift_a) + (b << shift_b) + (c << shift_c) in one carry chain, where targets have it; b
/// and c may be subtracted. The least shift is 0.
struct Add3 {
  ValueId a, b, c;
  int shift_a = 0, shift_b = 0, shift_c = 0;
  bool subtract_b = false, subtract_c = false;
};
struct Negate {
  ValueId a;
};
struct Multiply {
  ValueId a, b;
  bool in_dsp = false;  // a multiplier of the device does it, not LUTs
};
/// a << bits for positive, arithmetic a >> -bits for negative (drops low bits: floor).
struct Shift {
  ValueId a;
  int bits = 0;
};
enum class Relation { Less, LessEqual, Equal };
/// 1 or 0.
struct Compare {
  Relation relation = Relation::Less;
  ValueId a, b;
};
enum class LogicKind { And, Or, Xor };
/// Bitwise on two's complement integers, sign extended as far as the other operand needs.
struct Logic {
  LogicKind kind = LogicKind::And;
  ValueId a, b;
};
/// Bitwise complement of a two's complement integer: -1 - a (a flag is inverted by Xor with 1).
struct Not {
  ValueId a;
};
/// a where condition is not 0, else b.
struct Select {
  ValueId condition, a, b;
};
/// min(max(a, low), high).
struct Clamp {
  ValueId a;
  std::int64_t low = 0, high = 0;
};
/// The low `width` bits of a, read with the given sign (a wrap).
struct Wrap {
  ValueId a;
  int width = 0;
  bool is_signed = false;
};
/// table[a - first]; the table holds every value that a can take.
struct Lookup {
  TableId table;
  ValueId a;
};
/// The count of a loop of the process.
struct Counter {
  int loop = 0;
};
/// The word that the state holds at the beginning of the step.
struct ReadState {
  StateId state;
};
/// The value is `a`. From the next step on the state holds `a`, when `enable` (invalid: always) is
/// not 0.
struct WriteState {
  StateId state;
  ValueId a;
  ValueId enable;
};
/// The word at `address` (at the beginning of the step).
struct ReadMemory {
  MemoryId memory;
  ValueId address;
};
/// The value is `a`. From the next step on the memory answers it at `address`.
struct WriteMemory {
  MemoryId memory;
  ValueId address, a;
  ValueId enable;  // invalid: always
};

using Kind =
    std::variant<Constant, Receive, Add, Add3, Negate, Multiply, Shift, Compare, Logic, Not, Select,
                 Clamp, Wrap, Lookup, Counter, ReadState, WriteState, ReadMemory, WriteMemory>;

/// A typed operation: `range` is proved, and gives the word's width and sign; `layer` indexes the
/// design's layers.
struct Operation {
  Kind kind;
  numeric::Interval range;
  int layer = 0;
};

/// Width in bits and sign of the word that holds a range (width 0: the constant 0).
struct Word {
  int width = 0;
  bool is_signed = false;
  friend bool operator==(const Word&, const Word&) = default;
};
Word word_of(const numeric::Interval& range);

/// The name in the text form: `add`, `subtract`, `less`, `read_memory`, …
std::string_view name_of(const Kind& kind);

/// The operands, in order; invalid ids (absent enables) are left out.
std::vector<ValueId> operands(const Kind& kind);

/// Replaces each valid operand id by `map` of it.
void map_operands(Kind& kind, const std::function<ValueId(ValueId)>& map);

}  // namespace gatefold::hardware
