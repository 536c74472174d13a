#include "gatefold/emit/add3_text.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/expression.h"
#include "gatefold/emit/primitive_modules.h"
#include "gatefold/emit/text.h"
#include "gatefold/schedule/target.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

struct Term {
  Operand operand;
  int shift = 0;
};

bool is_signed(const Operand& operand) { return !operand.constant && operand.word.is_signed; }

std::string extended(const Term& term, int width) {
  return extend(term.operand, width, is_signed(term.operand));
}

/// The bits of the shifted term from `start`, `width` of them.
std::string high_bits(const Term& term, int start, int width) {
  const int left = term.shift - start;
  if (left == 0) return extended(term, width);
  if (left > 0) return fmt::format("{} <<< {}", extended(term, width), left);
  return cast(width, fmt::format("{} >>> {}", extended(term, width - left), -left));
}

/// The bits of the shifted term below `width`.
std::string low_bits(const Term& term, int width) {
  const auto text = extended(term, width);
  return term.shift == 0 ? text : fmt::format("{} <<< {}", text, term.shift);
}

/// The term whose bits below the carry chain are those of the sum: the only one that has any.
const Term& lowest(const std::vector<Term>& terms, const std::vector<int>& lowest_bits) {
  const auto least = std::min_element(lowest_bits.begin(), lowest_bits.end());
  return terms[static_cast<std::size_t>(least - lowest_bits.begin())];
}

}  // namespace

std::string add3_statements(const Plan& plan, ValueId id) {
  const auto& k = std::get<Add3>(plan.operation(id).kind);
  const auto& value = plan.value(id);
  const auto in = [&](ValueId operand) {
    return operand_of(plan, value.layer, {plan.canonical(operand), value.birth});
  };
  const std::vector<Term> terms{{in(k.a), k.shift_a}, {in(k.b), k.shift_b}, {in(k.c), k.shift_c}};
  const int width = std::max(1, value.word.width);
  const int start = std::min(schedule::chain_start(*plan.process, k), width - 1);
  const int chain = width - start;
  auto text = fmt::format("  logic [{}:0] {}_chain;\n", chain - 1, value.name);
  text += fmt::format(
      "  {} #(.WIDTH({}), .SUBTRACT_B(1'b{:d}), .SUBTRACT_C(1'b{:d})) {}_add3 (\n"
      "    .a_i({}),\n    .b_i({}),\n    .c_i({}),\n    .sum_o({}_chain)\n  );\n",
      add3_module, chain, k.subtract_b, k.subtract_c, value.name, high_bits(terms[0], start, chain),
      high_bits(terms[1], start, chain), high_bits(terms[2], start, chain), value.name);
  auto sum = value.name + "_chain";
  if (start > 0) {
    const auto& low = lowest(terms, {schedule::lowest_bit(*plan.process, k.a, k.shift_a),
                                     schedule::lowest_bit(*plan.process, k.b, k.shift_b),
                                     schedule::lowest_bit(*plan.process, k.c, k.shift_c)});
    text += fmt::format("  logic [{}:0] {}_low;\n  assign {}_low = {};\n", start - 1, value.name,
                        value.name, low_bits(low, start));
    sum = fmt::format("{{{}, {}_low}}", sum, value.name);
  }
  return text + fmt::format("  assign {} = {};\n", value.name,
                            value.word.is_signed ? fmt::format("$signed({})", sum) : sum);
}

}  // namespace gatefold::emit
