#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "gatefold/graph/graph.h"

// Random graphs with valid types, and inputs for them: multilayer perceptrons as layers compose
// them, and general graphs over all ops. The same seed gives the same graph.
namespace gatefold::testing {

using graph::Graph;
using graph::Value;
using numeric::IntTensor;
using numeric::PerAxis;
using numeric::Rational;
using numeric::Shape;

class RandomGraphs {
 public:
  explicit RandomGraphs(std::uint64_t seed) : random_(seed) {}

  /// Quantized layers in a row: linear, batch normalisation, an activation, a quantizer.
  Graph mlp() {
    Graph g;
    g.name = "mlp";
    Value v = input(g, {below(6) + 1});
    for (std::int64_t layer = below(3) + 1; layer > 0; --layer) v = dense_layer(g, v);
    g.add_output("y", v);
    return g;
  }

  /// Up to `attempts` random ops on random values; what does not fit is left out. Every value that
  /// nobody reads is an output.
  Graph general(int attempts = 24) {
    Graph g;
    g.name = "general";
    std::vector<Value> pool{input(g, small_shape()), input(g, small_shape())};
    for (int i = 0; i < attempts; ++i) grow(g, pool);
    std::vector<bool> read(g.nodes().size(), false);
    for (const auto& node : g.nodes())
      for (const Value v : node.inputs) read[static_cast<std::size_t>(v.node.index)] = true;
    for (const Value v : pool)
      if (!read[static_cast<std::size_t>(v.node.index)])
        g.add_output("y" + std::to_string(g.outputs().size()), v);
    return g;
  }

  /// One tensor for each port, in range: uniform integers, or only the ends of the ranges.
  std::vector<IntTensor> inputs(const Graph& g, bool extreme) {
    std::vector<IntTensor> result;
    for (const graph::NodeId id : g.inputs()) {
      const auto& type = g.type({id, 0});
      IntTensor x{type.shape, {}};
      for (std::int64_t i = 0; i < type.size(); ++i) {
        const auto& r = type.range(i);
        x.data.push_back(extreme ? (coin() ? r.low : r.high) : between(r.low, r.high));
      }
      result.push_back(std::move(x));
    }
    return result;
  }

 protected:
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  std::int64_t below(std::int64_t bound) { return between(0, bound - 1); }
  bool coin(int one_in = 2) { return below(one_in) == 0; }

  Rational number() {
    Rational value(static_cast<long>(between(-12, 12)),
                   static_cast<unsigned long>(coin() ? 8 : between(1, 9)));
    value.canonicalize();
    return value;
  }
  Rational scale() {
    if (coin()) return numeric::power_of_two(static_cast<int>(between(-6, 2)));
    Rational value(static_cast<long>(between(1, 9)), static_cast<unsigned long>(between(1, 40)));
    value.canonicalize();
    return value;
  }

  template <typename F>
  PerAxis<Rational> parameter(const Shape& shape, F draw) {
    if (shape.empty() || coin()) return PerAxis<Rational>(draw());
    const int axis = static_cast<int>(below(static_cast<std::int64_t>(shape.size())));
    std::vector<Rational> values;
    for (std::int64_t i = 0; i < shape[static_cast<std::size_t>(axis)]; ++i)
      values.push_back(draw());
    return {axis, std::move(values)};
  }

  graph::Quantize quantizer(bool centred = false) {
    graph::Quantize q;
    const bool is_signed = coin();
    const int width = static_cast<int>(between(1, 6));
    auto grid = numeric::make_grid(width, is_signed, scale());
    if (!centred && coin(4))
      grid.zero_point = coin() ? number() : Rational(static_cast<long>(between(-3, 3)));
    q.rounding = static_cast<numeric::Rounding>(below(9));
    if (coin(3)) q.overflow = static_cast<numeric::Overflow>(below(5));
    const bool wraps =
        q.overflow == numeric::Overflow::Wrap || q.overflow == numeric::Overflow::WrapSignMagnitude;
    if (wraps && coin(3)) q.saturated_bits = static_cast<int>(below(width + 1));
    if (!numeric::is_defined(q.overflow, grid.type, q.saturated_bits)) {
      q.overflow = numeric::Overflow::Saturate;
      q.saturated_bits = 0;
    }
    if (coin(4) && grid.bounds.high > grid.bounds.low) ++grid.bounds.low;
    q.grid = grid;
    return q;
  }

  Value input(Graph& g, Shape shape) {
    const std::string name = "x" + std::to_string(g.inputs().size());
    return *g.add(graph::Input{name, std::move(shape), quantizer()}, {}, name);
  }

