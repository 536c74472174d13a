#pragma once

#include <map>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <string>

#include "gatefold/emulate/emulator.h"
#include "gatefold/numeric/tensor.h"

// NumPy arrays and Gatefold's tensors, by copy, and views of arrays.
namespace gatefold::python {

namespace nb = nanobind;

template <typename T>
using InputArray = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;
template <typename T>
using InputArrays = std::map<std::string, InputArray<T>>;

template <typename T>
std::map<std::string, numeric::Tensor<T>> to_tensors(const InputArrays<T>& arrays) {
  std::map<std::string, numeric::Tensor<T>> tensors;
  for (const auto& [name, array] : arrays) {
    numeric::Tensor<T>& tensor = tensors[name];
    for (std::size_t i = 0; i < array.ndim(); ++i)
      tensor.shape.push_back(static_cast<std::int64_t>(array.shape(i)));
    tensor.data.assign(array.data(), array.data() + array.size());
  }
  return tensors;
}

/// The arrays where they lie.
template <typename T>
emulate::Views<T> to_views(const InputArrays<T>& arrays) {
  emulate::Views<T> views;
  for (const auto& [name, array] : arrays) {
    emulate::View<T>& view = views[name];
    for (std::size_t i = 0; i < array.ndim(); ++i)
      view.shape.push_back(static_cast<std::int64_t>(array.shape(i)));
    view.data = array.data();
  }
  return views;
}

/// The array owns the tensor's elements.
template <typename T>
nb::object to_array(numeric::Tensor<T> tensor) {
  auto* owned = new numeric::Tensor<T>(std::move(tensor));
  nb::capsule owner(owned, [](void* p) noexcept { delete static_cast<numeric::Tensor<T>*>(p); });
  std::vector<std::size_t> shape(owned->shape.begin(), owned->shape.end());
  return nb::cast(nb::ndarray<nb::numpy, T>(owned->data.data(), shape.size(), shape.data(), owner));
}

template <typename T>
nb::dict to_arrays(std::map<std::string, numeric::Tensor<T>> tensors) {
  nb::dict arrays;
  for (auto& [name, tensor] : tensors) arrays[name.c_str()] = to_array(std::move(tensor));
  return arrays;
}

}  // namespace gatefold::python
