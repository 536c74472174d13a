#pragma once

#include "tests/random_graph.h"

namespace gatefold::testing {

/// Random products of computed tensors, as attention makes them: of one sequence or two, with and
/// without a batch in front, the factors turned or not, each behind a matrix or as it comes. Small,
/// with sizes of one and primes.
class RandomProducts : public RandomGraphs {
 public:
  using RandomGraphs::RandomGraphs;

  graph::Graph products() {
    graph::Graph g;
    g.name = "products";
    if (coin(3)) batch_ = {1 + below(3)};
    const std::int64_t features = 1 + below(7);
    const Value x = sequence(g, 1 + below(6), features);
    const Value z = coin() ? x : sequence(g, 1 + below(6), features);
    inner_ = 1 + below(7);
    const Value scores = product(g, projected(g, x), turned(g, projected(g, z)));
    inner_ = coin() ? inner_ : 1 + below(7);
    Value y = coin(3) ? scores : product(g, weights(g, scores), projected(g, z));
    if (coin(3)) y = product(g, turned(g, projected(g, y)), y);  // over the rows
    if (coin(3)) y = try_add(g, graph::Order{graph::OrderKind::ArgMax, 1, coin()}, {y}).value_or(y);
    g.add_output("y", y);
    return g;
  }

 private:
  graph::Quantize narrow() {
    graph::Quantize q;
    q.grid = numeric::make_grid(static_cast<int>(between(1, 5)), coin(), numeric::power_of_two(-2));
    q.rounding = coin() ? numeric::Rounding::Floor : numeric::Rounding::HalfUp;
    return q;
  }

  Value sequence(graph::Graph& g, std::int64_t positions, std::int64_t features) {
    Shape shape = batch_;
    shape.push_back(positions);
    shape.push_back(features);
    const std::string name = "x" + std::to_string(g.inputs().size());
    return *g.add(graph::Input{name, shape, narrow()}, {}, name);
  }

  std::string next_layer() { return "layer_" + std::to_string(layers_++); }

  /// [..., positions, features] -> [..., positions, inner].
  Value projected(graph::Graph& g, Value v) {
    graph::Linear op;
    op.weights.shape = {1, g.type(v).shape.back(), inner_};
    for (std::int64_t i = 0; i < numeric::element_count(op.weights.shape); ++i)
      op.weights.data.push_back(coin(3) ? 0 : between(-5, 5));
    const std::string layer = next_layer();
    return *g.add(narrow(), {*g.add(op, {v}, layer)}, layer);
  }

  Value turned(graph::Graph& g, Value v) {
    graph::Transpose op;
    const auto rank = static_cast<int>(g.type(v).shape.size());
    for (int axis = 0; axis + 2 < rank; ++axis) op.permutation.push_back(axis);
    op.permutation.push_back(rank - 1);
    op.permutation.push_back(rank - 2);
    return *g.add(graph::Rearrange{op}, {v}, "turned");
  }

  Value product(graph::Graph& g, Value a, Value b) {
    const std::string layer = next_layer();
    const Value y = *g.add(graph::Contract{}, {a, b}, layer);
    return coin(4) ? y : *g.add(narrow(), {y}, layer);
  }

  /// What attention makes of its scores: none below 0, or each against the largest of its row.
  Value weights(graph::Graph& g, Value scores) {
    const auto axis = static_cast<int>(g.type(scores).shape.size()) - 1;
    if (coin()) return *g.add(narrow(), {scores}, "weights");
    const Value most =
        *g.add(graph::Reduce{graph::ReduceKind::Maximum, {axis}, true}, {scores}, "largest");
    const Value distance =
        *g.add(graph::Combine{graph::CombineKind::Subtract}, {most, scores}, "distance");
    return *g.add(narrow(), {distance}, "weights");
  }

  Shape batch_;
  std::int64_t inner_ = 1;
  int layers_ = 0;
};

}  // namespace gatefold::testing
