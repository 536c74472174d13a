// ReduceSum, ReduceMean, ReduceMax, ReduceMin over axes other than the batch.
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"

namespace gatefold::layers {
namespace {

using graph::ReduceKind;
using graph::Value;

/// The reduced axes without the batch; empty where the node changes nothing.
Result<std::vector<int>> reduced_axes(const Importer& importer, const ForeignNode& node,
                                      std::size_t rank) {
  GATEFOLD_TRY(Integers named, integers_at_or(importer, node, 1, "axes"));
  GATEFOLD_TRY(const auto none_is_none, attribute(node, "noop_with_empty_axes", std::int64_t{0}));
  if (named.empty() && none_is_none == 0)
    return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  GATEFOLD_TRY(const std::vector<bool> gone, marked_inner(named, rank + 1, node));
  std::vector<int> axes;
  for (std::size_t i = 0; i < rank; ++i)
    if (gone[i]) axes.push_back(static_cast<int>(i));
  return axes;
}

Status reduce(Importer& importer, const ForeignNode& node, ReduceKind kind, bool means) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const std::vector<int> axes, reduced_axes(importer, node, shape.size()));
  GATEFOLD_TRY(const auto keeps, attribute(node, "keepdims", std::int64_t{1}));
  GATEFOLD_TRY(Value x,
               kind == ReduceKind::Sum ? importer.linear_value(node, 0) : importer.value(node, 0));
  if (axes.empty()) {
    importer.set(node, x);
    return success();
  }
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(x, importer.add(graph::Reduce{kind, axes, false}, {x}, layer));
  if (means) {
    Rational factor = 1;
    for (const int axis : axes)
      factor /= numeric::from_int64(shape[static_cast<std::size_t>(axis)]);
    GATEFOLD_TRY(x, importer.add(graph::Map{graph::Affine{factor, Rational(0)}}, {x}, layer));
  }
  if (keeps != 0) {
    Shape kept = shape;
    for (const int axis : axes) kept[static_cast<std::size_t>(axis)] = 1;
    GATEFOLD_TRY(x, importer.add(graph::Rearrange{graph::Reshape{std::move(kept)}}, {x}, layer));
  }
  importer.set(node, x);
  return success();
}

}  // namespace

Status import_reduce_sum(Importer& importer, const ForeignNode& node) {
  return reduce(importer, node, ReduceKind::Sum, false);
}

Status import_reduce_mean(Importer& importer, const ForeignNode& node) {
  return reduce(importer, node, ReduceKind::Sum, true);
}

Status import_reduce_max(Importer& importer, const ForeignNode& node) {
  return reduce(importer, node, ReduceKind::Maximum, false);
}

Status import_reduce_min(Importer& importer, const ForeignNode& node) {
  return reduce(importer, node, ReduceKind::Minimum, false);
}

}  // namespace gatefold::layers
