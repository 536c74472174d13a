// ArgMax and ArgMin along an axis other than the batch: `order`; the first of equal values wins.
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"

namespace gatefold::layers {
namespace {

using graph::Rearrange;
using graph::Value;

Status best(Importer& importer, const ForeignNode& node, bool largest) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const auto named, attribute(node, "axis", std::int64_t{0}));
  GATEFOLD_TRY(const auto keeps, attribute(node, "keepdims", std::int64_t{1}));
  GATEFOLD_TRY(const auto last, attribute(node, "select_last_index", std::int64_t{0}));
  if (last != 0)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "the last of equal values instead of the first");
  Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const int axis, inner_axis(named, shape, node));
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(Value x, importer.linear_value(node, 0));
  if (axis + 1 < std::ssize(shape)) {
    GATEFOLD_TRY(x, importer.add(Rearrange{axis_moved(shape.size(), axis, true)}, {x}, layer));
  }
  GATEFOLD_TRY(x, importer.add(graph::Order{graph::OrderKind::ArgMax, 1, largest}, {x}, layer));
  if (keeps != 0) {
    shape[static_cast<std::size_t>(axis)] = 1;
    GATEFOLD_TRY(x, importer.add(Rearrange{graph::Reshape{std::move(shape)}}, {x}, layer));
  }
  importer.set(node, x);
  return success();
}

}  // namespace

Status import_arg_max(Importer& importer, const ForeignNode& node) {
  return best(importer, node, true);
}

Status import_arg_min(Importer& importer, const ForeignNode& node) {
  return best(importer, node, false);
}

}  // namespace gatefold::layers
