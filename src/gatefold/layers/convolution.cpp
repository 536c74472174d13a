// Conv with constant weights: windows, then `linear` over all words of a window.
#include <algorithm>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/sliding.h"
#include "gatefold/layers/weights.h"

namespace gatefold::layers {
namespace {

using graph::Rearrange;
using graph::Value;

/// Weights of the file, [outputs, inputs / groups, kernel…].
struct Kernel {
  ConstantSymbol constant;
  std::int64_t groups = 1;

  std::int64_t outputs() const { return constant.shape[0] / groups; }
  std::int64_t inputs() const { return constant.shape[1]; }
  Integers extents() const { return {constant.shape.begin() + 2, constant.shape.end()}; }
};

Result<Kernel> kernel_of(const Importer& importer, const ForeignNode& node) {
  Kernel kernel;
  GATEFOLD_TRY(kernel.constant, importer.constant(node, 1, "kernel"));
  GATEFOLD_TRY(kernel.groups, attribute(node, "group", std::int64_t{1}));
  const Shape &w = kernel.constant.shape, &x = importer.shape(node, 0);
  const bool fits = kernel.groups >= 1 && w.size() == x.size() + 1 &&
                    std::ranges::all_of(w, [](std::int64_t extent) { return extent >= 1; }) &&
                    w[0] % kernel.groups == 0 && w[1] * kernel.groups == x[0];
  if (!fits)
    return diagnose(DiagnosticId::KernelMismatch, node.name, numeric::to_string(w), kernel.groups,
                    numeric::to_string(x));
  return kernel;
}

/// [groups, kernel… · inputs, outputs]: the order in which the words of a window stand.
Weights weights_of(const Kernel& kernel) {
  const std::int64_t taps = numeric::element_count(kernel.extents());
  Weights w{kernel.groups, taps * kernel.inputs(), kernel.outputs(), {}};
  const auto ordered = [&](const std::vector<Rational>& values) {
    std::vector<Rational> rows;
    rows.reserve(values.size());
    for (std::int64_t g = 0; g < w.groups; ++g)
      for (std::int64_t tap = 0; tap < taps; ++tap)
        for (std::int64_t i = 0; i < kernel.inputs(); ++i)
          for (std::int64_t j = 0; j < w.columns; ++j) {
            const std::int64_t output = g * w.columns + j;
            const std::int64_t flat = (output * kernel.inputs() + i) * taps + tap;
            rows.push_back(values[static_cast<std::size_t>(flat)]);
          }
    return rows;
  };
  w.values = ordered(kernel.constant.values);
  w.grid = with_steps(kernel.constant.grid, ordered);
  return w;
}

/// [positions…, kernel…, groups · inputs] -> [positions…, groups, kernel…, inputs].
Result<Value> grouped(Importer& importer, Value x, const Kernel& kernel, const std::string& layer) {
  Shape shape = importer.type(x).shape;
  shape.back() = kernel.groups;
  shape.push_back(kernel.inputs());
  GATEFOLD_TRY(x, importer.add(Rearrange{graph::Reshape{shape}}, {x}, layer));
  const auto positions = static_cast<int>(kernel.extents().size());
  graph::Transpose order;
  for (int axis = 0; axis < positions; ++axis) order.permutation.push_back(axis);
  order.permutation.push_back(2 * positions);
  for (int axis = 0; axis < positions; ++axis) order.permutation.push_back(positions + axis);
  order.permutation.push_back(2 * positions + 1);
  return importer.add(Rearrange{std::move(order)}, {x}, layer);
}

/// [positions…, words of a window].
Result<Value> window_words(Importer& importer, const ForeignNode& node, Value x,
                           const Kernel& kernel, const Sliding& sliding) {
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(const std::int64_t zero,
               sliding.pads() ? padding_of(importer, x, 0, node) : Result<std::int64_t>(0));
  GATEFOLD_TRY(x, channels_last(importer, x, layer));
  if (sliding.is_pointwise()) return x;
  GATEFOLD_TRY(x, windows_of(importer, x, sliding, zero, layer));
  const Shape& windows = importer.type(x).shape;
  Shape words(windows.begin(), windows.begin() + std::ssize(sliding.kernel));
  words.push_back(numeric::element_count(sliding.kernel) * kernel.groups * kernel.inputs());
  if (kernel.groups > 1) {
    GATEFOLD_TRY(x, grouped(importer, x, kernel, layer));
  }
  return importer.add(Rearrange{graph::Reshape{std::move(words)}}, {x}, layer);
}

}  // namespace

Status import_conv(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  GATEFOLD_TRY(const Kernel kernel, kernel_of(importer, node));
  GATEFOLD_TRY(const Sliding sliding, sliding_of(node, importer.shape(node, 0), kernel.extents()));
  GATEFOLD_TRY(auto bias, bias_at(importer, node, 2, kernel.constant.shape[0]));
  GATEFOLD_TRY(Value x, importer.linear_value(node, 0));
  GATEFOLD_TRY(x, window_words(importer, node, x, kernel, sliding));
  GATEFOLD_TRY(x, add_linear(importer, node, x, weights_of(kernel), std::move(bias)));
  GATEFOLD_TRY(x, channels_first(importer, x, layer_name(node)));
  importer.set(node, x);
  return success();
}

}  // namespace gatefold::layers
