// Add, Sub, Mul, Div by constants, Neg and BatchNormalization: affine functions of one real number,
// which cost nothing until a quantizer. Add, Sub, Mul and Sum of
// computed tensors: `combine`, on common steps.
#include <cmath>

#include "gatefold/layers/alignment.h"
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

using graph::Affine;
using graph::Value;
using numeric::PerAxis;

PerAxis<Rational> transformed(PerAxis<Rational> values, Rational (*function)(const Rational&)) {
  for (Rational& value : values.values) value = function(value);
  return values;
}

Rational negated(const Rational& r) { return -r; }
Rational inverted(const Rational& r) { return 1 / r; }

/// The constant operand as a parameter of the computed one.
Result<PerAxis<Rational>> operand(Importer& importer, const ForeignNode& node, std::size_t constant,
                                  std::size_t computed) {
  GATEFOLD_TRY(const ConstantSymbol symbol, importer.constant(node, constant, "operand"));
  return broadcast(symbol, importer.shape(node, computed), node.name);
}

Status check_operands(const Importer& importer, const ForeignNode& node) {
  for (const std::size_t i : {0, 1})
    if (!importer.has_input(node, i))
      return diagnose(DiagnosticId::MissingInput, node.name, node.type, i);
  return success();
}

Result<std::vector<double>> channel_parameter(const Importer& importer, const ForeignNode& node,
                                              std::size_t index, const std::string& what,
                                              std::int64_t channels) {
  GATEFOLD_TRY(const ConstantSymbol symbol, importer.constant(node, index, what));
  if (static_cast<std::int64_t>(symbol.values.size()) != channels)
    return diagnose(DiagnosticId::BadBroadcast, node.name, numeric::to_string(symbol.shape),
                    numeric::to_string(Shape{channels}));
  std::vector<double> values;
  for (const Rational& value : symbol.values) values.push_back(numeric::to_double(value));
  return values;
}

}  // namespace

Status import_add(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(check_operands(importer, node));
  for (const std::size_t i : {0, 1})
    if (importer.is_constant(node, i)) {
      GATEFOLD_TRY(auto offset, operand(importer, node, i, 1 - i));
      return importer.apply(node, 1 - i, {Affine{Rational(1), std::move(offset)}});
    }
  return combine_all(importer, node, graph::CombineKind::Add);
}

Status import_sub(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(check_operands(importer, node));
  if (importer.is_constant(node, 1)) {
    GATEFOLD_TRY(auto offset, operand(importer, node, 1, 0));
    return importer.apply(node, 0, {Affine{Rational(1), transformed(std::move(offset), negated)}});
  }
  if (importer.is_constant(node, 0)) {
    GATEFOLD_TRY(auto offset, operand(importer, node, 0, 1));
    return importer.apply(node, 1, {Affine{Rational(-1), std::move(offset)}});
  }
  return combine_all(importer, node, graph::CombineKind::Subtract);
}

Status import_mul(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(check_operands(importer, node));
  for (const std::size_t i : {0, 1})
    if (importer.is_constant(node, i)) {
      GATEFOLD_TRY(auto scale, operand(importer, node, i, 1 - i));
      return importer.apply(node, 1 - i, {Affine{std::move(scale), Rational(0)}});
    }
  return combine_all(importer, node, graph::CombineKind::Multiply);
}

Status import_div(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(check_operands(importer, node));
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, 1, "divisor"));
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(auto divisor, broadcast(constant, importer.shape(node, 0), node.name));
  for (const Rational& value : divisor.values)
    if (sgn(value) == 0) return diagnose(DiagnosticId::DivisionByZero, node.name);
  return importer.apply(node, 0, {Affine{transformed(std::move(divisor), inverted), Rational(0)}});
}

/// Any number of operands; a constant one only beside one other.
Status import_sum(Importer& importer, const ForeignNode& node) {
  if (node.inputs.size() == 2) return import_add(importer, node);
  return combine_all(importer, node, graph::CombineKind::Add);
}

Status import_neg(Importer& importer, const ForeignNode& node) {
  return importer.apply(node, 0, {Affine{Rational(-1), Rational(0)}});
}

/// y = (x - mean) * gamma / sqrt(variance + epsilon) + beta, per channel (ONNX axis 1). The
/// multiplier is gamma / sqrt(variance + epsilon) in double precision; everything else is exact.
Status import_batch_normalization(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const double epsilon, attribute(node, "epsilon", static_cast<double>(1e-5f)));
  GATEFOLD_TRY(const auto training, attribute(node, "training_mode", std::int64_t{0}));
  if (training != 0)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "training_mode");
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const std::int64_t channels = importer.shape(node, 0).front();
  GATEFOLD_TRY(const auto gamma, channel_parameter(importer, node, 1, "scale", channels));
  GATEFOLD_TRY(const auto beta, channel_parameter(importer, node, 2, "bias", channels));
  GATEFOLD_TRY(const auto mean, channel_parameter(importer, node, 3, "mean", channels));
  GATEFOLD_TRY(const auto variance, channel_parameter(importer, node, 4, "variance", channels));
  std::vector<Rational> scale, offset;
  for (std::size_t c = 0; c < gamma.size(); ++c) {
    const double deviation = std::sqrt(variance[c] + epsilon);
    const double multiplier = gamma[c] / deviation;
    if (!std::isfinite(multiplier) || !(deviation > 0))
      return diagnose(DiagnosticId::NonFiniteConstant, node.name, "variance");
    scale.push_back(numeric::exact(multiplier));
    offset.push_back(numeric::exact(beta[c]) - numeric::exact(mean[c]) * scale.back());
  }
  return importer.apply(node, 0, {Affine{{0, std::move(scale)}, {0, std::move(offset)}}});
}

}  // namespace gatefold::layers
