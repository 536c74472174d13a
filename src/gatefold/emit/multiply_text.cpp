#include "gatefold/emit/multiply_text.h"

#include <algorithm>
#include <fmt/core.h>

#include "gatefold/emit/expression.h"
#include "gatefold/emit/primitive_modules.h"

namespace gatefold::emit {
namespace {

using namespace hardware;

const Multiply* product_of(const Plan& plan, ValueId id) {
  return std::get_if<Multiply>(&plan.operation(id).kind);
}

/// Bits of the operand as a signed word.
int signed_width(const Operand& operand) {
  const Word word =
      operand.constant ? word_of(numeric::Interval::constant(*operand.constant)) : operand.word;
  return std::max(1, word.width + (word.is_signed ? 0 : 1));
}

}  // namespace

bool is_in_dsp(const Plan& plan, ValueId id) {
  const Multiply* product = product_of(plan, id);
  return product != nullptr && product->in_dsp;
}

std::string multiply_statements(const Plan& plan, ValueId id) {
  const Multiply& k = *product_of(plan, id);
  const ValuePlan& value = plan.value(id);
  const auto in = [&](ValueId operand) {
    return operand_of(plan, value.layer, {plan.canonical(operand), value.birth});
  };
  const Operand a = in(k.a), b = in(k.b);
  const int width_a = signed_width(a), width_b = signed_width(b);
  const Operand product{value.name + "_product", {width_a + width_b, true}, {}};
  return fmt::format(
      "  logic signed [{}:0] {};\n"
      "  {} #(.A_WIDTH({}), .B_WIDTH({})) {}_multiply (\n"
      "    .a_i({}),\n    .b_i({}),\n    .product_o({})\n  );\n"
      "  assign {} = {};\n",
      product.word.width - 1, product.text, multiply_module, width_a, width_b, value.name,
      extend(a, width_a, true), extend(b, width_b, true), product.text, value.name,
      convert(product, value.word));
}

std::string multiplier_attribute(const Plan& plan, int layer) {
  const auto& values = plan.layers[static_cast<std::size_t>(layer)].values;
  const auto in_luts = [&](ValueId id) {
    return product_of(plan, id) != nullptr && !is_in_dsp(plan, id);
  };
  return std::ranges::any_of(values, in_luts) ? "(* use_dsp = \"no\" *)\n" : "";
}

}  // namespace gatefold::emit
