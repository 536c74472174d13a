// Flatten, Reshape, Transpose, Concat, Identity, Dropout: wiring. The file's axis 0 is the batch.
#include <algorithm>
#include <numeric>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"
#include "gatefold/layers/extents.h"
#include "gatefold/layers/moved_batch.h"

namespace gatefold::layers {
namespace {

using graph::Value;

using Extents = std::vector<std::optional<std::int64_t>>;

/// The first extent of a target: the batch itself, 0 (as it is), -1 (what is left), its number.
bool keeps_batch(std::optional<std::int64_t> first, std::optional<std::int64_t> batch) {
  return !first || *first == 0 || *first == -1 || first == batch;
}

}  // namespace

std::optional<Shape> reshape_target(const Extents& target, const Shape& shape,
                                    std::optional<std::int64_t> batch, bool keeps_zero) {
  if (target.size() < 2 || !keeps_batch(target.front(), batch)) return std::nullopt;
  const std::int64_t count = numeric::element_count(shape);
  Shape result;
  std::int64_t known = 1;
  for (std::size_t i = 1; i < target.size(); ++i) {
    if (!target[i] || *target[i] < -1 || *target[i] > count) return std::nullopt;
    std::int64_t extent = *target[i];
    if (extent == 0) {
      if (keeps_zero || i > shape.size()) return std::nullopt;
      extent = shape[i - 1];
    }
    if (extent == -1 && target.front() == -1) return std::nullopt;
    if (extent > 0) known *= extent;
    if (known > count) return std::nullopt;
    result.push_back(extent);
  }
  for (std::int64_t& extent : result)
    if (extent == -1 && known > 0) extent = count / known;
  if (std::count(result.begin(), result.end(), -1) > 0 || numeric::element_count(result) != count)
    return std::nullopt;
  return result;
}

Status import_flatten(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const auto axis, attribute(node, "axis", std::int64_t{1}));
  const Shape& shape = importer.shape(node, 0);
  const auto rank = static_cast<std::int64_t>(shape.size()) + 1;
  if (axis != 1 && axis != 1 - rank) return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  return importer.rearrange(node, {graph::Reshape{{numeric::element_count(shape)}}});
}

Status import_reshape(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const Extents target, extents_at(importer, node, 1, "shape"));
  GATEFOLD_TRY(const auto allowzero, attribute(node, "allowzero", std::int64_t{0}));
  const auto shape =
      reshape_target(target, importer.shape(node, 0), importer.batch(), allowzero != 0);
  if (!shape) return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  return importer.rearrange(node, {graph::Reshape{*shape}});
}

Status import_transpose(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const auto rank = static_cast<std::int64_t>(importer.shape(node, 0).size()) + 1;
  std::vector<std::int64_t> reversed(static_cast<std::size_t>(rank));
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  GATEFOLD_TRY(const auto order, attribute(node, "perm", reversed));
  const auto named = marked(order, static_cast<std::size_t>(rank), node);
  if (!named || std::ssize(order) != rank || std::ranges::min(order) < 0)
    return bad_attribute(node, "perm");
  return transpose_with_batch(importer, node, order, 0);
}

Status import_concat(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(std::int64_t axis, required_attribute<std::int64_t>(node, "axis"));
  std::vector<Value> parts;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    GATEFOLD_TRY(const Value part, importer.linear_value(node, i));
    parts.push_back(part);
  }
  const auto rank = static_cast<std::int64_t>(importer.type(parts.front()).shape.size()) + 1;
  if (axis < 0) axis += rank;
  if (axis < 1 || axis >= rank) return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  return importer.set_op(node, graph::Rearrange{graph::Concatenate{static_cast<int>(axis) - 1}},
                         parts);
}

Status import_identity(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  importer.set(node, Symbol(importer.input(node, 0)));
  return success();
}

Status import_dropout(Importer& importer, const ForeignNode& node) {
  if (importer.has_input(node, 2)) {
    GATEFOLD_TRY(const ConstantSymbol training, importer.constant(node, 2, "training_mode"));
    if (training.values.size() != 1 || sgn(training.values.front()) != 0)
      return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "training_mode");
  }
  return import_identity(importer, node);
}

}  // namespace gatefold::layers
