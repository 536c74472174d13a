#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gatefold/support/assert.h"

namespace gatefold::numeric {

/// Extents, outermost first; empty for a scalar. The batch axis is never part of a shape.
using Shape = std::vector<std::int64_t>;

/// Product of the extents (1 for a scalar).
std::int64_t element_count(const Shape& shape);
std::string to_string(const Shape& shape);  // `[16,64]`
/// Row-major strides in elements.
std::vector<std::int64_t> strides_of(const Shape& shape);

/// Dense, row-major.
template <typename T>
struct Tensor {
  Shape shape;
  std::vector<T> data;

  std::int64_t size() const { return static_cast<std::int64_t>(data.size()); }
  T& operator[](std::int64_t i) { return data[static_cast<std::size_t>(i)]; }
  const T& operator[](std::int64_t i) const { return data[static_cast<std::size_t>(i)]; }

  friend bool operator==(const Tensor&, const Tensor&) = default;
};

using IntTensor = Tensor<std::int64_t>;
using RealTensor = Tensor<double>;

/// A parameter that is the same for a whole tensor, or varies along one axis, or by element.
template <typename T>
struct PerAxis {
  static constexpr int uniform = -1;
  static constexpr int by_element = -2;

  int axis = uniform;
  std::vector<T> values;  // 1, extent of the axis, or element count

  PerAxis() = default;
  PerAxis(T value) : values{std::move(value)} {}
  PerAxis(int along, std::vector<T> all) : axis(along), values(std::move(all)) {}

  bool is_uniform() const { return axis == uniform; }

  /// The parameter of the element with this flat index in a tensor of this shape.
  const T& at(std::int64_t flat, const Shape& shape) const {
    if (axis == uniform) return values.front();
    if (axis == by_element) return values[static_cast<std::size_t>(flat)];
    std::int64_t inner = 1;
    for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < shape.size(); ++i)
      inner *= shape[i];
    const auto extent = shape[static_cast<std::size_t>(axis)];
    return values[static_cast<std::size_t>((flat / inner) % extent)];
  }

  friend bool operator==(const PerAxis&, const PerAxis&) = default;
};

}  // namespace gatefold::numeric
