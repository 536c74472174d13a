#include "gatefold/hardware/evaluate.h"

#include <algorithm>
#include <array>
#include <fmt/core.h>

#include "gatefold/support/match.h"

namespace gatefold::hardware {
namespace {

using Word64 = std::int64_t;

/// Lanes of the operands and of the result; `apply` writes f(a…) in every lane.
struct Lanes {
  std::span<const Word64* const> in;
  std::span<Word64> out;

  template <typename F>
  void unary(F f) const {
    const Word64* a = in[0];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = f(a[i]);
  }
  template <typename F>
  void binary(F f) const {
    const Word64 *a = in[0], *b = in[1];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = f(a[i], b[i]);
  }
  void copy(std::size_t operand) const { std::copy_n(in[operand], out.size(), out.begin()); }
};

void add(const Add& k, const Lanes& lanes) {
  const int left = k.shift_a, right = k.shift_b;
  if (k.subtract)
    lanes.binary([=](Word64 a, Word64 b) { return (a << left) - (b << right); });
  else
    lanes.binary([=](Word64 a, Word64 b) { return (a << left) + (b << right); });
}

/// No partial sum of three words of max_word_width bits overflows: the result is such a word.
void add3(const Add3& k, const Lanes& lanes) {
  const Word64 *a = lanes.in[0], *b = lanes.in[1], *c = lanes.in[2];
  const Word64 sign_b = k.subtract_b ? -1 : 1, sign_c = k.subtract_c ? -1 : 1;
  for (std::size_t i = 0; i < lanes.out.size(); ++i) {
    const Word64 pair = (a[i] << k.shift_a) + sign_b * (b[i] << k.shift_b);
    lanes.out[i] = pair + sign_c * (c[i] << k.shift_c);
  }
}

void shift(int bits, const Lanes& lanes) {
  if (bits >= 0)
    lanes.unary([=](Word64 a) { return a << bits; });
  else
    lanes.unary([down = std::min(-bits, 63)](Word64 a) { return a >> down; });
}

void compare(Relation relation, const Lanes& lanes) {
  switch (relation) {
    case Relation::Less:
      return lanes.binary([](Word64 a, Word64 b) -> Word64 { return a < b; });
    case Relation::LessEqual:
      return lanes.binary([](Word64 a, Word64 b) -> Word64 { return a <= b; });
    case Relation::Equal:
      return lanes.binary([](Word64 a, Word64 b) -> Word64 { return a == b; });
  }
}

void logic(LogicKind kind, const Lanes& lanes) {
  switch (kind) {
    case LogicKind::And:
      return lanes.binary([](Word64 a, Word64 b) { return a & b; });
    case LogicKind::Or:
      return lanes.binary([](Word64 a, Word64 b) { return a | b; });
    case LogicKind::Xor:
      return lanes.binary([](Word64 a, Word64 b) { return a ^ b; });
  }
}

void select(const Lanes& lanes) {
  const Word64 *condition = lanes.in[0], *a = lanes.in[1], *b = lanes.in[2];
  for (std::size_t i = 0; i < lanes.out.size(); ++i) lanes.out[i] = condition[i] != 0 ? a[i] : b[i];
}

void wrap(const Wrap& k, const Lanes& lanes) {
  const int drop = 64 - k.width;
  if (k.width == 0)
    lanes.unary([](Word64) -> Word64 { return 0; });
  else if (k.is_signed)
    lanes.unary([=](Word64 a) {
      return static_cast<Word64>(static_cast<std::uint64_t>(a) << drop) >> drop;
    });
  else
    lanes.unary([=](Word64 a) {
      return static_cast<Word64>(static_cast<std::uint64_t>(a) << drop >> drop);
    });
}

void look_up(const LookupTable& table, const Lanes& lanes) {
  const Word64* entries = table.entries.data();
  lanes.unary([=, first = table.first](Word64 a) { return entries[a - first]; });
}

[[noreturn]] void impure(const Kind& kind) {
  assertion_failed("is_pure(kind)", __FILE__, __LINE__, name_of(kind));
}

}  // namespace

bool is_pure(const Kind& kind) {
  return !std::holds_alternative<Receive>(kind) && !std::holds_alternative<Counter>(kind) &&
         !std::holds_alternative<ReadState>(kind) && !std::holds_alternative<ReadMemory>(kind);
}

bool is_write(const Kind& kind) {
  return std::holds_alternative<WriteState>(kind) || std::holds_alternative<WriteMemory>(kind);
}

void evaluate_operation(const Kind& kind, const Process& process,
                        std::span<const Word64* const> operands, std::span<Word64> result) {
  const Lanes lanes{operands, result};
  std::visit(
      Match{[&](const Constant& k) { std::fill(result.begin(), result.end(), k.value); },
            [&](const Add& k) { add(k, lanes); }, [&](const Add3& k) { add3(k, lanes); },
            [&](const Negate&) { lanes.unary([](Word64 a) { return -a; }); },
            [&](const Multiply&) { lanes.binary([](Word64 a, Word64 b) { return a * b; }); },
            [&](const Shift& k) { shift(k.bits, lanes); },
            [&](const Compare& k) { compare(k.relation, lanes); },
            [&](const Logic& k) { logic(k.kind, lanes); },
            [&](const Not&) { lanes.unary([](Word64 a) { return ~a; }); },
            [&](const Select&) { select(lanes); },
            [&](const Clamp& k) {
              lanes.unary([=](Word64 a) { return std::min(std::max(a, k.low), k.high); });
            },
            [&](const Wrap& k) { wrap(k, lanes); },
            [&](const Lookup& k) {
              look_up(process.tables[static_cast<std::size_t>(k.table.index)], lanes);
            },
            [&](const WriteState&) { lanes.copy(0); }, [&](const WriteMemory&) { lanes.copy(1); },
            [&](const Receive&) { impure(kind); }, [&](const Counter&) { impure(kind); },
            [&](const ReadState&) { impure(kind); }, [&](const ReadMemory&) { impure(kind); }},
      kind);
}

Word64 evaluate_operation(const Kind& kind, const Process& process,
                          std::span<const Word64> operands) {
  std::array<const Word64*, 3> pointers{};
  for (std::size_t i = 0; i < operands.size(); ++i) pointers[i] = &operands[i];
  Word64 result = 0;
  evaluate_operation(kind, process, std::span(pointers.data(), operands.size()), {&result, 1});
  return result;
}

void check_range(const Design& design, const Process& process, ValueId id,
                 std::span<const Word64> words) {
  const Operation& operation = process.operation(id);
  const numeric::Interval& range = operation.range;
  Word64 low = words[0], high = words[0], bits = 0;
  for (const Word64 word : words) {
    low = std::min(low, word);
    high = std::max(high, word);
    bits |= word;
  }
  const Word64 grid = range.is_constant() ? 0 : (Word64{1} << range.zeros) - 1;
  if (range.low <= low && high <= range.high && (bits & grid) == 0) return;
  const std::string note =
      fmt::format("process '{}', layer '{}': %{} ({}) has range {} but took values in [{},{}]",
                  process.name, design.layers[static_cast<std::size_t>(operation.layer)].name,
                  id.index, name_of(operation.kind), range.to_string(), low, high);
  GATEFOLD_ASSERT(false, note);
}

}  // namespace gatefold::hardware