  graph::Linear linear(const Shape& x) {
    const std::int64_t width = x.back();
    const std::int64_t groups = width % 2 == 0 && coin(4) ? 2 : 1;
    graph::Linear op;
    op.weights.shape = {groups, width / groups, below(5) + 1};
    for (std::int64_t i = 0; i < numeric::element_count(op.weights.shape); ++i)
      op.weights.data.push_back(coin() ? 0 : between(-9, 9));
    const std::int64_t channels = groups * op.weights.shape[2];
    op.multiplier = parameter({channels}, [&] { return scale(); });
    if (coin())
      for (std::int64_t i = 0; i < channels; ++i) op.bias.push_back(number());
    return op;
  }

  graph::RealFunction function(const Shape& shape) {
    switch (below(5)) {
      case 0:
      case 1:
        return graph::Affine{parameter(shape, [&] { return number(); }),
                             parameter(shape, [&] { return number(); })};
      case 2:
        return graph::Relu{};
      case 3:
        return graph::LeakyRelu{parameter(shape, [&] { return number(); })};
      default:
        return static_cast<graph::Elementary>(below(5));
    }
  }

  Value dense_layer(Graph& g, Value v) {
    v = *g.add(linear(g.type(v).shape), {v}, "dense");
    for (std::int64_t i = below(4); i > 0; --i)
      v = try_add(g, graph::Map{function(g.type(v).shape)}, {v}).value_or(v);
    if (const auto q = try_add(g, quantizer(), {v}))
      return coin(3) ? try_add(g, quantizer(), {*q}).value_or(*q) : *q;
    // An activation that is not defined everywhere: quantize before it instead.
    while (!g.type(v).encoding.is_linear()) v = g.node(v.node).inputs[0];
    return *g.add(quantizer(), {v}, "act");
  }

  std::optional<Value> try_add(Graph& g, graph::Op op, std::vector<Value> inputs) {
    auto added = g.add(std::move(op), std::move(inputs), "layer");
    return added.ok() ? std::optional(*added) : std::nullopt;
  }

  Shape small_shape() {
    Shape shape;
    for (std::int64_t rank = below(4); rank > 0; --rank) shape.push_back(below(3) + 1);
    return shape;
  }

  std::vector<std::int64_t> list(std::size_t count, std::int64_t low, std::int64_t high) {
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(between(low, high));
    return values;
  }

  graph::Slice slice(const Shape& shape) {
    graph::Slice w;
    for (const std::int64_t extent : shape) {
      w.starts.push_back(below(extent));
      w.steps.push_back(coin() ? 1 : -1);
      w.extents.push_back(
          between(1, w.steps.back() > 0 ? extent - w.starts.back() : w.starts.back() + 1));
    }
    return w;
  }

  graph::Wiring wiring(const Shape& shape) {
    const std::size_t rank = shape.size();
    const int axis = rank == 0 ? 0 : static_cast<int>(below(static_cast<std::int64_t>(rank)));
    switch (below(8)) {
      case 0:
        return graph::Reshape{coin() ? Shape{numeric::element_count(shape)}
                                     : Shape{1, numeric::element_count(shape)}};
      case 1: {
        graph::Transpose w;
        for (std::size_t i = 0; i < rank; ++i) w.permutation.push_back(static_cast<int>(i));
        std::ranges::shuffle(w.permutation, random_);
        return w;
      }
      case 2:
        return slice(shape);
      case 3:
        return graph::Pad{list(rank, 0, 1), list(rank, 0, 1), between(-2, 2)};
      case 4:
        return graph::Concatenate{axis};
      case 5:
        return graph::Gather{axis,
                             list(2, 0, rank == 0 ? 0 : shape[static_cast<std::size_t>(axis)] - 1)};
      case 6:
        return graph::Window{{between(1, 2)}, {between(1, 2)}, {1}};
      default:
        return graph::Repeat{list(rank, 1, 2)};
    }
  }

  graph::Map map(const graph::TensorType& x) {
    const auto range = x.range();
    if (coin()) return {function(x.shape)};
    if (coin() || range.high - range.low > 200)
      return {graph::Clamp{between(-9, 0), between(0, 9)}};
    graph::Table t{
        range.low, list(static_cast<std::size_t>(range.high - range.low + 1), -20, 20), {}};
    t.encoding.scale = scale();
    return {t};
  }

