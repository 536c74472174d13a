#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// A word in an expression: the text of a name, or a constant.
struct Operand {
  std::string text;
  hardware::Word word;
  std::optional<std::int64_t> constant;
};

/// The value as a module reads it in a stage.
Operand operand_of(const Plan& plan, int layer, const Source& source);

/// The operand's low `width` bits, extended by its own sign where it is narrower, as an expression
/// of exactly that width; signed where `as_signed`, which a signed operand requires.
std::string extend(const Operand& operand, int width, bool as_signed);

/// The operand as the word: what stands on the right of an assignment.
std::string convert(const Operand& operand, const hardware::Word& word);

/// The right side of the assignment that computes an operation in its layer's module. Exact modulo
/// 2^width of the value, which is exact, for the range is proved.
std::string expression(const Plan& plan, ValueId id);

/// The name of the module's function of a table, and the words of its argument and of its result:
/// those of all that the layer looks up in it.
struct TableFunction {
  std::string name;
  numeric::Interval domain, range;
};
TableFunction table_function(const Plan& plan, int layer, hardware::TableId table);

}  // namespace gatefold::emit
