// Holds after: no rearrangement copies its input unchanged, no reshape follows a reshape, no
// transpose a transpose, and every clamp can change something.
#include <fmt/core.h>
#include <optional>
#include <span>

#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using graph::Rearrange;

bool copies_in_order(const Rearrange& op, const TensorType& in, const TensorType& out) {
  if (in.size() != out.size()) return false;
  const auto sources = graph::sources(op.wiring, std::span(&in, 1));
  for (std::size_t i = 0; i < sources.size(); ++i)
    if (sources[i].input != 0 || sources[i].flat != static_cast<std::int64_t>(i)) return false;
  return true;
}

// The one op that does both, when there is one: `next` on the output of `first`.
std::optional<Op> merged(const Rearrange& first, const Rearrange& next) {
  const auto* reshape = std::get_if<graph::Reshape>(&next.wiring);
  if (reshape != nullptr && std::holds_alternative<graph::Reshape>(first.wiring)) return next;
  const auto* before = std::get_if<graph::Transpose>(&first.wiring);
  const auto* after = std::get_if<graph::Transpose>(&next.wiring);
  if (before == nullptr || after == nullptr) return std::nullopt;
  graph::Transpose both;
  for (const int axis : after->permutation)
    both.permutation.push_back(before->permutation[static_cast<std::size_t>(axis)]);
  return Rearrange{both};
}

bool clamps_nothing(const Node& node, const TensorType& in) {
  const auto* map = as<graph::Map>(node);
  const auto* clamp = map == nullptr ? nullptr : std::get_if<graph::Clamp>(&map->function);
  if (clamp == nullptr) return false;
  const auto range = in.range();
  return (!clamp->low || *clamp->low <= range.low) && (!clamp->high || *clamp->high >= range.high);
}

// Whether the value in the new graph is the node's value as it is.
bool changes_nothing(const Rewriter& to, const Node& node, const Op& op, Value in) {
  const TensorType &from = to.graph().type(in), &type = node.outputs[0];
  if (clamps_nothing(node, from)) return true;
  const auto* wiring = std::get_if<Rearrange>(&op);
  return wiring != nullptr && from.shape == type.shape && copies_in_order(*wiring, from, type);
}

}  // namespace

Result<Graph> simplify_wiring(Graph graph, const PassContext& context) {
  int dropped = 0;
  auto result = rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const Node& node = graph.node(id);
    if (node.inputs.size() != 1 || node.outputs.size() != 1) return false;
    Op op = node.op;
    Value in = to(node.inputs[0]);
    const Node& before = to.graph().node(in.node);
    if (as<Rearrange>(node) != nullptr && as<Rearrange>(before) != nullptr) {
      if (auto both = merged(*as<Rearrange>(before), *as<Rearrange>(node))) {
        op = std::move(*both);
        in = before.inputs[0];
        ++dropped;
      }
    }
    if (changes_nothing(to, node, op, in)) {
      to.map({id, 0}, in);
      ++dropped;
      return true;
    }
    GATEFOLD_TRY(const Value fresh, to.add(std::move(op), {in}, node.layer));
    to.map({id, 0}, fresh);
    return true;
  });
  if (dropped > 0) context.note(fmt::format("{} rearrangements or clamps dropped", dropped));
  return result;
}

}  // namespace gatefold::passes
