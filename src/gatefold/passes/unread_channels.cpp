#include <algorithm>
#include <optional>
#include <utility>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/quantize_step.h"
#include "gatefold/passes/dead_steps.h"
#include "gatefold/passes/liveness.h"
#include "gatefold/passes/reindex.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using graph::Linear;
using graph::Map;
using graph::Quantize;
using graph::Shape;
using numeric::Rational;
using Channels = std::vector<std::int64_t>;

bool is_elementwise(const Node& node) {
  return as<Quantize>(node) != nullptr || as<Map>(node) != nullptr;
}

bool is_dense(const Node& node) {
  const auto* linear = as<Linear>(node);
  return linear != nullptr && linear->weights.shape[0] == 1;
}

// Which channels of each node stay; empty for all.
class Plan {
 public:
  explicit Plan(const Graph& graph)
      : graph_(graph),
        users_(users_of(graph)),
        outputs_(is_output(graph)),
        kept_(graph.nodes().size()) {
    const Liveness live = live_elements(graph);
    for (std::size_t i = 0; i < graph.nodes().size(); ++i)
      if (is_dense(graph.nodes()[i])) consider({static_cast<std::int32_t>(i)}, live[i][0]);
  }

  const Channels& kept(NodeId id) const { return kept_[at(id)]; }
  std::int64_t removed() const { return removed_; }

 private:
  // The linear and the elementwise nodes after it, when only linears read them.
  std::optional<std::vector<NodeId>> region(NodeId head) const {
    std::vector<NodeId> members{head};
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (outputs_[at(members[i])]) return std::nullopt;
      for (const NodeId user : users_[at(members[i])]) {
        const Node& node = graph_.node(user);
        if (is_elementwise(node)) {
          members.push_back(user);
        } else if (!is_dense(node)) {
          return std::nullopt;
        }
      }
    }
    return members;
  }

  void consider(NodeId head, const std::vector<bool>& live) {
    const std::int64_t channels = graph_.node(head).outputs[0].shape.back();
    const Channels kept = live_channels(live, channels);
    const auto left = static_cast<std::int64_t>(kept.size());
    if (left == channels || left == 0) return;
    const auto members = region(head);
    if (!members) return;
    for (const NodeId member : *members) kept_[at(member)] = kept;
    removed_ += channels - left;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> users_;
  std::vector<bool> outputs_;
  std::vector<Channels> kept_;
  std::int64_t removed_ = 0;
};

Channels all_or(const Channels& kept, std::int64_t count) {
  if (!kept.empty()) return kept;
  Channels all;
  for (std::int64_t i = 0; i < count; ++i) all.push_back(i);
  return all;
}

Linear selected(const Linear& op, const Channels& rows, const Channels& columns) {
  const std::int64_t outputs = op.weights.shape[2];
  const Channels kept_rows = all_or(rows, op.weights.shape[1]);
  const Channels kept_columns = all_or(columns, outputs);
  Linear result;
  result.reloadable = op.reloadable;
  result.weights.shape = {1, static_cast<std::int64_t>(kept_rows.size()),
                          static_cast<std::int64_t>(kept_columns.size())};
  for (const std::int64_t i : kept_rows)
    for (const std::int64_t j : kept_columns)
      result.weights.data.push_back(op.weights[i * outputs + j]);
  result.multiplier =
      graph::gather(op.multiplier, {outputs}, {result.weights.shape[2]}, kept_columns);
  if (!op.bias.empty())
    for (const std::int64_t j : kept_columns)
      result.bias.push_back(op.bias[static_cast<std::size_t>(j)]);
  if (result.reloadable && !result.reloadable->addends.empty()) {
    result.reloadable->addends.clear();
    for (const std::int64_t j : kept_columns)
      result.reloadable->addends.push_back(op.reloadable->addends[static_cast<std::size_t>(j)]);
  }
  return result;
}

// The flat indices that stay of a tensor of this shape.
Channels kept_elements(const Shape& shape, const Channels& kept) {
  Channels flats;
  for (std::int64_t p = 0; p < numeric::element_count(shape); p += shape.back())
    for (const std::int64_t c : kept) flats.push_back(p + c);
  return flats;
}

