// Wiring of constants, and of the axes of shapes: what exporters leave between weights and layers.
#include <algorithm>
#include <numeric>

#include "gatefold/graph/op_rules.h"
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"
#include "gatefold/layers/constant_operators.h"
#include "gatefold/layers/importer.h"

namespace gatefold::layers {
namespace {

Result<std::optional<ConstantSymbol>> reshaped(ConstantSymbol constant, Shape shape,
                                               const ForeignNode& node) {
  if (numeric::element_count(shape) != static_cast<std::int64_t>(constant.values.size()))
    return diagnose(DiagnosticId::BadBroadcast, node.name, numeric::to_string(constant.shape),
                    numeric::to_string(shape));
  constant.shape = std::move(shape);
  return std::optional(std::move(constant));
}

/// [before, extent, after]: the elements around an axis.
struct Blocks {
  std::int64_t before, extent, after;

  Blocks(const Shape& shape, std::size_t axis)
      : before(numeric::element_count({shape.begin(), shape.begin() + step(axis)})),
        extent(shape[axis]),
        after(numeric::element_count({shape.begin() + step(axis) + 1, shape.end()})) {}

  static std::ptrdiff_t step(std::size_t axis) { return static_cast<std::ptrdiff_t>(axis); }
};

}  // namespace

Result<std::optional<ConstantSymbol>> constant_reshape(const Importer& importer,
                                                       const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol x, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(const auto allowzero, attribute(node, "allowzero", std::int64_t{0}));
  GATEFOLD_TRY(const ConstantSymbol target, importer.constant(node, 1, "shape"));
  Shape shape;
  const auto count = std::max<std::int64_t>(std::ssize(x.values), 1);
  std::int64_t known = 1;
  for (std::size_t i = 0; i < target.values.size(); ++i) {
    if (target.values[i] < -1 || target.values[i] > count || known > count)
      return diagnose(DiagnosticId::BadBroadcast, node.name, numeric::to_string(x.shape),
                      numeric::to_string(target.values[i]));
    std::int64_t extent = target.values[i].get_num().get_si();
    if (extent == 0 && allowzero == 0 && i < x.shape.size()) extent = x.shape[i];
    if (extent > 0) known *= extent;
    shape.push_back(extent);
  }
  for (std::int64_t& extent : shape)
    if (extent == -1) extent = std::ssize(x.values) / std::max<std::int64_t>(known, 1);
  return reshaped(x, std::move(shape), node);
}

Result<std::optional<ConstantSymbol>> constant_transpose(const Importer& importer,
                                                         const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol x, importer.constant(node, 0, "operand"));
  std::vector<std::int64_t> reversed(x.shape.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  GATEFOLD_TRY(const auto order, attribute(node, "perm", reversed));
  if (order.size() != x.shape.size()) return bad_attribute(node, "perm");
  ConstantSymbol result{x.kind, {}, {}};
  const auto strides = numeric::strides_of(x.shape);
  for (const std::int64_t axis : order) {
    const bool valid = axis >= 0 && axis < static_cast<std::int64_t>(order.size());
    if (!valid || std::ranges::count(order, axis) != 1) return bad_attribute(node, "perm");
    result.shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
  }
  const auto transposed = [&](const std::vector<Rational>& values) {
    std::vector<Rational> moved;
    for (std::int64_t flat = 0; flat < numeric::element_count(result.shape); ++flat) {
      std::int64_t rest = flat, index = 0;
      for (std::size_t i = order.size(); i-- > 0;) {
        index += (rest % result.shape[i]) * strides[static_cast<std::size_t>(order[i])];
        rest /= result.shape[i];
      }
      moved.push_back(values[static_cast<std::size_t>(index)]);
    }
    return moved;
  };
  result.values = transposed(x.values);
  result.grid = with_steps(x.grid, transposed);
  return std::optional(std::move(result));
}

Result<std::optional<ConstantSymbol>> constant_flatten(const Importer& importer,
                                                       const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol x, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(auto axis, attribute(node, "axis", std::int64_t{1}));
  const auto rank = static_cast<std::int64_t>(x.shape.size());
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) return bad_attribute(node, "axis");
  const auto split = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const Shape shape{numeric::element_count({x.shape.begin(), split}),
                    numeric::element_count({split, x.shape.end()})};
  return reshaped(x, shape, node);
}

