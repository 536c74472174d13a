#include "gatefold/layers/moved_batch.h"

#include <algorithm>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"
#include "gatefold/layers/extents.h"

namespace gatefold::layers {
namespace {

Diagnostic refused(const ForeignNode& node) {
  return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
}

Status import_squeezed(Importer& importer, const ForeignNode& node, int batch) {
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const Integers axes, integers_at_or(importer, node, 1, "axes"));
  GATEFOLD_TRY(const auto gone, marked(axes, shape.size() + 1, node));
  if (axes.empty() || gone[static_cast<std::size_t>(batch)]) return refused(node);
  Shape result;
  int moved = batch;
  for (std::size_t i = 0; i < gone.size(); ++i) {
    if (static_cast<int>(i) == batch) continue;
    const std::int64_t extent = shape[i - (static_cast<int>(i) > batch ? 1 : 0)];
    if (gone[i] && extent != 1) return bad_attribute(node, "axes");
    if (!gone[i]) result.push_back(extent);
    if (gone[i] && static_cast<int>(i) < batch) --moved;
  }
  return importer.rearrange(node, {graph::Reshape{std::move(result)}}, 0, moved);
}

/// Axes before the batch stay; behind it the tensor is reshaped as others are.
Status import_reshaped(Importer& importer, const ForeignNode& node, int batch) {
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const auto target, extents_at(importer, node, 1, "shape"));
  GATEFOLD_TRY(const auto allowzero, attribute(node, "allowzero", std::int64_t{0}));
  if (std::ssize(target) <= batch + 1 || std::ssize(shape) <= batch) return refused(node);
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i)
    if (target[i] != shape[i] && !(target[i] == 0 && allowzero == 0)) return refused(node);
  const Shape before(shape.begin(), shape.begin() + batch);
  const auto behind =
      reshape_target({target.begin() + batch, target.end()}, {shape.begin() + batch, shape.end()},
                     importer.batch(), allowzero != 0);
  if (!behind || target[static_cast<std::size_t>(batch)] == -1) return refused(node);
  Shape result = before;
  result.insert(result.end(), behind->begin(), behind->end());
  return importer.rearrange(node, {graph::Reshape{std::move(result)}}, 0, batch);
}

Status import_transposed(Importer& importer, const ForeignNode& node, int batch) {
  const std::size_t rank = importer.shape(node, 0).size() + 1;
  GATEFOLD_TRY(const auto order, required_attribute<Integers>(node, "perm"));
  if (!marked(order, rank, node) || order.size() != rank || std::ranges::min(order) < 0)
    return bad_attribute(node, "perm");
  return transpose_with_batch(importer, node, order, batch);
}

}  // namespace

bool reads_moved_batch(const Importer& importer, const ForeignNode& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (importer.has_input(node, i) && importer.batch_axis(node, i) != 0) return true;
  return false;
}

Status import_moved_batch(Importer& importer, const ForeignNode& node) {
  const int batch = importer.batch_axis(node, 0);
  const std::string& type = node.type;
  if (type == "LSTM" || type == "GRU" || type == "RNN" || type == "Shape")
    return (*find_rule(node.domain, type))(importer, node);
  if (type == "Transpose") return import_transposed(importer, node, batch);
  if (type == "Squeeze") return import_squeezed(importer, node, batch);
  if (type == "Reshape") return import_reshaped(importer, node, batch);
  if (type == "Identity") return importer.rearrange(node, {}, 0, batch);
  return refused(node);
}

Status transpose_with_batch(Importer& importer, const ForeignNode& node, const Integers& order,
                            int batch) {
  graph::Transpose transpose;
  int moved = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto axis = static_cast<int>(order[i]);
    if (axis == batch) moved = static_cast<int>(i);
    if (axis != batch) transpose.permutation.push_back(axis - (axis > batch ? 1 : 0));
  }
  if (std::ranges::is_sorted(transpose.permutation)) return importer.rearrange(node, {}, 0, moved);
  return importer.rearrange(node, {std::move(transpose)}, 0, moved);
}

}  // namespace gatefold::layers
