// Holds after: transposes stand behind inputs, before outputs and before ops that take no other
// order of axes; between them no two that cancel. No transpose stands before a sum over a flattened
// tensor. The order of axes that a transpose behind an input makes is kept through elementwise ops.
#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <optional>
#include <utility>

#include "gatefold/passes/layout.h"
#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"
#include "gatefold/passes/wanted_orders.h"
#include "gatefold/support/match.h"

namespace gatefold::passes {
namespace {

using graph::Linear;
using graph::Rearrange;
using graph::Shape;

// A new value that stores an old one.
struct Held {
  Value value;
  Layout layout;
};

std::int64_t total(const Shape& shape) { return numeric::element_count(shape); }

Shape without_ones(Shape shape) {
  std::erase(shape, 1);
  return shape;
}

// One weight, the same for all channels: an elementwise function.
bool is_scaling(const Linear& op) {
  const auto same = [](const auto& values) {
    return std::ranges::all_of(values, [&](const auto& v) { return v == values.front(); });
  };
  return !op.reloadable && op.weights.shape[1] == 1 && op.weights.shape[2] == 1 &&
         same(op.weights.data) && op.multiplier.is_uniform() && same(op.bias);
}

Linear with_channels(Linear op, std::int64_t channels) {
  op.weights.shape[0] = channels;
  op.weights.data.assign(static_cast<std::size_t>(channels), op.weights.data.front());
  if (!op.bias.empty())
    op.bias.assign(static_cast<std::size_t>(channels), graph::Rational(op.bias.front()));
  return op;
}

Linear with_rows(const Linear& op, const std::vector<std::int64_t>& rows) {
  Linear result = op;
  const std::int64_t outputs = op.weights.shape[2];
  for (std::int64_t i = 0; i < std::ssize(rows); ++i)
    for (std::int64_t j = 0; j < outputs; ++j)
      result.weights[i * outputs + j] = op.weights[rows[static_cast<std::size_t>(i)] * outputs + j];
  return result;
}

class Sinker {
 public:
  explicit Sinker(const Graph& graph) : graph_(graph), to_(graph), wanted_(wanted_orders(graph)) {}

  Result<Graph> run() && {
    for (std::int32_t i = 0; i < static_cast<std::int32_t>(graph_.nodes().size()); ++i)
      GATEFOLD_CHECK(visit(NodeId{i}));
    for (const graph::Output& output : graph_.outputs()) GATEFOLD_CHECK(plain(output.value));
    return std::move(to_).finish();
  }

  int moved() const { return moved_; }

 private:
  Status visit(NodeId id) {
    const Node& node = graph_.node(id);
    GATEFOLD_TRY(const bool done,
                 std::visit(Match{[&](const graph::Input&) { return input(id); },
                                  [&](const Rearrange& op) { return rearrange(id, op); },
                                  [&](const Linear& op) { return linear(id, op); },
                                  [&](const graph::Map& op) { return elementwise(id, op); },
                                  [&](const graph::Quantize& op) { return elementwise(id, op); },
                                  [&](const graph::Combine& op) { return combine(id, op); },
                                  [&](const graph::Reduce& op) { return reduce(id, op); },
                                  [](const auto&) { return Result<bool>(false); }},
                            node.op));
    if (done) return success();
    for (const Value v : node.inputs) GATEFOLD_CHECK(plain(v));
    return to_.copy(id);
  }

  const Held* held(Value old) const {
    const auto found = held_.find(old);
    return found == held_.end() ? nullptr : &found->second;
  }

  const Shape& shape(Value fresh) const { return to_.graph().type(fresh).shape; }

  // The value as it stands for itself, made where it is not there yet.
  Result<Value> plain(Value old) {
    const Held* h = held(old);
    if (h == nullptr || made_.contains(old)) return to_(old);
    const std::string& layer = graph_.node(old.node).layer;
    GATEFOLD_TRY(Value v, to_.add(Rearrange{graph::Transpose{h->layout.axes}}, {h->value}, layer));
    if (h->layout.is_vector) {
      GATEFOLD_TRY(v, to_.add(Rearrange{graph::Reshape{{total(shape(v))}}}, {v}, layer));
    }
    to_.map(old, v);
    made_[old] = true;
    return v;
  }

  Result<bool> hold(NodeId id, Value fresh, Layout layout) {
    if (layout.is_plain()) {
      to_.map({id, 0}, fresh);
    } else {
      held_[{id, 0}] = {fresh, std::move(layout)};
    }
    return true;
  }