Result<std::optional<ConstantSymbol>> constant_unsqueeze(const Importer& importer,
                                                         const ForeignNode& node) {
  GATEFOLD_TRY(ConstantSymbol x, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(const auto axes, integers_at_or(importer, node, 1, "axes"));
  GATEFOLD_TRY(const auto is_new, marked(axes, x.shape.size() + axes.size(), node));
  Shape shape;
  auto next = x.shape.begin();
  for (const bool added : is_new) shape.push_back(added ? 1 : *next++);
  return reshaped(std::move(x), std::move(shape), node);
}

Result<std::optional<ConstantSymbol>> constant_squeeze(const Importer& importer,
                                                       const ForeignNode& node) {
  GATEFOLD_TRY(ConstantSymbol x, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(const auto axes, integers_at_or(importer, node, 1, "axes"));
  GATEFOLD_TRY(const auto is_named, marked(axes, x.shape.size(), node));
  Shape shape;
  for (std::size_t i = 0; i < x.shape.size(); ++i) {
    const bool goes = axes.empty() ? x.shape[i] == 1 : is_named[i];
    if (goes && x.shape[i] != 1) return bad_attribute(node, "axes");
    if (!goes) shape.push_back(x.shape[i]);
  }
  return reshaped(std::move(x), std::move(shape), node);
}

Result<std::optional<ConstantSymbol>> constant_concat(const Importer& importer,
                                                      const ForeignNode& node) {
  GATEFOLD_TRY(const auto named, required_attribute<std::int64_t>(node, "axis"));
  std::vector<ConstantSymbol> parts;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    GATEFOLD_TRY(ConstantSymbol part, importer.constant(node, i, "operand"));
    parts.push_back(std::move(part));
  }
  ConstantSymbol result{parts.front().kind, parts.front().shape, {}};
  const auto axis = axis_of(named, result.shape.size());
  if (!axis) return bad_attribute(node, "axis");
  result.shape[*axis] = 0;
  for (const ConstantSymbol& part : parts) {
    Shape others = part.shape;
    if (others.size() == result.shape.size()) others[*axis] = result.shape[*axis];
    if (others != result.shape || part.kind != result.kind)
      return diagnose(DiagnosticId::BadBroadcast, node.name, numeric::to_string(part.shape),
                      numeric::to_string(parts.front().shape));
    result.shape[*axis] += part.shape[*axis];
  }
  for (std::int64_t block = 0; block < Blocks(result.shape, *axis).before; ++block)
    for (const ConstantSymbol& part : parts) {
      const Blocks sizes(part.shape, *axis);
      const std::ptrdiff_t length = sizes.extent * sizes.after;
      const auto first = part.values.begin() + block * length;
      result.values.insert(result.values.end(), first, first + length);
    }
  return std::optional(std::move(result));
}

Result<std::optional<ConstantSymbol>> constant_gather(const Importer& importer,
                                                      const ForeignNode& node) {
  GATEFOLD_TRY(const ConstantSymbol x, importer.constant(node, 0, "operand"));
  GATEFOLD_TRY(const ConstantSymbol indices, importer.constant(node, 1, "list of indices"));
  GATEFOLD_TRY(const auto named, attribute(node, "axis", std::int64_t{0}));
  const auto axis = axis_of(named, x.shape.size());
  if (!axis) return bad_attribute(node, "axis");
  const Blocks sizes(x.shape, *axis);
  ConstantSymbol result{x.kind, x.shape, {}};
  const auto place = result.shape.erase(result.shape.begin() + Blocks::step(*axis));
  result.shape.insert(place, indices.shape.begin(), indices.shape.end());
  GATEFOLD_CHECK(graph::check_shape(result.shape, node.name));
  for (std::int64_t block = 0; block < sizes.before; ++block)
    for (const Rational& value : indices.values) {
      const auto integer = numeric::to_int64(value.get_num());
      const auto index = axis_of(integer.value_or(sizes.extent), x.shape[*axis]);
      if (!index || value.get_den() != 1) return bad_attribute(node, "indices");
      const auto first =
          x.values.begin() + (block * sizes.extent + Blocks::step(*index)) * sizes.after;
      result.values.insert(result.values.end(), first, first + sizes.after);
    }
  return std::optional(std::move(result));
}

}  // namespace gatefold::layers
