#include <optional>
#include <utility>

#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/quantize_step.h"
#include "gatefold/passes/dead_steps.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using graph::Linear;
using graph::Quantize;
using numeric::Rational;
using Parameter = numeric::PerAxis<Rational>;

// An input of a sum that is the same number at every position.
struct Fixed {
  std::int64_t raw;
  Rational real;
};

Rational real_at(const TensorType& x, std::int64_t flat) {
  return x.encoding.scale.at(flat, x.shape) * numeric::from_int64(x.range(flat).low) +
         x.encoding.offset.at(flat, x.shape);
}

std::optional<Fixed> fixed_input(const TensorType& x, std::int64_t channel) {
  if (!x.range(channel).is_constant()) return std::nullopt;
  const Fixed first{x.range(channel).low, real_at(x, channel)};
  for (std::int64_t flat = channel; flat < x.size(); flat += x.shape.back()) {
    const bool same = x.range(flat).is_constant() && x.range(flat).low == first.raw;
    if (!same || real_at(x, flat) != first.real) return std::nullopt;
  }
  return first;
}

// The sum without its constant inputs, and what each channel's integer lost.
struct Folded {
  Linear op;
  std::vector<std::int64_t> lost;
  std::int64_t weights = 0;

  bool moves_integers() const {
    for (const std::int64_t v : lost)
      if (v != 0) return true;
    return false;
  }
};

void fold_row(Folded& f, std::int64_t group, std::int64_t row, const Fixed& x) {
  const std::int64_t inputs = f.op.weights.shape[1], outputs = f.op.weights.shape[2];
  for (std::int64_t j = 0; j < outputs; ++j) {
    std::int64_t& weight = f.op.weights[(group * inputs + row) * outputs + j];
    if (weight == 0) continue;
    const auto channel = static_cast<std::size_t>(group * outputs + j);
    const Rational& multiplier = f.op.multiplier.values[f.op.multiplier.is_uniform() ? 0 : channel];
    f.op.bias[channel] += multiplier * numeric::from_int64(weight) * x.real;
    f.lost[channel] += weight * x.raw;
    weight = 0;
    ++f.weights;
  }
}

Folded folded(const Linear& op, const TensorType& x, bool may_move) {
  const std::int64_t groups = op.weights.shape[0], inputs = op.weights.shape[1];
  const auto channels = static_cast<std::size_t>(groups * op.weights.shape[2]);
  Folded f{op, std::vector<std::int64_t>(channels), 0};
  if (f.op.bias.empty()) f.op.bias.resize(channels);
  for (std::int64_t c = 0; c < groups * inputs; ++c) {
    const auto fixed = fixed_input(x, c);
    if (fixed && (may_move || fixed->raw == 0)) fold_row(f, c / inputs, c % inputs, *fixed);
  }
  return f;
}

bool only_quantizers_read(const Graph& graph, const std::vector<NodeId>& users) {
  for (const NodeId user : users)
    if (as<Quantize>(graph.node(user)) == nullptr) return false;
  return true;
}

// A quantizer of integers that are smaller by `lost` in each channel.
Quantize moved(Quantize q, const std::vector<std::int64_t>& lost, const graph::Shape& shape) {
  if (!q.source) return q;
  std::vector<Rational> values;
  for (const std::int64_t v : lost) values.push_back(numeric::from_int64(v));
  const Parameter raw(static_cast<int>(shape.size()) - 1, std::move(values));
  const auto product = [](const Rational& a, const Rational& b) -> Rational { return a * b; };
  const auto sum = [](const Rational& a, const Rational& b) -> Rational { return a + b; };
  const Parameter real = graph::combine(q.source->scale, raw, shape, product);
  q.source->offset = graph::combine(q.source->offset, real, shape, sum);
  return q;
}

}  // namespace

Result<Graph> fold_constant_inputs(const Graph& graph, DeadCounts& counts) {
  const auto users = users_of(graph);
  const auto outputs = is_output(graph);
  std::vector<std::vector<std::int64_t>> lost(graph.nodes().size());
  return rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    if (const auto* q = as<Quantize>(node); q != nullptr) {
      const auto& moves = lost[at(node.inputs[0].node)];
      if (moves.empty()) return false;
      GATEFOLD_CHECK(to.replace(id, moved(*q, moves, node.outputs[0].shape)));
      return true;
    }
    const auto* linear = as<Linear>(node);
    if (linear == nullptr || linear->reloadable) return false;
    const bool may_move = !outputs[at(id)] && only_quantizers_read(graph, users[at(id)]);
    Folded f = folded(*linear, to.graph().type(to(node.inputs[0])), may_move);
    if (f.weights == 0) return false;
    counts.weights += f.weights;
    if (f.moves_integers()) lost[at(id)] = std::move(f.lost);
    GATEFOLD_CHECK(to.replace(id, std::move(f.op)));
    return true;
  });
}

}  // namespace gatefold::passes
