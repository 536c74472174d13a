#pragma once

#include <vector>

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// Real weights of a sum over the last axis in groups, [groups, rows, columns] as graph::Linear.
struct Weights {
  std::int64_t groups = 1, rows = 0, columns = 0;
  std::vector<Rational> values;
  std::optional<ConstantGrid> grid = {};

  std::int64_t outputs() const { return groups * columns; }
  /// The output channel that a weight belongs to.
  std::size_t channel_of(std::int64_t flat) const {
    return static_cast<std::size_t>(flat / (rows * columns) * columns + flat % columns);
  }
};

/// A real bias for each output channel, or none.
struct Bias {
  std::vector<Rational> values;
  std::optional<ConstantGrid> grid = {};
};

std::vector<Rational> scaled(std::vector<Rational> values, const Rational& factor);
/// None where the factor turns the integers around.
std::optional<ConstantGrid> scaled(std::optional<ConstantGrid> grid, const Rational& factor);

/// The sum of x (a linear encoding) with these weights and biases. Scales of the inputs that differ
/// along the last axis go into the weights. UnquantizedWeights where no common step leaves integers
/// narrow; WeightNotLoadable.
Result<graph::Value> add_linear(Importer& importer, const ForeignNode& node, graph::Value x,
                                Weights weights, Bias bias);

/// Integers and steps such that weight = integer * step. UnquantizedWeights.
Result<graph::Linear> integer_weights(const Weights& weights, int width, const std::string& layer);

/// The widest integer weight that counts as quantized.
inline constexpr int widest_weight = 24;

/// The weights, of at most `width` bits, and biases of a layer that hardware exchanges, for a sum
/// of x: WeightNotLoadable where the options settle what they count in, and they do not. Where x
/// has integer zero points, their part of the sums, which depends on the weights, is loaded with
/// the biases, and x becomes the same integers without.
Result<graph::Linear> reloadable_weights(Importer& importer, const ForeignNode& node,
                                         graph::Value& x, const Weights& weights, const Bias& bias,
                                         int width);

/// One bias for each of these outputs, times `factor`, from an optional input of the node.
Result<Bias> bias_at(const Importer& importer, const ForeignNode& node, std::size_t index,
                     std::int64_t outputs, const Rational& factor = 1);

}  // namespace gatefold::layers