  // Adds the op on stored values; its result is stored alike.
  Result<bool> add_held(NodeId id, Op op, std::vector<Value> inputs, Layout layout) {
    ++moved_;
    GATEFOLD_TRY(const Value fresh,
                 to_.add(std::move(op), std::move(inputs), graph_.node(id).layer));
    return hold(id, fresh, std::move(layout));
  }

  // The order of axes that all readers want, straight behind the input.
  Result<bool> input(NodeId id) {
    const auto& order = wanted_[at(id)];
    if (!order) return false;
    GATEFOLD_CHECK(to_.copy(id));
    const Layout back{Layout{order->permutation, false}.store().permutation, false};
    GATEFOLD_TRY(const Value stored,
                 to_.add(Rearrange{*order}, {to_({id, 0})}, graph_.node(id).layer));
    made_[{id, 0}] = true;
    held_[{id, 0}] = {stored, back};
    return true;
  }

  template <typename T>
  Result<bool> elementwise(NodeId id, const T& op) {
    const Held* h = held(graph_.node(id).inputs[0]);
    if (h == nullptr) return false;
    return add_held(id, h->layout.reindex(shape(h->value))(op), {h->value}, h->layout);
  }

  Result<bool> rearrange(NodeId id, const Rearrange& op) {
    const Node& node = graph_.node(id);
    if (const auto* w = std::get_if<graph::Transpose>(&op.wiring)) return transpose(id, *w);
    if (const auto* w = std::get_if<graph::Concatenate>(&op.wiring)) return concatenate(id, *w);
    const Held* h = held(node.inputs[0]);
    if (h == nullptr) return false;
    if (const auto* w = std::get_if<graph::Reshape>(&op.wiring)) return reshape(id, *w, *h);
    if (h->layout.is_vector) return false;
    const Layout& layout = h->layout;
    const auto add = [&](graph::Wiring wiring) {
      return add_held(id, Rearrange{std::move(wiring)}, {h->value}, layout);
    };
    return std::visit(
        Match{[&](const graph::Slice& w) {
                return add(graph::Slice{layout.stored(w.starts), layout.stored(w.steps),
                                        layout.stored(w.extents)});
              },
              [&](const graph::Pad& w) {
                return add(graph::Pad{layout.stored(w.before), layout.stored(w.after), w.value});
              },
              [&](const graph::Gather& w) {
                return add(graph::Gather{layout.stored(w.axis), w.indices});
              },
              [&](const graph::Repeat& w) { return add(graph::Repeat{layout.stored(w.factors)}); },
              [](const auto&) { return Result<bool>(false); }},
        op.wiring);
  }

  Result<bool> transpose(NodeId id, const graph::Transpose& w) {
    const Value v = graph_.node(id).inputs[0];
    if (const Held* h = held(v)) return hold(id, h->value, transposed(h->layout, w));
    return hold(id, to_(v), Layout{w.permutation, false});
  }

  Result<bool> reshape(NodeId id, const graph::Reshape& w, const Held& h) {
    const Shape stored = shape(h.value), old = h.layout.shape(stored);
    if (std::ranges::is_sorted(h.layout.flats(stored)))
      return add_held(id, Rearrange{w}, {h.value}, Layout{});
    if (w.shape.size() == 1) return hold(id, h.value, Layout{h.layout.axes, true});
    if (h.layout.is_vector || without_ones(w.shape) != without_ones(old)) return false;
    return extend_with_ones(id, w, h, old);
  }

  // The same axes but those of extent 1, which are stored first.
  Result<bool> extend_with_ones(NodeId id, const graph::Reshape& w, const Held& h,
                                const Shape& old) {
    std::vector<int> ones;
    for (int i = 0; i < static_cast<int>(old.size()); ++i)
      if (old[static_cast<std::size_t>(i)] == 1) ones.push_back(i);
    const Layout core = without(h.layout, ones);
    const auto front = static_cast<std::int64_t>(w.shape.size() - core.axes.size());
    Shape stored(static_cast<std::size_t>(front), 1);
    const Shape kept = without_ones(shape(h.value));
    stored.insert(stored.end(), kept.begin(), kept.end());
    Layout layout;
    int next_one = 0;
    auto next = core.axes.begin();
    for (const std::int64_t extent : w.shape)
      layout.axes.push_back(extent == 1 ? next_one++ : static_cast<int>(front) + *next++);
    return add_held(id, Rearrange{graph::Reshape{std::move(stored)}}, {h.value}, std::move(layout));
  }

