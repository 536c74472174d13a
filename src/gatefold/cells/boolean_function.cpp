#include "gatefold/cells/boolean_function.h"

#include <algorithm>
#include <cctype>

namespace gatefold::cells {

namespace {

constexpr std::size_t most_variables = 6;
constexpr TruthTable patterns[most_variables] = {0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc,
                                                 0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00,
                                                 0xffff0000ffff0000, 0xffffffff00000000};

/// Recursive descent, an operator of each strength a function.
class Expression {
 public:
  Expression(std::string_view text, std::span<const std::string> variables)
      : text_(text), variables_(variables) {}

  std::optional<TruthTable> whole() {
    const TruthTable result = either();
    if (next() != '\0') failed_ = true;
    return failed_ ? std::nullopt : std::optional(result & meaningful_bits(variables_.size()));
  }

 private:
  static bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

  char next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(std::string_view any) {
    const char c = next();
    if (c == '\0' || any.find(c) == std::string_view::npos) return false;
    ++at_;
    return true;
  }

  TruthTable either() {
    TruthTable result = both();
    while (take("+|")) result |= both();
    return result;
  }
  TruthTable both() {
    TruthTable result = different();
    while (!failed_ && (take("*&") || next() == '(' || next() == '!' || is_name(next()))) {
      result &= different();
    }
    return result;
  }
  TruthTable different() {
    TruthTable result = literal();
    while (take("^")) result ^= literal();
    return result;
  }
  TruthTable literal() {
    if (take("!")) return ~literal();
    TruthTable result = operand();
    while (take("'")) result = ~result;
    return result;
  }
  TruthTable operand() {
    if (!take("(")) return name();
    const TruthTable result = either();
    if (!take(")")) failed_ = true;
    return result;
  }
  TruthTable name() {
    next();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const std::string_view found = text_.substr(begin, at_ - begin);
    const auto variable = std::find(variables_.begin(), variables_.end(), found);
    if (variable != variables_.end()) return patterns[variable - variables_.begin()];
    if (found != "0" && found != "1") failed_ = true;
    return found == "1" ? ~TruthTable{0} : 0;
  }

  std::string_view text_;
  std::span<const std::string> variables_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

TruthTable meaningful_bits(std::size_t variables) {
  return variables >= most_variables ? ~TruthTable{0} : (TruthTable{1} << (1 << variables)) - 1;
}

std::optional<TruthTable> truth_table(std::string_view expression,
                                      std::span<const std::string> variables) {
  if (variables.size() > most_variables) return std::nullopt;
  return Expression(expression, variables).whole();
}

}  // namespace gatefold::cells
