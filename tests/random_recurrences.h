#pragma once

#include "tests/random_graph.h"

namespace gatefold::testing {

/// Random recurrent networks: in each time step a matrix over the input and a state, cut into gates
/// of equal size, which are rounded and merged with the states. Small, with sizes of one and
/// primes.
class RandomRecurrences : public RandomGraphs {
 public:
  using RandomGraphs::RandomGraphs;

  graph::Graph recurrence() {
    graph::Graph g;
    g.name = "recurrence";
    units_ = 1 + below(7);
    gates_ = 1 + below(4);
    times_ = 1 + below(4);
    const Value x = *g.add(graph::Input{"x", {times_, 1 + below(5)}, quantizer(true)}, {}, "in");
    const graph::Quantize h = state_type(), c = state_type();
    const Value initial =
        coin() ? *g.add(graph::Input{"h", {units_}, h}, {}, "state") : constant(g, h);
    const Value second = constant(g, c);
    const Shape step{g.type(x).shape[1]};
    const graph::Scan scan{body(g.type(x), step, h, c), 1, 1, coin()};
    const Value s = *g.add(scan, {x, initial, second}, "cell");
    g.add_output("y", s);
    if (coin()) g.add_output("last_h", {s.node, 1});
    if (coin()) g.add_output("last_c", {s.node, 2});
    return g;
  }

 private:
  graph::Quantize state_type() {
    graph::Quantize q;
    q.grid = numeric::make_grid(static_cast<int>(between(2, 6)), true, numeric::power_of_two(-3));
    q.rounding = coin() ? numeric::Rounding::Floor : numeric::Rounding::HalfUp;
    return q;
  }

  Value constant(graph::Graph& g, const graph::Quantize& type) {
    numeric::IntTensor value{{units_}, {}};
    const auto& bounds = type.grid.values[0].bounds;
    for (std::int64_t i = 0; i < units_; ++i)
      value.data.push_back(coin() ? 0 : between(bounds.low, bounds.high));
    graph::Encoding encoding;
    encoding.scale = type.grid.values[0].scale;
    return *g.add(graph::Constant{value, encoding}, {}, "state");
  }

  std::shared_ptr<const graph::Graph> body(const graph::TensorType& x, const Shape& step,
                                           const graph::Quantize& h_type,
                                           const graph::Quantize& c_type) {
    auto body = std::make_shared<graph::Graph>();
    body->name = "body";
    graph::Quantize port = state_type();
    auto grid = numeric::make_grid(8, true, x.encoding.scale.values[0]);
    grid.bounds = x.range();
    port.grid = grid;
    const Value in = *body->add(graph::Input{"x", step, port}, {}, "cell");
    const Value h = *body->add(graph::Input{"h", {units_}, h_type}, {}, "cell");
    const Value c = *body->add(graph::Input{"c", {units_}, c_type}, {}, "cell");
    graph::Quantize aligned = h_type;
    aligned.source.reset();
    const Value rounded = *body->add(aligned, {in}, "cell");
    const Value both =
        *body->add(graph::Rearrange{graph::Concatenate{0}},
                   coin() ? std::vector{rounded, h} : std::vector{h, rounded}, "cell");
    const std::vector<Value> parts = gates(*body, both);
    Value mixed = c;
    for (const Value& part : parts) {
      const auto next = try_add(
          *body,
          graph::Combine{coin() ? graph::CombineKind::Multiply : graph::CombineKind::Maximum},
          {part, mixed});
      if (next) mixed = *next;
      if (coin())
        mixed = try_add(*body, graph::Combine{graph::CombineKind::Multiply},
                        {mixed, constant(*body, c_type)})
                    .value_or(mixed);
      mixed = *body->add(c_type, {mixed}, "cell");
    }
    const Value hidden = *body->add(h_type, {mixed}, "cell");
    body->add_output("y", coin() ? hidden : mixed);
    body->add_output("h", hidden);
    body->add_output("c", mixed);
    return body;
  }

  std::vector<Value> gates(graph::Graph& body, Value both) {
    graph::Linear op;
    op.weights.shape = {1, body.type(both).size(), units_ * gates_};
    for (std::int64_t i = 0; i < numeric::element_count(op.weights.shape); ++i)
      op.weights.data.push_back(coin(3) ? 0 : between(-9, 9));
    if (coin())
      for (std::int64_t i = 0; i < units_ * gates_; ++i) op.bias.push_back(number());
    const Value sums = *body.add(op, {both}, "cell");
    std::vector<Value> parts;
    for (std::int64_t k = 0; k < gates_; ++k) {
      Value part =
          *body.add(graph::Rearrange{graph::Slice{{k * units_}, {1}, {units_}}}, {sums}, "cell");
      if (coin()) part = try_add(body, graph::Map{function({units_})}, {part}).value_or(part);
      const auto rounded = try_add(body, state_type(), {part});
      parts.push_back(rounded ? *rounded
                              : *body.add(state_type(), {body.node(part.node).inputs[0]}, "cell"));
    }
    return parts;
  }

  std::int64_t units_ = 1, gates_ = 1, times_ = 1;
};

}  // namespace gatefold::testing