  Result<bool> linear(NodeId id, const Linear& op) {
    const Held* h = held(graph_.node(id).inputs[0]);
    if (h == nullptr) return false;
    const Shape& stored = shape(h->value);
    if (is_scaling(op))
      return add_held(id, with_channels(op, stored.back()), {h->value}, h->layout);
    if (!h->layout.is_vector && h->layout.axes.back() + 1 == std::ssize(stored))
      return add_held(id, op, {h->value}, h->layout);
    if (!h->layout.is_vector || op.weights.shape[0] != 1) return false;
    const auto rows = h->layout.flats(stored);
    GATEFOLD_TRY(const Value flat, to_.add(Rearrange{graph::Reshape{{total(stored)}}}, {h->value},
                                           graph_.node(id).layer));
    return add_held(id, with_rows(op, rows), {flat}, Layout{{0}, false});
  }

  Result<bool> reduce(NodeId id, const graph::Reduce& op) {
    const Held* h = held(graph_.node(id).inputs[0]);
    if (h == nullptr || h->layout.is_vector) return false;
    graph::Reduce changed{op.kind, h->layout.stored(op.axes), op.keep_axes};
    Layout layout = op.keep_axes ? h->layout : without(h->layout, op.axes);
    return add_held(id, std::move(changed), {h->value}, std::move(layout));
  }

  // The layout of the first stored input whose shape is the widest of all.
  std::optional<Layout> common_layout(const std::vector<Value>& inputs) const {
    std::size_t rank = 0;
    for (const Value v : inputs) rank = std::max(rank, graph_.type(v).shape.size());
    for (const Value v : inputs)
      if (const Held* h = held(v); h != nullptr && graph_.type(v).shape.size() == rank)
        return h->layout;
    return std::nullopt;
  }

  // The old value in this layout; a value of fewer axes broadcasts over the first ones.
  Result<Value> stored_in(const Layout& layout, Value old, const std::string& layer) {
    if (const Held* h = held(old); h != nullptr && h->layout == layout) return h->value;
    GATEFOLD_TRY(Value v, plain(old));
    Shape wider = shape(v);
    if (wider.size() < layout.axes.size()) {
      wider.insert(wider.begin(), layout.axes.size() - wider.size(), 1);
      GATEFOLD_TRY(v, to_.add(Rearrange{graph::Reshape{std::move(wider)}}, {v}, layer));
    }
    return to_.add(Rearrange{layout.store()}, {v}, layer);
  }

  Result<std::optional<std::vector<Value>>> all_stored_in(const Layout& layout, const Node& node) {
    std::vector<Value> values;
    if (layout.is_vector) {
      std::optional<Shape> first;
      for (const Value v : node.inputs) {
        const Held* h = held(v);
        const bool alike = h != nullptr && h->layout == layout;
        if (!alike || first.value_or(shape(h->value)) != shape(h->value)) return {std::nullopt};
        first = shape(h->value);
        values.push_back(h->value);
      }
      return std::optional(std::move(values));
    }
    for (const Value v : node.inputs) {
      GATEFOLD_TRY(const Value stored, stored_in(layout, v, node.layer));
      values.push_back(stored);
    }
    return std::optional(std::move(values));
  }

  Result<bool> combine(NodeId id, const graph::Combine& op) {
    const Node& node = graph_.node(id);
    const auto layout = common_layout(node.inputs);
    if (!layout) return false;
    GATEFOLD_TRY(auto values, all_stored_in(*layout, node));
    if (!values) return false;
    return add_held(id, op, *std::move(values), *layout);
  }

  Result<bool> concatenate(NodeId id, const graph::Concatenate& w) {
    const Node& node = graph_.node(id);
    const auto layout = common_layout(node.inputs);
    if (!layout || layout->is_vector) return false;
    GATEFOLD_TRY(auto values, all_stored_in(*layout, node));
    graph::Concatenate changed{layout->stored(w.axis)};
    return add_held(id, Rearrange{changed}, *std::move(values), *layout);
  }

  const Graph& graph_;
  Rewriter to_;
  std::vector<std::optional<graph::Transpose>> wanted_;
  std::map<Value, Held> held_;
  std::map<Value, bool> made_;  // held values that are there in plain order too
  int moved_ = 0;
};

}  // namespace

Result<Graph> sink_transposes(Graph graph, const PassContext& context) {
  Sinker sinker(graph);
  auto result = std::move(sinker).run();
  if (sinker.moved() > 0)
    context.note(fmt::format("{} ops in another order of axes", sinker.moved()));
  return result;
}

}  // namespace gatefold::passes
