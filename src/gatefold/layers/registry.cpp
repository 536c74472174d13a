#include <string_view>

#include "gatefold/layers/constant_operators.h"
#include "gatefold/layers/importer.h"
#include "gatefold/layers/operators.h"

namespace gatefold::layers {

#define RULE(domain, type, function) Status function(Importer&, const ForeignNode&);
#include "gatefold/layers/rules.def"
#undef RULE

#define CONSTANT(domain, type, function) \
  Result<std::optional<ConstantSymbol>> function(const Importer&, const ForeignNode&);
#include "gatefold/layers/constant_operators.def"
#undef CONSTANT

namespace {

template <typename Function>
struct Entry {
  std::string_view domain, type;
  Function function;
};

constexpr Entry<Rule> rules[] = {
#define RULE(domain, type, function) {#domain, #type, function},
#include "gatefold/layers/rules.def"
#undef RULE
};

constexpr Entry<ConstantOperator> constant_operators[] = {
#define CONSTANT(domain, type, function) {#domain, #type, function},
#include "gatefold/layers/constant_operators.def"
#undef CONSTANT
};

std::string_view family_of(std::string_view domain) {
  if (domain.empty() || domain == "ai.onnx") return "onnx";
  for (const std::string_view name :
       {"qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general"})
    if (domain == name) return "quant";
  return domain;
}

template <typename Function>
std::optional<Function> find(std::span<const Entry<Function>> entries, const std::string& domain,
                             const std::string& type) {
  for (const auto& entry : entries)
    if (entry.domain == family_of(domain) && entry.type == type) return entry.function;
  return std::nullopt;
}

}  // namespace

std::span<const Operator> operators() {
  static constexpr Operator all[] = {
#define RULE(domain, type, function) {#domain, #type},
#include "gatefold/layers/rules.def"
#undef RULE
  };
  return all;
}

std::optional<Rule> find_rule(const std::string& domain, const std::string& type) {
  return find<Rule>(rules, domain, type);
}

std::optional<ConstantOperator> find_constant_operator(const std::string& domain,
                                                       const std::string& type) {
  return find<ConstantOperator>(constant_operators, domain, type);
}

}  // namespace gatefold::layers
