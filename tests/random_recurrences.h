#pragma once

#include "tests/random_graph.h"

namespace gatefold::testing {

/// Random recurrent networks: in each time step a matrix over the input and a state, cut into gates
/// of equal size, which are rounded and merged with the states. Small, with sizes of one and
/// primes.
class RandomRecurrences : public RandomGraphs {
 public:
  using RandomGraphs::RandomGraphs;

  /// A stateful one has constant initial states.
  graph::Graph recurrence(bool stateful = false) {
    graph::Graph g;
    g.name = "recurrence";
    units_ = 1 + below(7);
    gates_ = 1 + below(4);
    times_ = 1 + below(4);
    const Value x = *g.add(graph::Input{"x", {times_, 1 + below(5)}, quantizer(true)}, {}, "in");
    const graph::Quantize h = state_type(), c = state_type();
    const Value initial =
        !stateful && coin() ? *g.add(graph::Input{"h", {units_}, h}, {}, "state") : constant(g, h);
    const Value second = constant(g, c);
    const Shape step{g.type(x).shape[1]};
    const graph::Scan scan{body(g.type(x), step, h, c), 1, 1, coin(), stateful};
    add_outputs(g, *g.add(scan, {x, initial, second}, "cell"));
    return g;
  }

  /// A recurrence in each time step of another one, which hands its states on.
  graph::Graph nested(bool stateful = false) {
    graph::Graph g;
    g.name = "nested";
    units_ = 1 + below(4);
    gates_ = 1 + below(3);
    const Shape step{1 + below(3), 1 + below(4)};
    const Shape sequence{1 + below(3), step[0], step[1]};
    const Value x = *g.add(graph::Input{"x", sequence, quantizer(true)}, {}, "in");
    const graph::Quantize h = state_type(), c = state_type();
    const graph::Scan inner{body(g.type(x), {step[1]}, h, c), 1, 1, coin()};
    auto outer = std::make_shared<graph::Graph>();
    outer->name = "outer";
    const Value in = *outer->add(graph::Input{"x", step, step_type(g.type(x))}, {}, "outer");
    const Value outer_h = *outer->add(graph::Input{"h", {units_}, h}, {}, "outer");
    const Value outer_c = *outer->add(graph::Input{"c", {units_}, c}, {}, "outer");
    const Value first = coin() ? outer_h : constant(*outer, h);
    const Value s = *outer->add(inner, {in, first, outer_c}, "cell");
    const Value next = coin() ? Value{s.node, 1}
                              : *outer->add(graph::Combine{graph::CombineKind::Maximum},
                                            {Value{s.node, 1}, outer_h}, "outer");
    outer->add_output("y", s);
    outer->add_output("h", next);
    outer->add_output("c", {s.node, 2});
    const graph::Scan scan{outer, 1, 1, coin(), stateful};
    add_outputs(g, *g.add(scan, {x, constant(g, h), constant(g, c)}, "outer"));
    return g;
  }

 private:
  void add_outputs(graph::Graph& g, Value s) {
    g.add_output("y", s);
    if (coin()) g.add_output("last_h", {s.node, 1});
    if (coin()) g.add_output("last_c", {s.node, 2});
  }

  /// The port of a body for steps of this sequence.
  graph::Quantize step_type(const graph::TensorType& x) {
    graph::Quantize port = state_type();
    auto grid = numeric::make_grid(8, true, x.encoding.scale.values[0]);
    grid.bounds = x.range();
    port.grid = grid;
    return port;
  }

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
    const Value in = *body->add(graph::Input{"x", step, step_type(x)}, {}, "cell");
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
