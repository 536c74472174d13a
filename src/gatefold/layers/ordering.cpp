// ArgMax, ArgMin and TopK along an axis other than the batch: `order`; the first of equal values
// wins.
#include <algorithm>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"

namespace gatefold::layers {
namespace {

using graph::Rearrange;
using graph::Value;

/// The axis along which values are ordered, moved to the end.
struct Ordered {
  Value values;
  Shape shape;  // as the file has it
  int axis = 0;

  bool is_last() const { return axis + 1 == std::ssize(shape); }
};

Result<Ordered> ordered(Importer& importer, const ForeignNode& node, std::int64_t named) {
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const int axis, inner_axis(named, shape, node));
  GATEFOLD_TRY(const Value x, importer.linear_value(node, 0));
  Ordered result{x, shape, axis};
  if (!result.is_last()) {
    GATEFOLD_TRY(result.values, importer.add(Rearrange{axis_moved(shape.size(), axis, true)}, {x},
                                             layer_name(node)));
  }
  return result;
}

Status best(Importer& importer, const ForeignNode& node, bool largest) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const auto named, attribute(node, "axis", std::int64_t{0}));
  GATEFOLD_TRY(const auto keeps, attribute(node, "keepdims", std::int64_t{1}));
  GATEFOLD_TRY(const auto last, attribute(node, "select_last_index", std::int64_t{0}));
  if (last != 0)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "the last of equal values instead of the first");
  GATEFOLD_TRY(Ordered order, ordered(importer, node, named));
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(Value x, importer.add(graph::Order{graph::OrderKind::ArgMax, 1, largest},
                                     {order.values}, layer));
  if (keeps != 0) {
    order.shape[static_cast<std::size_t>(order.axis)] = 1;
    GATEFOLD_TRY(x, importer.add(Rearrange{graph::Reshape{std::move(order.shape)}}, {x}, layer));
  }
  importer.set(node, x);
  return success();
}

/// How many values TopK gives: an input, in the oldest files an attribute.
Result<std::int64_t> count_of(const Importer& importer, const ForeignNode& node,
                              std::int64_t extent) {
  GATEFOLD_TRY(const auto old, attribute(node, "k", std::int64_t{0}));
  const bool is_input = importer.has_input(node, 1);
  GATEFOLD_TRY(const Integers counts,
               is_input ? integers_at(importer, node, 1, "k") : Result<Integers>(Integers{old}));
  if (counts.size() != 1 || counts.front() < 1 || counts.front() > extent)
    return bad_attribute(node, "k");
  return counts.front();
}

}  // namespace

Status import_arg_max(Importer& importer, const ForeignNode& node) {
  return best(importer, node, true);
}

Status import_arg_min(Importer& importer, const ForeignNode& node) {
  return best(importer, node, false);
}

Status import_top_k(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const auto named, attribute(node, "axis", std::int64_t{-1}));
  GATEFOLD_TRY(const auto largest, attribute(node, "largest", std::int64_t{1}));
  GATEFOLD_TRY(const auto sorted, attribute(node, "sorted", std::int64_t{1}));
  if (sorted == 0)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "sorted = 0, results in no order that the file would settle");
  GATEFOLD_TRY(const Ordered order, ordered(importer, node, named));
  GATEFOLD_TRY(const std::int64_t count,
               count_of(importer, node, order.shape[static_cast<std::size_t>(order.axis)]));
  const std::string layer = layer_name(node);
  std::size_t output = 0;
  for (const auto kind : {graph::OrderKind::TopValues, graph::OrderKind::TopIndices}) {
    GATEFOLD_TRY(Value x,
                 importer.add(graph::Order{kind, count, largest != 0}, {order.values}, layer));
    if (!order.is_last()) {
      GATEFOLD_TRY(x, importer.add(Rearrange{axis_moved(order.shape.size(), order.axis, false)},
                                   {x}, layer));
    }
    if (output < node.outputs.size()) importer.set(node, x, output);
    ++output;
  }
  return success();
}

}  // namespace gatefold::layers
