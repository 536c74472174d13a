#pragma once

#include "gatefold/layers/axes.h"

// What convolutions and poolings share: windows that slide over the position axes of a tensor.
// The file's tensors are [channels, positions…], the windows' are [positions…, channels].
namespace gatefold::layers {

/// One entry for each position axis. `after` may hold more than the file pads, where the output
/// size is rounded up.
struct Sliding {
  Integers kernel, strides, dilations, before, after;
  Integers rounded_up;  // the part of `after` that no pad of the file gives

  std::int64_t span(std::size_t axis) const { return (kernel[axis] - 1) * dilations[axis] + 1; }
  bool pads() const;
  bool is_pointwise() const;  // every window is one position and every position has one
};

/// Kernel, strides, dilations, pads, auto_pad and ceil_mode of a node, for a tensor of this shape
/// [channels, positions…]. `kernel` is empty where the attribute kernel_shape gives it.
/// BadAttribute; UnsupportedForm for a last window that begins behind the tensor.
Result<Sliding> sliding_of(const ForeignNode& node, const Shape& shape, Integers kernel);

/// [channels, positions…] -> [positions…, channels] and back.
Result<graph::Value> channels_last(Importer& importer, graph::Value x, const std::string& layer);
Result<graph::Value> channels_first(Importer& importer, graph::Value x, const std::string& layer);

/// [positions…, channels] -> [positions…, kernel…, channels], with `raw` around the tensor.
Result<graph::Value> windows_of(Importer& importer, graph::Value x, const Sliding& sliding,
                                std::int64_t raw, const std::string& layer);

/// The integer that stands for this real number at every element, where there is one.
std::optional<std::int64_t> raw_of(const graph::TensorType& type, const Rational& real);

/// The integer that pads `x` with a real number, for which an offset may be moved out of its
/// encoding. PadNotRepresentable.
Result<std::int64_t> padding_of(Importer& importer, graph::Value& x, const Rational& real,
                                const ForeignNode& node);

}  // namespace gatefold::layers
