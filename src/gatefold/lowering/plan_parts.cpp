// Which parts of positions the ops that work on single elements take at once.
#include <algorithm>

#include "gatefold/graph/quantize_step.h"
#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"
#include "gatefold/lowering/quantize.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

bool is_elementary(const RealFunction& function) {
  return std::holds_alternative<Elementary>(function);
}

/// Whether what the element is multiplied by is another one in each turn.
bool multiplies(const Quantize& quantize, const TensorType& in, std::int64_t elements) {
  const auto first = affine_step(quantize, in, 0);
  for (std::int64_t flat = 1; first && flat < elements; ++flat) {
    const auto other = affine_step(quantize, in, flat);
    if (!other || other->factor != first->factor) return true;
  }
  return false;
}

/// Whether the hardware of an element is a multiplier or tables: much more than the registers in
/// which it could wait for its turn.
bool is_large(const Graph& graph, const Node& node) {
  const TensorType& in = graph.type(node.inputs.front());
  if (numeric::width_of(in.range()) <= free_table_width) return false;
  if (const auto* map = std::get_if<Map>(&node.op))
    return std::holds_alternative<Table>(map->function);
  const auto* quantize = std::get_if<Quantize>(&node.op);
  if (quantize == nullptr) return false;
  const Encoding& path = quantize->source ? *quantize->source : in.encoding;
  return std::ranges::any_of(path.functions, is_elementary) ||
         multiplies(*quantize, in, in.shape.empty() ? 1 : in.shape.back());
}

}  // namespace

bool Planner::works_on_elements(const Node& node) const {
  if (std::holds_alternative<Combine>(node.op)) {
    for (const Value& input : node.inputs)
      if (!is_constant(input) && graph_.type(input).shape != node.outputs.front().shape &&
          !is_single(input))
        return false;
    return true;
  }
  if (is_constant(node.inputs.front())) return false;
  return std::holds_alternative<Map>(node.op) || std::holds_alternative<Quantize>(node.op);
}

std::optional<Layout> Planner::parts_for(const Node& node) const {
  std::optional<Layout> narrowest;
  if (!works_on_elements(node)) return narrowest;
  for (const Value& input : node.inputs) {
    if (is_constant(input) || is_single(input)) continue;
    Layout layout = layout_of(input);
    if (!narrowest || layout.lanes() < narrowest->lanes()) narrowest = std::move(layout);
  }
  if (narrowest && is_large(graph_, node)) narrowest = in_turn(*narrowest, node.inputs.front());
  if (narrowest && narrowest->is_wide()) narrowest.reset();
  return narrowest;
}

bool Planner::is_single(Value value) const {
  return is_stream(value) && position_size(graph_.type(value).shape, layout_of(value).axes) == 1;
}

/// Words that a sum over several steps gives at once, one after the other as far as there is time
/// before it gives the next ones.
Layout Planner::in_turn(const Layout& layout, Value value) const {
  const std::int64_t steps = steps_of_sum(homes_.at(value)) / product(times_);
  for (std::size_t lanes = 1; lanes < layout.lanes(); ++lanes) {
    if (layout.lanes() % lanes != 0) continue;
    Layout parts = cut(layout, lanes);
    const bool in_time =
        layout.beats() * static_cast<std::int64_t>(layout.lanes() / lanes) <= steps;
    if (in_time && is_one_step(layout, parts)) return parts;
  }
  return layout;
}

std::int64_t Planner::steps_of_sum(std::size_t process) const {
  const ProcessPlan& plan = plan_.processes[process];
  if (plan.collects()) return plan.own_steps();
  if (plan.takes.size() != 1) return 0;
  const std::size_t channel = plan.takes.front().channel;
  for (std::size_t giver = 0; giver < process; ++giver)
    for (const Transfer& give : plan_.processes[giver].gives)
      if (give.channel == channel) return steps_of_sum(giver);
  return 0;
}

}  // namespace gatefold::lowering
