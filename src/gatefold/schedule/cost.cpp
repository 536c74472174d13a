#include <algorithm>
#include <cmath>

#include "gatefold/schedule/memory_cost.h"
#include "gatefold/schedule/target.h"
#include "gatefold/support/match.h"

namespace gatefold::schedule {
namespace {

using namespace hardware;

const numeric::Interval& range(const Process& process, ValueId id) {
  return process.operation(id).range;
}

int width(const Process& process, ValueId id) { return word_of(range(process, id)).width; }

/// Whether an operand of an addition ends below the lowest bit of the other.
bool ends_below(const Process& process, ValueId id, int shift, int lowest) {
  return range(process, id).low >= 0 && width(process, id) + shift <= lowest;
}

/// Bits of the carry chain: low bits where only one operand stands pass by, unless they are
/// negated. None where the operands stand side by side.
int chain_bits(const Process& process, ValueId id, const Add& add) {
  const int a = lowest_bit(process, add.a, add.shift_a);
  const int b = lowest_bit(process, add.b, add.shift_b);
  const bool apart =
      ends_below(process, add.a, add.shift_a, b) || ends_below(process, add.b, add.shift_b, a);
  if (apart && !add.subtract) return 0;
  const int start = add.subtract ? b : std::max(a, b);
  return std::max(width(process, id) - start, 0);
}

int chain_bits(const Process& process, ValueId id, const Add3& add) {
  return std::max(width(process, id) - chain_start(process, add), 0);
}

bool is_relu(const Clamp& clamp, const numeric::Interval& operand) {
  return clamp.low == 0 && clamp.high >= operand.high;
}

bool is_constant(const Process& process, ValueId id) { return range(process, id).is_constant(); }

int widest_operand(const Process& process, const Kind& kind) {
  int most = 0;
  for (const ValueId id : operands(kind)) most = std::max(most, width(process, id));
  return most;
}

/// The width that a class's lines are over, except for products and tables.
int bits(const Process& process, ValueId id) {
  const Kind& kind = process.operation(id).kind;
  if (const auto* add = std::get_if<Add>(&kind)) return chain_bits(process, id, *add);
  if (const auto* add = std::get_if<Add3>(&kind)) return chain_bits(process, id, *add);
  if (std::holds_alternative<Compare>(kind) || std::holds_alternative<Clamp>(kind))
    return widest_operand(process, kind);
  return width(process, id);
}

int address_bits(const Process& process, ValueId id) {
  return width(process, operands(process.operation(id).kind).front());
}

bool is_in_dsp(const Kind& kind) {
  const auto* product = std::get_if<Multiply>(&kind);
  return product != nullptr && product->in_dsp;
}

int excess_bits(const Target& target, int address_bits) {
  return std::max(address_bits - target.lut_inputs, 0);
}

}  // namespace

CostClass class_of(const Kind& kind, const Process& process) {
  const auto relation = [](Relation r) {
    return r == Relation::Equal ? CostClass::Equal : CostClass::Compare;
  };
  return std::visit(
      Match{[](const Add&) { return CostClass::Add; }, [](const Add3&) { return CostClass::Add3; },
            [](const Negate&) { return CostClass::Negate; },
            [](const Multiply&) { return CostClass::Multiply; },
            [&](const Compare& k) {
              // a sign bit is there already
              const bool sign = k.relation == Relation::Less && is_constant(process, k.b) &&
                                range(process, k.b).low == 0;
              return sign ? CostClass::Wire : relation(k.relation);
            },
            [](const Logic&) { return CostClass::Logic; },
            [](const Select&) { return CostClass::Select; },
            [&](const Clamp& k) {
              return is_relu(k, range(process, k.a)) ? CostClass::Relu : CostClass::Clamp;
            },
            [](const Lookup&) { return CostClass::Table; },
            [](const ReadMemory&) { return CostClass::Table; },
            [](const Constant&) { return CostClass::Wire; },
            [](const Receive&) { return CostClass::Wire; },
            [](const Shift&) { return CostClass::Wire; },
            [](const Not&) { return CostClass::Wire; }, [](const Wrap&) { return CostClass::Wire; },
            [](const Counter&) { return CostClass::Wire; },
            [](const ReadState&) { return CostClass::Wire; },
            [](const WriteState&) { return CostClass::Wire; },
            [](const WriteMemory&) { return CostClass::Wire; }},
      kind);
}

int chain_width(const Process& process, ValueId id) { return bits(process, id); }

int lowest_bit(const Process& process, ValueId id, int shift) {
  const numeric::Interval& of = range(process, id);
  return shift + (of.is_constant() ? numeric::Interval::constant(of.low).zeros : of.zeros);
}

int chain_start(const Process& process, const Add3& add) {
  struct Operand {
    int lowest;
    bool negated;
  };
  Operand terms[] = {{lowest_bit(process, add.a, add.shift_a), false},
                     {lowest_bit(process, add.b, add.shift_b), add.subtract_b},
                     {lowest_bit(process, add.c, add.shift_c), add.subtract_c}};
  std::ranges::sort(terms, {}, &Operand::lowest);
  return terms[0].negated ? terms[0].lowest : terms[1].lowest;
}

double delay_ns(const Target& target, const Process& process, ValueId id) {
  const Operation& operation = process.operation(id);
  const CostClass which = class_of(operation.kind, process);
  if (which == CostClass::Wire || operation.range.is_constant()) return 0;
  if (is_block_read(target, process, id)) return target.route_ns;
  if (is_in_dsp(operation.kind)) return target.dsp.delay_ns + target.route_ns;
  if (which == CostClass::Table) return table_delay_ns(target, address_bits(process, id));
  double size = bits(process, id);
  if ((which == CostClass::Add || which == CostClass::Add3) && size == 0) return 0;
  if (which == CostClass::Multiply) {
    const auto& multiply = std::get<Multiply>(operation.kind);
    size = width(process, multiply.a) + width(process, multiply.b);
  }
  return target.cost(which).delay_ns.at(size) + target.route_ns;
}

double luts(const Target& target, const Process& process, ValueId id) {
  const Operation& operation = process.operation(id);
  const CostClass which = class_of(operation.kind, process);
  if (which == CostClass::Wire || operation.range.is_constant()) return 0;
  if (is_ram_read(target, process, id)) return 0;  // the memory's own cells
  if (is_in_dsp(operation.kind)) return 0;
  if (which == CostClass::Table)
    return table_luts(target, address_bits(process, id), width(process, id));
  double size = bits(process, id);
  if ((which == CostClass::Add || which == CostClass::Add3) && size == 0) return 0;
  if (which == CostClass::Multiply) {
    const auto& multiply = std::get<Multiply>(operation.kind);
    size = width(process, multiply.a) * width(process, multiply.b);
  }
  return target.cost(which).luts.at(size);
}

double table_luts(const Target& target, int address_bits, int width) {
  const int excess = excess_bits(target, address_bits);
  // Of a table that fits one LUT each bit is one, whatever the line makes of larger ones.
  if (excess == 0 && !target.adder_cells) return width;
  return target.cost(CostClass::Table).luts.at(width * std::exp2(excess));
}

double table_delay_ns(const Target& target, int address_bits) {
  return target.cost(CostClass::Table).delay_ns.at(excess_bits(target, address_bits)) +
         target.route_ns;
}

int widest_product(const Target& target, double clock_ns) {
  const Line& line = target.cost(CostClass::Multiply).delay_ns;
  const double left = clock_ns - target.register_ns - target.route_ns - line.base;
  constexpr int all = 2 * numeric::max_word_width;
  if (left < 0) return 0;
  return left >= line.per_bit * all ? all : static_cast<int>(left / line.per_bit);
}

double dsp_clock_ns(const Target& target) {
  return target.dsp.delay_ns + target.route_ns + target.register_ns;
}

bool has_dsps(const Target& target, double clock_ns) {
  return target.dsp.exist() && dsp_clock_ns(target) <= clock_ns;
}

}  // namespace gatefold::schedule
