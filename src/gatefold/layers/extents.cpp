// Shape and what exporters put between it and Reshape when the batch has no fixed size:
// `x.view(x.shape[0], -1)` becomes Shape, Gather, Unsqueeze, Concat, Reshape.
#include "gatefold/layers/extents.h"

#include <algorithm>

#include "gatefold/graph/op_rules.h"
#include "gatefold/layers/attributes.h"

namespace gatefold::layers {
namespace {

using frontends::ForeignArray;
using Extents = std::vector<std::optional<std::int64_t>>;

Result<Extents> extents_of(const Symbol& symbol, const ForeignNode& node, const std::string& what) {
  if (const auto* known = std::get_if<ExtentsSymbol>(&symbol)) return known->extents;
  const auto* constant = std::get_if<ConstantSymbol>(&symbol);
  if (!constant) return diagnose(DiagnosticId::NeedsConstant, node.name, node.type, what);
  Extents extents;
  for (const Rational& value : constant->values) {
    const auto extent = numeric::to_int64(value.get_num());
    if (value.get_den() != 1 || !extent)
      return diagnose(DiagnosticId::NeedsConstant, node.name, node.type, what);
    extents.emplace_back(*extent);
  }
  return extents;
}

/// A constant of the file where no batch is left in it.
Symbol symbol_of(Extents extents, bool is_scalar) {
  if (std::ranges::any_of(extents, [](const auto& extent) { return !extent; }))
    return ExtentsSymbol{std::move(extents), is_scalar};
  ConstantSymbol constant{frontends::ElementKind::Integer, {}, {}};
  if (!is_scalar) constant.shape = {std::ssize(extents)};
  for (const auto& extent : extents) constant.values.push_back(numeric::from_int64(*extent));
  return constant;
}

bool is_scalar(const Symbol& symbol) {
  if (const auto* known = std::get_if<ExtentsSymbol>(&symbol)) return known->is_scalar;
  const auto* constant = std::get_if<ConstantSymbol>(&symbol);
  return constant && constant->shape.empty();
}

Diagnostic arithmetic(const ForeignNode& node) {
  return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "the size of the batch");
}

Result<Symbol> gathered(const Importer& importer, const ForeignNode& node, const Extents& from) {
  GATEFOLD_TRY(const Extents indices, extents_at(importer, node, 1, "list of indices"));
  Extents extents;
  for (const auto& index : indices) {
    const auto count = std::ssize(from);
    if (!index || *index < -count || *index >= count) return arithmetic(node);
    extents.push_back(from[static_cast<std::size_t>(*index < 0 ? *index + count : *index)]);
  }
  return symbol_of(std::move(extents), is_scalar(importer.input(node, 1)));
}

Result<Symbol> concatenated(const Importer& importer, const ForeignNode& node) {
  Extents extents;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    GATEFOLD_TRY(const Extents part, extents_at(importer, node, i, "operand"));
    extents.insert(extents.end(), part.begin(), part.end());
  }
  return symbol_of(std::move(extents), false);
}

/// A constant that is the same for every sample: its batch is one, which broadcasts.
Result<ConstantSymbol> filled(const ForeignNode& node, const Extents& extents) {
  const ForeignArray zero{frontends::ElementKind::Float32, {1}, {0.0}, {}};
  GATEFOLD_TRY(const auto value, attribute(node, "value", zero));
  GATEFOLD_TRY(ConstantSymbol constant, from_array(value, node.name));
  if (constant.values.size() != 1)
    return diagnose(DiagnosticId::BadAttribute, node.name, "value", node.type);
  constant.shape.clear();
  for (const auto& extent : extents) constant.shape.push_back(extent.value_or(1));
  GATEFOLD_CHECK(graph::check_shape(constant.shape, node.name));
  constant.values.resize(static_cast<std::size_t>(numeric::element_count(constant.shape)),
                         Rational(constant.values.front()));
  return constant;
}

}  // namespace

bool reads_extents(const Importer& importer, const ForeignNode& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (importer.has_input(node, i) &&
        std::holds_alternative<ExtentsSymbol>(importer.input(node, i)))
      return true;
  return false;
}

Result<Extents> extents_at(const Importer& importer, const ForeignNode& node, std::size_t index,
                           const std::string& what) {
  if (!importer.has_input(node, index))
    return diagnose(DiagnosticId::NeedsConstant, node.name, node.type, what);
  return extents_of(importer.input(node, index), node, what);
}

Status import_extents(Importer& importer, const ForeignNode& node) {
  if (!node.domain.empty() || !importer.has_input(node, 0)) return arithmetic(node);
  const std::string& type = node.type;
  if (type == "Concat") {
    GATEFOLD_TRY(Symbol all, concatenated(importer, node));
    importer.set(node, std::move(all));
    return success();
  }
  const Symbol& x = importer.input(node, 0);
  GATEFOLD_TRY(const Extents extents, extents_of(x, node, "operand"));
  if (type == "ConstantOfShape") {
    GATEFOLD_TRY(ConstantSymbol constant, filled(node, extents));
    importer.set(node, std::move(constant));
    return success();
  }
  if (type == "Gather") {
    GATEFOLD_TRY(Symbol chosen, gathered(importer, node, extents));
    importer.set(node, std::move(chosen));
    return success();
  }
  const bool one_more = type == "Unsqueeze" && is_scalar(x);
  const bool one_less = type == "Squeeze" && extents.size() == 1;
  if (type == "Cast") {
    GATEFOLD_TRY(const auto to, required_attribute<std::int64_t>(node, "to"));
    if (to != 6 && to != 7) return arithmetic(node);
  } else if (type != "Identity" && !one_more && !one_less) {
    return arithmetic(node);
  }
  importer.set(node, symbol_of(extents, one_less || (is_scalar(x) && !one_more)));
  return success();
}

Result<std::optional<ConstantSymbol>> constant_of_shape(const Importer& importer,
                                                        const ForeignNode& node) {
  GATEFOLD_TRY(const Extents extents, extents_at(importer, node, 0, "shape"));
  GATEFOLD_TRY(ConstantSymbol constant, filled(node, extents));
  return std::optional(std::move(constant));
}

/// A fixed batch is a number like the others.
Status import_shape(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  if (!node.attributes.empty())
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "start or end");
  Extents extents;
  for (const std::int64_t extent : importer.shape(node, 0)) extents.emplace_back(extent);
  extents.insert(extents.begin() + importer.batch_axis(node, 0), importer.batch());
  importer.set(node, symbol_of(std::move(extents), false));
  return success();
}

}  // namespace gatefold::layers
