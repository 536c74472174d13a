#pragma once

#include "tests/random_graph.h"

namespace gatefold::testing {

/// Random convolutional networks, channels last: windows with padding, strides and dilations,
/// grouped matrices, pooling, residual sums, a dense end. Small, with sizes of one and primes.
class RandomStreams : public RandomGraphs {
 public:
  using RandomGraphs::RandomGraphs;

  graph::Graph stream() {
    graph::Graph g;
    g.name = "stream";
    const int spatial = coin(4) ? 1 : 2;
    graph::Shape shape;
    for (int i = 0; i < spatial; ++i) shape.push_back(1 + below(7));
    shape.push_back(1 + below(4));
    Value v = input(g, shape);
    for (int layer = 0; layer < 1 + below(3); ++layer) v = block(g, v, spatial);
    if (coin()) v = finish(g, v, spatial);
    g.add_output("y", v);
    return g;
  }

  graph::Linear matrix(const graph::Shape& x) { return linear(x); }

  /// Convolutions as layers import them, one or two: more channels than `stream` has, any groups;
  /// one weight in `zeros` is 0.
  graph::Graph convolutions(int zeros = 2) {
    zeros_ = zeros;
    graph::Graph g;
    g.name = "convolutions";
    const int spatial = coin(4) ? 1 : 2;
    graph::Shape shape;
    for (int i = 0; i < spatial; ++i) shape.push_back(1 + below(9));
    shape.push_back(1 + below(12));
    Value v = input(g, shape);
    for (int layer = 0; layer < 1 + below(2); ++layer) {
      v = convolved(g, v, spatial);
      if (const auto q = try_add(g, quantizer(), {v})) v = *q;
    }
    g.add_output("y", v);
    return g;
  }

 private:
  Value convolved(graph::Graph& g, Value v, int spatial) {
    const std::int64_t channels = g.type(v).shape.back();
    v = padded_windows(g, v, spatial, 3, 4);
    graph::Shape shape = g.type(v).shape;
    if (static_cast<int>(shape.size()) == spatial + 1) return v;  // no window fits
    std::int64_t groups = coin(3) ? channels : coin() ? 1 : 1 + below(channels);
    while (channels % groups != 0) --groups;
    if (groups > 1) v = grouped(g, v, spatial, groups);
    std::int64_t words = channels;
    for (std::size_t i = static_cast<std::size_t>(spatial); i + 1 < shape.size(); ++i)
      words *= shape[i];
    shape.resize(static_cast<std::size_t>(spatial));
    shape.push_back(words);
    v = *g.add(graph::Rearrange{graph::Reshape{shape}}, {v}, "flat");
    return try_add(g, kernels(groups, words / groups), {v}).value_or(v);
  }

  /// [positions…, kernel…, channels] -> [positions…, groups, kernel…, channels of a group].
  Value grouped(graph::Graph& g, Value v, int spatial, std::int64_t groups) {
    graph::Shape shape = g.type(v).shape;
    shape.push_back(shape.back() / groups);
    shape[shape.size() - 2] = groups;
    v = *g.add(graph::Rearrange{graph::Reshape{shape}}, {v}, "groups");
    graph::Transpose order;
    for (int axis = 0; axis < spatial; ++axis) order.permutation.push_back(axis);
    order.permutation.push_back(2 * spatial);
    for (int axis = 0; axis < spatial; ++axis) order.permutation.push_back(spatial + axis);
    order.permutation.push_back(2 * spatial + 1);
    return *g.add(graph::Rearrange{order}, {v}, "groups");
  }

  graph::Linear kernels(std::int64_t groups, std::int64_t words) {
    graph::Linear op;
    op.weights.shape = {groups, words, 1 + below(groups > 1 ? 2 : 12)};
    for (std::int64_t i = 0; i < numeric::element_count(op.weights.shape); ++i)
      op.weights.data.push_back(coin(zeros_) ? 0 : between(1, 9) * (coin() ? 1 : -1));
    op.multiplier = PerAxis<Rational>(scale());
    return op;
  }
  Value block(graph::Graph& g, Value v, int spatial) {
    const Value before = v;
    v = windows(g, v, spatial);
    v = coin(3) ? pooled(g, v, spatial) : multiplied(g, v, spatial);
    if (const auto q = try_add(g, quantizer(), {v})) v = *q;
    if (g.type(v).shape == g.type(before).shape)
      if (const auto sum = try_add(g, graph::Combine{graph::CombineKind::Add}, {v, before}))
        if (const auto q = try_add(g, quantizer(), {*sum})) v = *q;
    return v;
  }

  Value windows(graph::Graph& g, Value v, int spatial) {
    return padded_windows(g, v, spatial, 2, 3);
  }

  Value padded_windows(graph::Graph& g, Value v, int spatial, std::int64_t longest_stride,
                       std::int64_t largest) {
    const graph::Shape shape = g.type(v).shape;
    graph::Pad pad{std::vector<std::int64_t>(shape.size(), 0), {}, 0};
    pad.after = pad.before;
    graph::Window window;
    for (int i = 0; i < spatial; ++i) {
      const auto at = static_cast<std::size_t>(i);
      window.kernel.push_back(1 + below(largest));
      window.strides.push_back(1 + below(longest_stride));
      window.dilations.push_back(1 + below(2));
      pad.before[at] = below(3);
      pad.after[at] = below(3);
    }
    const graph::Interval range = g.type(v).range();
    pad.value = std::clamp<std::int64_t>(coin() ? 0 : range.low, range.low, range.high);
    if (coin(3) == false)
      if (const auto padded = try_add(g, graph::Rearrange{pad}, {v})) v = *padded;
    return try_add(g, graph::Rearrange{window}, {v}).value_or(v);
  }

  /// The kernel axes joined with the channels, then a matrix, in groups where they divide.
  Value multiplied(graph::Graph& g, Value v, int spatial) {
    graph::Shape shape = g.type(v).shape;
    std::int64_t words = 1;
    for (std::size_t i = static_cast<std::size_t>(spatial); i < shape.size(); ++i)
      words *= shape[i];
    shape.resize(static_cast<std::size_t>(spatial));
    shape.push_back(words);
    v = *g.add(graph::Rearrange{graph::Reshape{shape}}, {v}, "flat");
    return try_add(g, linear(shape), {v}).value_or(v);
  }

  Value pooled(graph::Graph& g, Value v, int spatial) {
    graph::Reduce reduce{coin() ? graph::ReduceKind::Maximum : graph::ReduceKind::Sum, {}, false};
    const auto rank = static_cast<int>(g.type(v).shape.size());
    for (int axis = spatial; axis + 1 < rank; ++axis) reduce.axes.push_back(axis);
    if (reduce.axes.empty()) return v;
    return try_add(g, reduce, {v}).value_or(v);
  }

  /// Global pooling or a flattening, then a dense layer.
  Value finish(graph::Graph& g, Value v, int spatial) {
    if (coin()) {
      graph::Reduce reduce{coin() ? graph::ReduceKind::Maximum : graph::ReduceKind::Sum, {}, false};
      for (int axis = 0; axis < spatial; ++axis) reduce.axes.push_back(axis);
      v = try_add(g, reduce, {v}).value_or(v);
    }
    v = *g.add(graph::Rearrange{graph::Reshape{{g.type(v).size()}}}, {v}, "flatten");
    return dense_layer(g, v);
  }

  int zeros_ = 2;
};

}  // namespace gatefold::testing
