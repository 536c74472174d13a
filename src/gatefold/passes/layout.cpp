#include "gatefold/passes/layout.h"

#include <algorithm>
#include <span>
#include <utility>

#include "gatefold/graph/graph.h"

namespace gatefold::passes {

using graph::Shape;

bool Layout::is_plain() const { return !is_vector && std::ranges::is_sorted(axes); }

Shape Layout::shape(const Shape& stored) const {
  if (is_vector) return {numeric::element_count(stored)};
  Shape shape;
  for (const int axis : axes) shape.push_back(stored[static_cast<std::size_t>(axis)]);
  return shape;
}

std::vector<std::int64_t> Layout::flats(const Shape& stored) const {
  const graph::TensorType type{stored, {numeric::Interval{}}, {}};
  std::vector<std::int64_t> flats(static_cast<std::size_t>(numeric::element_count(stored)));
  const auto sources = graph::sources(graph::Transpose{axes}, std::span(&type, 1));
  for (std::size_t i = 0; i < sources.size(); ++i)
    flats[static_cast<std::size_t>(sources[i].flat)] = static_cast<std::int64_t>(i);
  return flats;
}

Reindex Layout::reindex(const Shape& stored) const {
  return {shape(stored), stored, flats(stored)};
}

std::vector<std::int64_t> Layout::stored(const std::vector<std::int64_t>& values) const {
  std::vector<std::int64_t> result(values.size());
  for (std::size_t i = 0; i < axes.size(); ++i)
    result[static_cast<std::size_t>(axes[i])] = values[i];
  return result;
}

std::vector<int> Layout::stored(const std::vector<int>& some_axes) const {
  std::vector<int> result;
  for (const int axis : some_axes) result.push_back(stored(axis));
  std::ranges::sort(result);
  return result;
}

graph::Transpose Layout::store() const {
  graph::Transpose inverse{std::vector<int>(axes.size())};
  for (std::size_t i = 0; i < axes.size(); ++i)
    inverse.permutation[static_cast<std::size_t>(axes[i])] = static_cast<int>(i);
  return inverse;
}

Layout transposed(const Layout& layout, const graph::Transpose& transpose) {
  if (layout.is_vector) return layout;
  Layout result;
  for (const int axis : transpose.permutation) result.axes.push_back(layout.stored(axis));
  return result;
}

Layout without(const Layout& layout, const std::vector<int>& axes) {
  std::vector<int> left;
  for (int i = 0; i < static_cast<int>(layout.axes.size()); ++i)
    if (std::ranges::find(axes, i) == axes.end()) left.push_back(layout.stored(i));
  std::vector<int> order = left;
  std::ranges::sort(order);
  Layout result;
  for (const int axis : left)
    result.axes.push_back(static_cast<int>(std::ranges::find(order, axis) - order.begin()));
  return result;
}

}  // namespace gatefold::passes