  // A leaky accumulator: state = quantize(x + state).
  graph::Scan scan(const graph::TensorType& x, const graph::Quantize& state) {
    auto body = std::make_shared<Graph>();
    body->name = "body";
    graph::Quantize port;
    auto grid = numeric::make_grid(40, true, x.encoding.scale.values[0]);
    grid.zero_point = -x.encoding.offset.values[0] / grid.scale;
    port.grid = grid;
    const Shape step(x.shape.begin() + 1, x.shape.end());
    const Value in = *body->add(graph::Input{"x", step, port}, {}, "cell");
    const Value s = *body->add(graph::Input{"s", step, state}, {}, "cell");
    const Value q = *body->add(state, {in}, "cell");
    const Value sum = *body->add(graph::Combine{}, {q, s}, "cell");
    graph::Quantize next = state;
    next.source.reset();
    const Value n = *body->add(next, {sum}, "cell");
    body->add_output("y", sum);
    body->add_output("s", n);
    return {body, 1, 1, coin()};
  }

  void try_scan(Graph& g, std::vector<Value>& pool, Value v) {
    const graph::TensorType x = g.type(v);
    const bool usable =
        !x.shape.empty() && x.encoding.is_linear() && x.encoding.scale.is_uniform() &&
        x.encoding.offset.is_uniform() && x.encoding.scale.values[0] > 0 &&
        x.range().high < (std::int64_t{1} << 38) && x.range().low > -(std::int64_t{1} << 38);
    if (!usable) return;
    const graph::Quantize state = quantizer(true);
    const Shape step(x.shape.begin() + 1, x.shape.end());
    const IntTensor zero{
        step, std::vector<std::int64_t>(static_cast<std::size_t>(numeric::element_count(step)))};
    graph::Encoding encoding;
    encoding.scale = state.grid.values[0].scale;
    if (state.grid.values[0].bounds.low > 0) return;
    const Value initial = *g.add(graph::Constant{zero, encoding}, {}, "layer");
    const auto s = try_add(g, scan(x, state), {v, initial});
    if (!s) return;
    pool.push_back(*s);
    pool.push_back({s->node, 1});
  }

  Value pick(const std::vector<Value>& pool) {
    return pool[static_cast<std::size_t>(below(static_cast<std::int64_t>(pool.size())))];
  }

  std::optional<Value> grow_along_axis(Graph& g, Value a) {
    const Shape& shape = g.type(a).shape;
    if (shape.empty()) return std::nullopt;
    const int axis = static_cast<int>(below(static_cast<std::int64_t>(shape.size())));
    switch (below(3)) {
      case 0:
        return try_add(g, linear(shape), {a});
      case 1:
        return try_add(g, graph::Reduce{static_cast<graph::ReduceKind>(below(5)), {axis}, coin()},
                       {a});
      default:
        return try_add(
            g,
            graph::Order{static_cast<graph::OrderKind>(below(4)), between(1, shape.back()), coin()},
            {a});
    }
  }

  std::optional<Value> grow_from_two(Graph& g, Value a, Value b, Value condition) {
    if (coin(4)) return try_add(g, graph::Contract{}, {a, b});
    const auto kind = static_cast<graph::CombineKind>(below(9));
    const bool three = kind == graph::CombineKind::Select;
    return try_add(g, graph::Combine{kind},
                   three ? std::vector{condition, a, b} : std::vector{a, b});
  }

  std::optional<Value> grow_from_one(Graph& g, Value a, Value b) {
    const graph::TensorType x = g.type(a);
    switch (below(6)) {
      case 0: {
        const auto values = list(static_cast<std::size_t>(x.size()), -5, 5);
        return try_add(g, graph::Constant{{x.shape, values}, x.encoding}, {});
      }
      case 1:
      case 2: {
        const graph::Wiring w = wiring(x.shape);
        const bool two = std::holds_alternative<graph::Concatenate>(w);
        return try_add(g, graph::Rearrange{w}, two ? std::vector{a, b} : std::vector{a});
      }
      case 3:
        return try_add(g, map(x), {a});
      default:
        return try_add(g, quantizer(), {a});
    }
  }

  void grow(Graph& g, std::vector<Value>& pool) {
    const Value a = pick(pool), b = coin() ? a : pick(pool);
    if (g.type(a).size() > 64) return;
    const std::int64_t choice = below(10);
    if (choice == 0) return try_scan(g, pool, a);
    const auto added = choice < 3   ? grow_from_two(g, a, b, pick(pool))
                       : choice < 6 ? grow_along_axis(g, a)
                                    : grow_from_one(g, a, b);
    if (added) pool.push_back(*added);
  }

  std::mt19937_64 random_;
};

}  // namespace gatefold::testing
