#include "gatefold/emit/expression.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/arrays.h"
#include "gatefold/emit/clamp.h"
#include "gatefold/emit/joint_tables.h"
#include "gatefold/emit/text.h"
#include "gatefold/support/assert.h"
#include "gatefold/support/match.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

bool is_signed(const Operand& operand) { return !operand.constant && operand.word.is_signed; }

/// The low bits. The shift reads all bits: of a cast or a part select alone, Verilator reports the
/// high bits as unused.
std::string truncated(const std::string& text, int width) { return cast(width, text + " >>> 0"); }

/// Prints one operation; `word` is the word of its value.
class Printer {
 public:
  Printer(const Plan& plan, ValueId id)
      : plan_(plan), id_(id), value_(plan.value(id)), word_(value_.word) {}

  std::string operator()(const Add& k) const {
    auto a = shifted(in(k.a), k.shift_a), b = shifted(in(k.b), k.shift_b);
    bool subtract = k.subtract;
    if (b.constant && *b.constant < 0) {
      b.constant = -*b.constant;
      subtract = !subtract;
    }
    const bool sign = is_signed(a) || is_signed(b);
    return fmt::format("{} {} {}", term(a, a.constant ? 0 : k.shift_a, sign), subtract ? '-' : '+',
                       term(b, b.constant ? 0 : k.shift_b, sign));
  }
  // Yosys 0.23 reads `-8'(a)` as a cast to -8 bits: unary operators take parentheses.
  std::string operator()(const Negate& k) const {
    const auto a = in(k.a);
    return fmt::format("-({})", extend(a, word_.width, is_signed(a)));
  }
  std::string operator()(const Multiply& k) const {
    const auto a = in(k.a), b = in(k.b);
    const bool sign = word_.is_signed || is_signed(a) || is_signed(b);
    return extend(a, word_.width, sign) + " * " + extend(b, word_.width, sign);
  }
  std::string operator()(const Shift& k) const {
    const auto a = in(k.a);
    if (k.bits >= 0) return term(a, k.bits, is_signed(a));
    return cast(word_.width, fmt::format("{} >>> {}", a.text, std::min(-k.bits, 63)));
  }
  std::string operator()(const Compare& k) const {
    const auto a = in(k.a), b = in(k.b);
    if (k.relation == Relation::Less && is_signed(a) && b.constant == 0) return sign_bit(a);
    const bool sign = is_signed(a) || is_signed(b) || a.constant < 0 || b.constant < 0;
    const int width = std::max(width_in(a, sign), width_in(b, sign));
    return fmt::format("{} {} {}", extend(a, width, sign), name_of_relation(k.relation),
                       extend(b, width, sign));
  }
  std::string operator()(const Logic& k) const {
    return fmt::format("{} {} {}", bitwise(in(k.a)),
                       k.kind == LogicKind::And  ? '&'
                       : k.kind == LogicKind::Or ? '|'
                                                 : '^',
                       bitwise(in(k.b)));
  }
  std::string operator()(const Not& k) const { return fmt::format("~({})", bitwise(in(k.a))); }
  std::string operator()(const Select& k) const {
    const auto condition = in(k.condition);
    if (condition.constant) return convert(in(*condition.constant != 0 ? k.a : k.b), word_);
    return fmt::format("{} ? {} : {}", flag(condition), convert(in(k.a), word_),
                       convert(in(k.b), word_));
  }
  std::string operator()(const Clamp& k) const {
    return clamp_text(in(k.a), range(k.a), {k.low, k.high}, word_);
  }
  std::string operator()(const Wrap& k) const { return convert(in(k.a), word_); }
  std::string operator()(const Lookup& k) const {
    if (value_.joint_table >= 0) return convert(joint_table_entry(plan_, id_), word_);
    const auto function = table_function(plan_, value_.layer, k.table);
    const auto call =
        fmt::format("{}({})", function.name, convert(in(k.a), word_of(function.domain)));
    return convert({call, word_of(function.range), {}}, word_);
  }
  std::string operator()(const ReadState& k) const {
    const auto index = static_cast<std::size_t>(k.state.index);
    return convert({plan_.states[index].name, word_of(plan_.process->states[index].range), {}},
                   word_);
  }
  std::string operator()(const ReadMemory& k) const {
    const auto& memory = plan_.process->memories[static_cast<std::size_t>(k.memory.index)];
    return convert({memory_word(plan_, id_), word_of(memory.range), {}}, word_);
  }
  template <typename Elsewhere>  // constants, words of the top module, writes
  std::string operator()(const Elsewhere&) const {
    GATEFOLD_ASSERT(false, "this operation has no expression");
    return {};
  }

