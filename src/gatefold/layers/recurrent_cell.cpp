#include "gatefold/layers/recurrent_cell.h"

#include <utility>

#include "gatefold/layers/alignment.h"

namespace gatefold::layers {
namespace {

using enum graph::CombineKind;
using graph::Value;
using Values = std::vector<Value>;

/// Gates [first, first + count) of a matrix [gates · hidden, columns], as rows of inputs.
void append_rows(Weights& weights, const std::vector<Rational>& matrix, std::int64_t columns,
                 std::int64_t first_row) {
  for (std::int64_t i = 0; i < columns; ++i)
    for (std::int64_t j = 0; j < weights.columns; ++j)
      weights.values.push_back(matrix[static_cast<std::size_t>((first_row + j) * columns + i)]);
  weights.rows += columns;
}

std::vector<Rational> part(const std::vector<Rational>& bias, std::int64_t first,
                           std::int64_t count) {
  return {bias.begin() + first, bias.begin() + first + count};
}

/// W x + R h + b of gates [first, first + count).
Result<Value> joint_sum(Importer& importer, const Cell& cell, Value x, Value h, std::int64_t first,
                        std::int64_t count) {
  const std::int64_t row = first * cell.hidden;
  Weights weights{1, 0, count * cell.hidden, {}};
  append_rows(weights, cell.input_weights, cell.features(), row);
  append_rows(weights, cell.hidden_weights, cell.hidden, row);
  std::vector<Rational> bias = part(cell.input_bias, row, weights.columns);
  for (std::int64_t j = 0; j < weights.columns; ++j)
    bias[static_cast<std::size_t>(j)] += cell.hidden_bias[static_cast<std::size_t>(row + j)];
  GATEFOLD_TRY(const Value both, importer.add(graph::Rearrange{graph::Concatenate{0}}, {x, h},
                                              layer_name(cell.node)));
  return add_linear(importer, cell.node, both, std::move(weights), {std::move(bias)});
}

/// A sum over one vector alone.
Result<Value> single_sum(Importer& importer, const Cell& cell, Value v,
                         const std::vector<Rational>& matrix, const std::vector<Rational>& bias,
                         std::int64_t gate) {
  const std::int64_t row = gate * cell.hidden;
  Weights weights{1, 0, cell.hidden, {}};
  append_rows(weights, matrix, std::ssize(matrix) / std::ssize(bias), row);
  return add_linear(importer, cell.node, v, std::move(weights), {part(bias, row, cell.hidden)});
}

Result<Value> rounded(Importer& importer, const Cell& cell, Value v, const graph::Quantize& type) {
  return importer.add(type, {v}, layer_name(cell.node));
}

Result<Value> activated(Importer& importer, const Cell& cell, Value v, std::size_t activation,
                        const graph::Quantize& type) {
  GATEFOLD_TRY(v,
               importer.add(graph::Map{cell.activations[activation]}, {v}, layer_name(cell.node)));
  return rounded(importer, cell, v, type);
}

/// One gate of a sum of several.
Result<Value> gate_of(Importer& importer, const Cell& cell, Value sums, std::int64_t index,
                      std::size_t activation) {
  const graph::Slice slice{{index * cell.hidden}, {1}, {cell.hidden}};
  GATEFOLD_TRY(const Value sum,
               importer.add(graph::Rearrange{slice}, {sums}, layer_name(cell.node)));
  return activated(importer, cell, sum, activation, cell.gates());
}

Result<Value> both(Importer& importer, const Cell& cell, graph::CombineKind kind, Value a,
                   Value b) {
  return combined(importer, kind, a, b, layer_name(cell.node));
}

}  // namespace

/// c' = f · c + i · g, h' = o · tanh(c'); the file's gates are i, o, f, g.
Result<Values> lstm_step(Importer& importer, const Cell& cell, Value x, const Values& states) {
  GATEFOLD_TRY(const Value sums, joint_sum(importer, cell, x, states[0], 0, 4));
  GATEFOLD_TRY(const Value i, gate_of(importer, cell, sums, 0, 0));
  GATEFOLD_TRY(const Value o, gate_of(importer, cell, sums, 1, 0));
  GATEFOLD_TRY(const Value f, gate_of(importer, cell, sums, 2, 0));
  GATEFOLD_TRY(const Value g, gate_of(importer, cell, sums, 3, 1));
  GATEFOLD_TRY(const Value kept, both(importer, cell, Multiply, f, states[1]));
  GATEFOLD_TRY(const Value added, both(importer, cell, Multiply, i, g));
  GATEFOLD_TRY(Value c, both(importer, cell, Add, kept, added));
  GATEFOLD_TRY(c, rounded(importer, cell, c, cell.cell()));
  GATEFOLD_TRY(const Value squashed, activated(importer, cell, c, 2, cell.gates()));
  GATEFOLD_TRY(Value h, both(importer, cell, Multiply, o, squashed));
  GATEFOLD_TRY(h, rounded(importer, cell, h, cell.output()));
  return Values{h, c};
}

/// h' = n + z · (h - n); the file's gates are z, r, n. The reset is before the sum over h, or
/// after.
Result<Values> gru_step(Importer& importer, const Cell& cell, Value x, const Values& states) {
  const Value h = states[0];
  GATEFOLD_TRY(const Value sums, joint_sum(importer, cell, x, h, 0, 2));
  GATEFOLD_TRY(const Value z, gate_of(importer, cell, sums, 0, 0));
  GATEFOLD_TRY(const Value r, gate_of(importer, cell, sums, 1, 0));
  Value n;
  if (cell.resets_after) {
    GATEFOLD_TRY(const Value of_h,
                 single_sum(importer, cell, h, cell.hidden_weights, cell.hidden_bias, 2));
    GATEFOLD_TRY(const Value of_x,
                 single_sum(importer, cell, x, cell.input_weights, cell.input_bias, 2));
    GATEFOLD_TRY(const Value kept, both(importer, cell, Multiply, r, of_h));
    GATEFOLD_TRY(n, both(importer, cell, Add, of_x, kept));
  } else {
    GATEFOLD_TRY(const Value kept, both(importer, cell, Multiply, r, h));
    GATEFOLD_TRY(n, joint_sum(importer, cell, x, kept, 2, 1));
  }
  GATEFOLD_TRY(n, activated(importer, cell, n, 1, cell.gates()));
  GATEFOLD_TRY(const Value distance, both(importer, cell, Subtract, h, n));
  GATEFOLD_TRY(const Value moved, both(importer, cell, Multiply, z, distance));
  GATEFOLD_TRY(Value next, both(importer, cell, Add, n, moved));
  GATEFOLD_TRY(next, rounded(importer, cell, next, cell.output()));
  return Values{next};
}

/// h' = f(W x + R h + b).
Result<Values> rnn_step(Importer& importer, const Cell& cell, Value x, const Values& states) {
  GATEFOLD_TRY(const Value sum, joint_sum(importer, cell, x, states[0], 0, 1));
  GATEFOLD_TRY(const Value h, activated(importer, cell, sum, 0, cell.output()));
  return Values{h};
}

}  // namespace gatefold::layers
