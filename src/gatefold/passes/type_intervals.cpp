// Holds after: every saturating quantizer saturates no further out than the integers that it gives,
// and only quantizers that can overflow have another overflow mode.
#include <fmt/core.h>
#include <span>

#include "gatefold/graph/quantize_step.h"
#include "gatefold/passes/narrow.h"
#include "gatefold/passes/pass.h"
#include "gatefold/passes/rewrite.h"

namespace gatefold::passes {
namespace {

using graph::Quantize;
using numeric::Overflow;

bool acts_as_saturation(const Quantize& q, const TensorType& in) {
  if (q.overflow == Overflow::Saturate || q.overflow == Overflow::SaturateSymmetric) return true;
  for (std::int64_t i = 0; i < (is_uniform(q, in) ? 1 : in.size()); ++i)
    if (graph::overflows(q, in, i)) return false;
  return true;
}

}  // namespace

Result<Graph> type_intervals(Graph graph, const PassContext& context) {
  int count = 0;
  auto result = rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const auto* q = as<Quantize>(graph.node(id));
    if (q == nullptr) return false;
    const TensorType& in = to.graph().type(to(graph.node(id).inputs[0]));
    if (!acts_as_saturation(*q, in)) return false;
    GATEFOLD_TRY(const auto out, graph::infer(*q, std::span(&in, 1), graph.node(id).layer));
    Quantize tight = narrowed(*q, in.shape, out[0]);
    if (!(tight == *q)) ++count;
    GATEFOLD_CHECK(to.replace(id, std::move(tight)));
    return true;
  });
  if (count > 0) context.note(fmt::format("{} quantizers narrowed", count));
  return result;
}

}  // namespace gatefold::passes
