#pragma once

#include "gatefold/graph/encoding.h"

namespace gatefold::graph {

/// Where any of several parameters of a tensor differ: nowhere, along one axis, or by element.
class Variation {
 public:
  template <typename T>
  void add(const PerAxis<T>& parameter) {
    if (parameter.is_uniform() || parameter.axis == axis_) return;
    axis_ = axis_ == PerAxis<T>::uniform ? parameter.axis : PerAxis<T>::by_element;
  }
  void add(const Encoding& encoding);

  bool is_uniform() const { return axis_ == PerAxis<Rational>::uniform; }

  /// Elements after which the parameters and the ranges of the tensor repeat: a product of trailing
  /// extents.
  std::int64_t period(const TensorType& type) const;
  /// Whether two elements have the same range and parameters; false where that takes a comparison
  /// of values.
  bool alike(const TensorType& type, std::int64_t a, std::int64_t b) const;

 private:
  int axis_ = PerAxis<Rational>::uniform;
};

}  // namespace gatefold::graph
