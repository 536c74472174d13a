#include <string_view>

#include "gatefold/layers/importer.h"
#include "gatefold/layers/operators.h"

namespace gatefold::layers {

#define RULE(domain, type, function) Status function(Importer&, const ForeignNode&);
#include "gatefold/layers/rules.def"
#undef RULE

namespace {

struct Entry {
  std::string_view domain, type;
  Rule rule;
};

constexpr Entry entries[] = {
#define RULE(domain, type, function) {#domain, #type, function},
#include "gatefold/layers/rules.def"
#undef RULE
};

std::string_view family_of(std::string_view domain) {
  if (domain.empty() || domain == "ai.onnx") return "onnx";
  for (const std::string_view name :
       {"qonnx.custom_op.general", "onnx.brevitas", "finn.custom_op.general"})
    if (domain == name) return "quant";
  return domain;
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
  for (const Entry& entry : entries)
    if (entry.domain == family_of(domain) && entry.type == type) return entry.rule;
  return std::nullopt;
}

}  // namespace gatefold::layers