 private:
  Operand in(ValueId id) const {
    return operand_of(plan_, value_.layer, {plan_.canonical(id), value_.birth});
  }
  const numeric::Interval& range(ValueId id) const {
    return plan_.operation(plan_.canonical(id)).range;
  }

  /// A constant takes its shift in.
  static Operand shifted(Operand operand, int bits) {
    if (operand.constant) operand.constant = *operand.constant << bits;
    return operand;
  }
  std::string term(const Operand& operand, int bits, bool sign) const {
    const auto text = extend(operand, word_.width, sign);
    return bits == 0 ? text : fmt::format("({} <<< {})", text, bits);
  }
  std::string bitwise(const Operand& operand) const {
    return extend(operand, word_.width, is_signed(operand));
  }
  static std::string sign_bit(const Operand& a) {
    if (a.word.width == 1) return cast(1, a.text);
    return cast(1, fmt::format("{} >>> {}", a.text, a.word.width - 1));
  }
  static std::string flag(const Operand& operand) {
    return operand.word.width == 1 ? operand.text : fmt::format("(|{})", operand.text);
  }
  static int width_in(const Operand& operand, bool sign) {
    const auto word =
        operand.constant ? word_of(numeric::Interval::constant(*operand.constant)) : operand.word;
    return std::max(1, word.width + (sign && !word.is_signed ? 1 : 0));
  }
  static std::string_view name_of_relation(Relation relation) {
    switch (relation) {
      case Relation::Less:
        return "<";
      case Relation::LessEqual:
        return "<=";
      case Relation::Equal:
        return "==";
    }
    return {};
  }

  const Plan& plan_;
  ValueId id_;
  const ValuePlan& value_;
  Word word_;
};

}  // namespace

Operand operand_of(const Plan& plan, int layer, const Source& source) {
  const auto& value = plan.value(source.value);
  if (value.constant) return {{}, value.word, value.constant};
  return {plan.local_name(layer, source), value.word, {}};
}

std::string extend(const Operand& operand, int width, bool as_signed) {
  if (operand.constant) return literal(*operand.constant, width, as_signed);
  const int own = operand.word.width;
  GATEFOLD_ASSERT(own > 0, "a word of width 0 is a constant");
  if (operand.word.is_signed == as_signed || operand.word.is_signed) {
    return own == width  ? operand.text
           : own < width ? cast(width, operand.text)
                         : truncated(operand.text, width);
  }
  if (width < own) return fmt::format("$signed({})", truncated(operand.text, width));
  if (width == own) return fmt::format("$signed({})", operand.text);
  const auto positive = fmt::format("$signed({{1'b0, {}}})", operand.text);
  return width == own + 1 ? positive : cast(width, positive);
}

std::string convert(const Operand& operand, const Word& word) {
  return extend(operand, std::max(1, word.width), operand.word.is_signed && !operand.constant);
}

std::string expression(const Plan& plan, ValueId id) {
  return std::visit(Printer(plan, id), plan.operation(id).kind);
}

TableFunction table_function(const Plan& plan, int layer, TableId table) {
  const auto index = static_cast<std::size_t>(table.index);
  const auto& entries = plan.process->tables[index];
  TableFunction function{plan.table_names[index], {}, {}};
  bool first = true;
  for (const auto id : plan.layers[static_cast<std::size_t>(layer)].values) {
    const auto* lookup = std::get_if<Lookup>(&plan.operation(id).kind);
    if (lookup == nullptr || lookup->table != table || plan.value(id).joint_table >= 0) continue;
    const auto& argument = plan.operation(lookup->a).range;
    function.domain = first ? argument : numeric::hull(function.domain, argument);
    first = false;
  }
  const auto begin = entries.entries.begin() - entries.first;
  const auto [low, high] =
      std::minmax_element(begin + function.domain.low, begin + function.domain.high + 1);
  function.range = {*low, *high, 0};
  return function;
}

}  // namespace gatefold::emit
