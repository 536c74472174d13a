// Max, Min, Clip: with constants functions of one real number, of computed tensors `combine`.
#include "gatefold/layers/alignment.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

using graph::Affine;
using graph::Value;
using numeric::PerAxis;
using Functions = std::vector<graph::RealFunction>;

PerAxis<Rational> negated(PerAxis<Rational> values) {
  for (Rational& value : values.values) value = -value;
  return values;
}

/// max(x, c) = relu(x - c) + c, and min(x, c) = c - relu(c - x).
void append_bound(Functions& functions, const PerAxis<Rational>& bound, bool is_low) {
  const Rational sign = is_low ? 1 : -1;
  functions.emplace_back(Affine{sign, is_low ? negated(bound) : bound});
  functions.emplace_back(graph::Relu{});
  functions.emplace_back(Affine{sign, bound});
}

Status bound_by(Importer& importer, const ForeignNode& node, std::size_t constant, bool is_low) {
  const std::size_t computed = 1 - constant;
  GATEFOLD_CHECK(importer.check_computed(node, computed));
  GATEFOLD_TRY(const ConstantSymbol symbol, importer.constant(node, constant, "operand"));
  GATEFOLD_TRY(const auto bound, broadcast(symbol, importer.shape(node, computed), node.name));
  Functions functions;
  append_bound(functions, bound, is_low);
  return importer.apply(node, computed, std::move(functions));
}

Status import_extremum(Importer& importer, const ForeignNode& node, bool is_maximum) {
  if (node.inputs.size() == 2)
    for (const std::size_t i : {0, 1})
      if (importer.has_input(node, i) && importer.is_constant(node, i))
        return bound_by(importer, node, i, is_maximum);
  return combine_all(importer, node,
                     is_maximum ? graph::CombineKind::Maximum : graph::CombineKind::Minimum);
}

/// A bound of Clip: an input since operator set 11, an attribute before.
Result<std::optional<PerAxis<Rational>>> clip_bound(const Importer& importer,
                                                    const ForeignNode& node, std::size_t index,
                                                    const std::string& name) {
  std::optional<PerAxis<Rational>> bound;
  if (importer.has_input(node, index)) {
    GATEFOLD_TRY(const ConstantSymbol symbol, importer.constant(node, index, name));
    GATEFOLD_TRY(bound, broadcast(symbol, importer.shape(node, 0), node.name));
  } else if (const auto found = node.attributes.find(name); found != node.attributes.end()) {
    const auto* value = std::get_if<double>(&found->second);
    if (!value) return diagnose(DiagnosticId::BadAttribute, node.name, name, node.type);
    constexpr double unbounded = 3.4e38;  // float's largest, the attribute's default
    if (std::abs(*value) < unbounded) bound = numeric::exact(*value);
  }
  return bound;
}

}  // namespace

Status import_max(Importer& importer, const ForeignNode& node) {
  return import_extremum(importer, node, true);
}

Status import_min(Importer& importer, const ForeignNode& node) {
  return import_extremum(importer, node, false);
}

Status import_clip(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const auto low, clip_bound(importer, node, 1, "min"));
  GATEFOLD_TRY(const auto high, clip_bound(importer, node, 2, "max"));
  Functions functions;
  if (low) append_bound(functions, *low, true);
  if (high) append_bound(functions, *high, false);
  return importer.apply(node, 0, std::move(functions));
}

}  // namespace gatefold::layers
