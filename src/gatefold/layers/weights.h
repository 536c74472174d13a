#pragma once

#include <vector>

#include "gatefold/layers/importer.h"

namespace gatefold::layers {

/// Real weights of a sum over the last axis in groups, [groups, rows, columns] as graph::Linear.
struct Weights {
  std::int64_t groups = 1, rows = 0, columns = 0;
  std::vector<Rational> values;

  std::int64_t outputs() const { return groups * columns; }
};

/// The sum of x (a linear encoding) with these weights and real biases (one for each output
/// channel, or none). Scales of the inputs that differ along the last axis go into the weights.
/// UnquantizedWeights where no common step leaves integers narrow.
Result<graph::Value> add_linear(Importer& importer, const ForeignNode& node, graph::Value x,
                                Weights weights, std::vector<Rational> bias);

/// One bias for each of these outputs, times `factor`, from an optional input of the node.
Result<std::vector<Rational>> bias_at(const Importer& importer, const ForeignNode& node,
                                      std::size_t index, std::int64_t outputs,
                                      const Rational& factor = 1);

}  // namespace gatefold::layers
