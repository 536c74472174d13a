#include "gatefold/layers/axes.h"

#include <algorithm>

#include "gatefold/layers/attributes.h"

namespace gatefold::layers {

Diagnostic bad_attribute(const ForeignNode& node, const std::string& name) {
  return diagnose(DiagnosticId::BadAttribute, node.name, name, node.type);
}

std::optional<std::size_t> axis_of(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < 0) axis += count;
  if (axis < 0 || axis >= count) return std::nullopt;
  return static_cast<std::size_t>(axis);
}

Result<Integers> integers_at(const Importer& importer, const ForeignNode& node, std::size_t index,
                             const std::string& what) {
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, index, what));
  Integers integers;
  for (const Rational& value : constant.values) {
    const auto integer = numeric::to_int64(value.get_num());
    if (value.get_den() != 1 || !integer) return bad_attribute(node, what);
    integers.push_back(*integer);
  }
  return integers;
}

Result<Integers> integers_at_or(const Importer& importer, const ForeignNode& node,
                                std::size_t index, const std::string& name) {
  if (importer.has_input(node, index)) return integers_at(importer, node, index, name);
  return attribute(node, name, Integers{});
}

Result<std::vector<bool>> marked(const Integers& axes, std::size_t rank, const ForeignNode& node) {
  std::vector<bool> is_named(rank, false);
  for (const std::int64_t axis : axes) {
    const auto index = axis_of(axis, rank);
    if (!index || is_named[*index]) return bad_attribute(node, "axes");
    is_named[*index] = true;
  }
  return is_named;
}

Result<std::vector<bool>> marked_inner(const Integers& axes, std::size_t rank,
                                       const ForeignNode& node) {
  GATEFOLD_TRY(std::vector<bool> is_named, marked(axes, rank, node));
  if (is_named.front()) return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  is_named.erase(is_named.begin());
  return is_named;
}

Result<int> inner_axis(std::int64_t axis, const Shape& shape, const ForeignNode& node) {
  const auto index = axis_of(axis, shape.size() + 1);
  if (!index) return bad_attribute(node, "axis");
  if (*index == 0) return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  return static_cast<int>(*index) - 1;
}

graph::Transpose axis_moved(std::size_t rank, int axis, bool to_the_end) {
  graph::Transpose transpose;
  for (int i = 0; i < static_cast<int>(rank); ++i) transpose.permutation.push_back(i);
  auto& p = transpose.permutation;
  if (to_the_end) {
    std::rotate(p.begin() + axis, p.begin() + axis + 1, p.end());
  } else {
    std::rotate(p.begin() + axis, p.end() - 1, p.end());
  }
  return transpose;
}

}  // namespace gatefold::layers
