#pragma once

#include <array>

#include "gatefold/layers/axes.h"
#include "gatefold/layers/weights.h"

// One time step of a recurrent layer, built as the body of a scan.
namespace gatefold::layers {

/// Weights and types of one direction of a recurrent layer.
struct Cell {
  const ForeignNode& node;
  std::int64_t hidden = 0;
  Integers extents;                               // gates, features of the input
  std::vector<Rational> input_weights;            // [gates · hidden, features]
  std::vector<Rational> hidden_weights;           // [gates · hidden, hidden]
  std::vector<Rational> input_bias, hidden_bias;  // [gates · hidden]
  std::vector<graph::RealFunction> activations;   // in the order of ONNX
  std::array<graph::Quantize, 3> types;           // gates, cell, hidden
  bool resets_after = false;                      // GRU, linear_before_reset

  std::int64_t features() const { return extents[1]; }
  const graph::Quantize& gates() const { return types[0]; }
  const graph::Quantize& cell() const { return types[1]; }
  const graph::Quantize& output() const { return types[2]; }
};

/// The next states, the output of the step first, from this step's input and the states.
using Step = Result<std::vector<graph::Value>> (*)(Importer&, const Cell&, graph::Value x,
                                                   const std::vector<graph::Value>& states);

Result<std::vector<graph::Value>> lstm_step(Importer& importer, const Cell& cell, graph::Value x,
                                            const std::vector<graph::Value>& states);
Result<std::vector<graph::Value>> gru_step(Importer& importer, const Cell& cell, graph::Value x,
                                           const std::vector<graph::Value>& states);
Result<std::vector<graph::Value>> rnn_step(Importer& importer, const Cell& cell, graph::Value x,
                                           const std::vector<graph::Value>& states);

}  // namespace gatefold::layers