Reindex narrower(const Shape& from, const Channels& kept) {
  Shape to = from;
  to.back() = static_cast<std::int64_t>(kept.size());
  return {from, std::move(to), kept_elements(from, kept)};
}

// The weights of channels that are dead at every position, zeroed; their products with the offsets
// of the inputs stay in the bias, so that the encoding does not change. Empty when nothing is dead.
std::optional<Linear> without_dead_weights(const Linear& op, const TensorType& x,
                                           const std::vector<bool>& live, std::int64_t& count) {
  const std::int64_t groups = op.weights.shape[0], inputs = op.weights.shape[1],
                     outputs = op.weights.shape[2];
  if (!x.encoding.offset.is_uniform()) return std::nullopt;
  const Rational& offset = x.encoding.offset.values[0];
  const Channels alive = live_channels(live, groups * outputs);
  Linear result = op;
  std::int64_t zeroed = 0;
  for (std::int64_t c = 0; c < groups * outputs; ++c) {
    if (std::ranges::binary_search(alive, c)) continue;
    Rational sum = 0;
    for (std::int64_t i = 0; i < inputs; ++i) {
      std::int64_t& w = result.weights[((c / outputs) * inputs + i) * outputs + c % outputs];
      zeroed += w != 0;
      sum += numeric::from_int64(std::exchange(w, 0));
    }
    const auto at_channel = static_cast<std::size_t>(c);
    const Rational lost =
        sum * offset * op.multiplier.values[op.multiplier.is_uniform() ? 0 : at_channel];
    if (lost == 0) continue;
    if (result.bias.empty()) result.bias.resize(static_cast<std::size_t>(groups * outputs));
    result.bias[at_channel] += lost;
  }
  count += zeroed;
  return zeroed == 0 ? std::nullopt : std::optional(result);
}

bool has_domain(const graph::RealFunction& f) {
  const auto* elementary = std::get_if<graph::Elementary>(&f);
  return elementary != nullptr && *elementary != graph::Elementary::Sigmoid &&
         *elementary != graph::Elementary::Tanh;
}

// Nodes whose integers reach, directly or not, a function that is not defined everywhere: there an
// element may not become 0 even when nobody reads it.
std::vector<bool> bounded_nodes(const Graph& graph) {
  std::vector<bool> bounded(graph.nodes().size(), false);
  for (std::size_t i = graph.nodes().size(); i-- > 0;) {
    const Node& node = graph.nodes()[i];
    if (const auto* q = as<Quantize>(node); q != nullptr) {
      const auto& functions = source_of(*q, graph.type(node.inputs[0])).functions;
      bounded[i] = bounded[i] || std::ranges::any_of(functions, has_domain);
    }
    if (bounded[i])
      for (const Value v : node.inputs) bounded[at(v.node)] = true;
  }
  return bounded;
}

}  // namespace

Result<Graph> zero_unread_channels(const Graph& graph, DeadCounts& counts) {
  const Liveness live = live_elements(graph);
  const std::vector<bool> bounded = bounded_nodes(graph);
  return rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    const auto* linear = as<Linear>(node);
    if (linear == nullptr || linear->reloadable || bounded[at(id)]) return false;
    auto op =
        without_dead_weights(*linear, graph.type(node.inputs[0]), live[at(id)][0], counts.weights);
    if (!op) return false;
    GATEFOLD_CHECK(to.replace(id, std::move(*op)));
    return true;
  });
}

Result<Graph> drop_unread_channels(const Graph& graph, DeadCounts& counts) {
  const Plan plan(graph);
  counts.neurons += plan.removed();
  return rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    const Channels& kept = plan.kept(id);
    if (is_dense(node)) {
      const Channels& rows = plan.kept(node.inputs[0].node);
      if (kept.empty() && rows.empty()) return false;
      GATEFOLD_CHECK(to.replace(id, selected(*as<Linear>(node), rows, kept)));
      return true;
    }
    if (kept.empty()) return false;
    const Reindex narrow = narrower(node.outputs[0].shape, kept);
    const auto* q = as<Quantize>(node);
    GATEFOLD_CHECK(to.replace(id, q != nullptr ? Op{narrow(*q)} : Op{narrow(*as<Map>(node))}));
    return true;
  });
}

}  // namespace gatefold::passes
