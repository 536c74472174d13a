#pragma once

#include <vector>

#include "gatefold/graph/op.h"
#include "gatefold/passes/reindex.h"

namespace gatefold::passes {

/// How a tensor is stored in another one: it is the stored tensor transposed by `axes` (axis i is
/// the stored axis axes[i]) and then, where `is_vector`, flattened.
struct Layout {
  std::vector<int> axes;
  bool is_vector = false;

  bool is_plain() const;
  friend bool operator==(const Layout&, const Layout&) = default;

  /// The shape that a stored tensor of this shape stands for.
  graph::Shape shape(const graph::Shape& stored) const;
  /// For each stored element the flat index of the element that it stands for.
  std::vector<std::int64_t> flats(const graph::Shape& stored) const;
  /// Parameters of elementwise ops, for the stored tensor.
  Reindex reindex(const graph::Shape& stored) const;

  /// One entry for each axis, brought into the order of the stored axes.
  std::vector<std::int64_t> stored(const std::vector<std::int64_t>& values) const;
  int stored(int axis) const { return axes[static_cast<std::size_t>(axis)]; }
  std::vector<int> stored(const std::vector<int>& some_axes) const;
  /// Stores a plain tensor.
  graph::Transpose store() const;
};

/// What the tensor is once it is transposed again.
Layout transposed(const Layout& layout, const graph::Transpose& transpose);
/// What is left of it without these axes.
Layout without(const Layout& layout, const std::vector<int>& axes);

}  // namespace gatefold::passes
