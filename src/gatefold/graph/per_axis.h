#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "gatefold/numeric/tensor.h"

// Algebra of parameters that are uniform, per axis or by element. Results are the least general
// form that holds the values, so that equal parameters compare equal.
namespace gatefold::graph {

using numeric::PerAxis;
using numeric::Shape;

template <typename T>
bool all_equal(const std::vector<T>& values) {
  return std::adjacent_find(values.begin(), values.end(), std::not_equal_to<T>()) == values.end();
}

/// Whether the parameter has a value for every element of this shape.
template <typename T>
bool fits(const PerAxis<T>& parameter, const Shape& shape) {
  const auto count = static_cast<std::int64_t>(parameter.values.size());
  if (parameter.axis == PerAxis<T>::uniform) return count == 1;
  if (parameter.axis == PerAxis<T>::by_element) return count == numeric::element_count(shape);
  if (parameter.axis < 0 || parameter.axis >= static_cast<int>(shape.size())) return false;
  return count == shape[static_cast<std::size_t>(parameter.axis)];
}

/// The values along one axis, where the parameter depends on nothing else.
template <typename T>
bool depends_on_axis_only(const std::vector<T>& values, const Shape& shape, int axis) {
  const auto strides = numeric::strides_of(shape);
  const auto at = static_cast<std::size_t>(axis);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto position = (static_cast<std::int64_t>(i) / strides[at]) % shape[at];
    if (!(values[i] == values[static_cast<std::size_t>(position * strides[at])])) return false;
  }
  return true;
}

template <typename T>
PerAxis<T> least_general(PerAxis<T> parameter, const Shape& shape) {
  if (parameter.is_uniform()) return parameter;
  if (all_equal(parameter.values)) return PerAxis<T>(std::move(parameter.values.front()));
  if (parameter.axis != PerAxis<T>::by_element) return parameter;
  for (int axis = 0; axis < static_cast<int>(shape.size()); ++axis) {
    if (!depends_on_axis_only(parameter.values, shape, axis)) continue;
    const auto at = static_cast<std::size_t>(axis);
    const auto stride = static_cast<std::size_t>(numeric::strides_of(shape)[at]);
    std::vector<T> values;
    for (std::int64_t i = 0; i < shape[at]; ++i)
      values.push_back(std::move(parameter.values[static_cast<std::size_t>(i) * stride]));
    return {axis, std::move(values)};
  }
  return parameter;
}

/// The parameter of the tensor of shape `to` whose element i is element flats[i] of one of `from`.
template <typename T>
PerAxis<T> gather(const PerAxis<T>& parameter, const Shape& from, const Shape& to,
                  std::span<const std::int64_t> flats) {
  if (parameter.is_uniform()) return parameter;
  std::vector<T> values;
  values.reserve(flats.size());
  for (const std::int64_t flat : flats) values.push_back(parameter.at(flat, from));
  return least_general(PerAxis<T>(PerAxis<T>::by_element, std::move(values)), to);
}

/// f(a, b) at each element of one shape.
template <typename A, typename B, typename F>
auto combine(const PerAxis<A>& a, const PerAxis<B>& b, const Shape& shape, F f) {
  using R = std::decay_t<decltype(f(a.values.front(), b.values.front()))>;
  if (a.is_uniform() && b.is_uniform()) return PerAxis<R>(f(a.values.front(), b.values.front()));
  const bool same = a.axis == b.axis || a.is_uniform() || b.is_uniform();
  const int axis = !same ? PerAxis<R>::by_element : a.is_uniform() ? b.axis : a.axis;
  const auto count = same ? std::max(a.values.size(), b.values.size())
                          : static_cast<std::size_t>(numeric::element_count(shape));
  const auto pick = [&](const auto& p, std::size_t i) -> const auto& {
    if (!same) return p.at(static_cast<std::int64_t>(i), shape);
    return p.values[p.is_uniform() ? 0 : i];
  };
  std::vector<R> values;
  values.reserve(count);
  for (std::size_t i = 0; i < count; ++i) values.push_back(f(pick(a, i), pick(b, i)));
  return least_general(PerAxis<R>(axis, std::move(values)), shape);
}

}  // namespace gatefold::graph
