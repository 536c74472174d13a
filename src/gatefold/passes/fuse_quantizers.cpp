// Holds after: no quantizer keeps every reachable integer of its input, and no two in a row do what
// one does. Equality is proved on all reachable integers, never taken from a pattern.
#include <algorithm>
#include <fmt/core.h>
#include <optional>
#include <span>
#include <utility>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/quantize_step.h"
#include "gatefold/passes/narrow.h"
#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using graph::Affine;
using graph::AffineStep;
using graph::Encoding;
using graph::Quantize;
using numeric::Interval;
using numeric::Rational;
using Parameter = numeric::PerAxis<Rational>;

constexpr std::int64_t most_steps = 1 << 16;

bool keeps_integers(const Quantize& q, const TensorType& in, std::int64_t flat) {
  const Interval& range = in.range(flat);
  if (range.is_constant()) return graph::quantize_raw(q, in, flat, range.low) == range.low;
  const auto step = graph::affine_step(q, in, flat);
  if (!step || !step->bounds.contains(range)) return false;
  if (step->factor == 1 && step->offset == 0) return true;
  if (range.high - range.low >= most_steps) return false;
  for (std::int64_t raw = range.low; raw <= range.high; ++raw)
    if (step->at(raw) != raw) return false;
  return true;
}

bool keeps_integers(const Quantize& q, const TensorType& in) {
  for (std::int64_t i = 0; i < (graph::is_uniform(q, in) ? 1 : in.size()); ++i)
    if (!keeps_integers(q, in, i)) return false;
  return true;
}

// real -> real that turns one linear reading of the same integers into another. The scale of
// `from` is nowhere 0.
Affine reading_change(const Encoding& from, const Encoding& to, const graph::Shape& shape) {
  const auto ratio = [](const Rational& a, const Rational& b) -> Rational { return a / b; };
  const auto product = [](const Rational& a, const Rational& b) -> Rational { return a * b; };
  const auto difference = [](const Rational& a, const Rational& b) -> Rational { return a - b; };
  Parameter scale = graph::combine(to.scale, from.scale, shape, ratio);
  Parameter offset = graph::combine(to.offset, graph::combine(from.offset, scale, shape, product),
                                    shape, difference);
  return {std::move(scale), std::move(offset)};
}

bool is_invertible(const Encoding& e) {
  return e.is_linear() &&
         std::ranges::none_of(e.scale.values, [](const Rational& v) { return v == 0; });
}

// Drops the quantizer; when its output stands for other reals, a map says so.
Result<bool> drop(Rewriter& to, NodeId id, Value in) {
  const Node& node = to.old().node(id);
  const TensorType& from = to.graph().type(in);
  const Encoding& wanted = node.outputs[0].encoding;
  if (from.encoding == wanted) {
    to.map({id, 0}, in);
    return true;
  }
  if (!is_invertible(from.encoding)) return false;
  const graph::RealFunction change = reading_change(from.encoding, wanted, from.shape);
  GATEFOLD_TRY(const Value fresh, to.add(graph::Map{change}, {in}, node.layer));
  to.map({id, 0}, fresh);
  return true;
}

// Two monotone functions are equal when they agree at the ends and on both sides of every step of
// one of them.
bool is_composition(const AffineStep& both, const AffineStep& first, const AffineStep& second,
                    const Interval& range) {
  const auto agree = [&](std::int64_t raw) { return both.at(raw) == second.at(first.at(raw)); };
  if (sgn(both.factor) != sgn(first.factor) * sgn(second.factor) || both.factor == 0) return false;
  if (!agree(range.low) || !agree(range.high)) return false;
  const Interval reached = both.range(range);
  if (reached.high - reached.low >= most_steps) return false;
  const auto steps = numeric::step_function(both, range);
  const std::int64_t unit = std::int64_t{1} << range.zeros;
  return std::ranges::all_of(steps.thresholds, [&](std::int64_t t) {
    const std::int64_t before = steps.falling ? t + unit : t - unit;
    return agree(t) && (before < range.low || before > range.high || agree(before));
  });
}

struct Pair {
  const Quantize& first;
  const Quantize& second;
  const TensorType& in;      // of the first
  const TensorType& middle;  // between them
  const TensorType& out;     // of the second
};

// How the second reads the input of the first, were there no rounding between.
Encoding joint_source(const Pair& p) {
  const graph::Shape& shape = p.in.shape;
  const Encoding& next = graph::source_of(p.second, p.middle);
  const Encoding linear{next.scale, next.offset, {}};
  Encoding source = graph::source_of(p.first, p.in);
  if (!(linear == p.middle.encoding))
    source = graph::then(source, reading_change(p.middle.encoding, linear, shape), shape);
  for (const auto& f : next.functions) source = graph::then(source, f, shape);
  return source;
}

bool equals_pair(const Quantize& both, const Pair& p) {
  const bool uniform = graph::is_uniform(both, p.in) && graph::is_uniform(p.first, p.in) &&
                       graph::is_uniform(p.second, p.middle);
  for (std::int64_t i = 0; i < (uniform ? 1 : p.in.size()); ++i) {
    const auto one = graph::affine_step(both, p.in, i);
    const auto first = graph::affine_step(p.first, p.in, i);
    const auto second = graph::affine_step(p.second, p.middle, i);
    if (!one || !first || !second || !is_composition(*one, *first, *second, p.in.range(i)))
      return false;
  }
  return true;
}

std::optional<Quantize> fused(const Pair& p) {
  Quantize both = narrowed(p.second, p.in.shape, p.out);
  both.source = joint_source(p);
  for (const auto rounding : {p.second.rounding, p.first.rounding}) {
    both.rounding = rounding;
    if (equals_pair(both, p)) return both;
  }
  return std::nullopt;
}

// The quantizer that only this node reads, when its input is one.
const Node* only_source(const Graph& graph, const std::vector<std::vector<NodeId>>& users,
                        const std::vector<bool>& outputs, Value v) {
  const Node& node = graph.node(v.node);
  const bool alone = users[at(v.node)].size() == 1 && !outputs[at(v.node)];
  return alone && as<Quantize>(node) != nullptr ? &node : nullptr;
}

Result<bool> fuse(Rewriter& to, NodeId id, const Node& before) {
  const Node& node = to.old().node(id);
  const Value in = to(before.inputs[0]);
  const auto both = fused({*as<Quantize>(before), *as<Quantize>(node), to.graph().type(in),
                           before.outputs[0], node.outputs[0]});
  if (!both) return false;
  GATEFOLD_TRY(const Value fresh, to.add(*both, {in}, node.layer));
  to.map({id, 0}, fresh);
  return true;
}

}  // namespace

Result<Graph> fuse_quantizers(Graph graph, const PassContext& context) {
  const auto users = users_of(graph);
  const auto outputs = is_output(graph);
  int dropped = 0, joined = 0;
  auto result = rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    const auto* q = as<Quantize>(node);
    if (q == nullptr) return false;
    const Value in = to(node.inputs[0]);
    if (keeps_integers(*q, to.graph().type(in))) {
      GATEFOLD_TRY(const bool gone, drop(to, id, in));
      dropped += gone;
      if (gone) return true;
    }
    const Node* before = only_source(graph, users, outputs, node.inputs[0]);
    if (before == nullptr || !(to.graph().type(in) == before->outputs[0])) return false;
    GATEFOLD_TRY(const bool one, fuse(to, id, *before));
    joined += one;
    return one;
  });
  if (dropped + joined > 0)
    context.note(fmt::format("{} quantizers dropped, {} joined", dropped, joined));
  return result;
}

}  // namespace gatefold::passes
