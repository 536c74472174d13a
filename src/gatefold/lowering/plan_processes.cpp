// How values get from process to process: layouts, conversions, who gives and who takes.
#include <algorithm>

#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"

namespace gatefold::lowering {

using namespace graph;

bool in_order(const Layout& layout) {
  std::int64_t next = 0;
  for (const auto& group : layout.groups)
    for (const std::int64_t element : group)
      if (element != next++) return false;
  return true;
}

std::int64_t ProcessPlan::own_steps() const {
  std::int64_t steps = layout.beats();
  if (const auto* fold = std::get_if<FoldFront>(&front))
    steps = layout.positions * fold->matrix.steps();
  if (const auto* product = std::get_if<ProductFront>(&front))
    steps = layout.positions * product->product.steps();
  if (const auto* streamed = std::get_if<StreamedWindowFront>(&front))
    steps = streamed->window.steps();
  if (const auto* elements = std::get_if<ReduceElementsFront>(&front))
    steps = elements->from.beats();
  if (const auto* best = std::get_if<BestElementFront>(&front)) steps = best->from.beats();
  return all_times() * steps;
}

bool ProcessPlan::collects() const {
  if (const auto* fold = std::get_if<FoldFront>(&front))
    return fold->matrix.steps() > std::ssize(fold->matrix.outputs);
  if (const auto* window = std::get_if<StreamedWindowFront>(&front))
    return window->reduce && window->window.taps() > 1;
  if (const auto* elements = std::get_if<ReduceElementsFront>(&front))
    return elements->from.groups.size() > 1;
  if (const auto* best = std::get_if<BestElementFront>(&front)) return best->from.groups.size() > 1;
  if (const auto* product = std::get_if<ProductFront>(&front)) return product->product.beats() > 1;
  const auto* reduce = std::get_if<ReduceFront>(&front);
  return reduce != nullptr && reduce->positions > 1;
}

bool ProcessPlan::holds(Value value) const {
  if (std::ranges::find(front_values, value) != front_values.end()) return true;
  return std::ranges::find(nodes, value.node) != nodes.end();
}

bool Planner::is_constant(Value value) const {
  return std::holds_alternative<Constant>(graph_.node(value.node).op);
}

Value Planner::root(Value value) const {
  const auto found = same_as_.find(value);
  return found == same_as_.end() ? value : found->second;
}

Layout Planner::layout_of(Value value) const {
  if (reshaped_.contains(value)) return flattened(layout_of(root(value)));
  const ProcessPlan& home = plan_.processes[homes_.at(value)];
  if (!home.holds_positions()) return home.layout;
  return wide_layout(graph_.type(value).shape, home.layout.axes);
}

std::vector<NodeId> Planner::readers(Value value) const {
  std::vector<NodeId> found;
  const auto nodes = graph_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i)
    for (const Value& input : nodes[i].inputs)
      if (input == value) found.push_back({static_cast<std::int32_t>(i)});
  return found;
}

std::optional<NodeId> Planner::only_reader(Value value) const {
  for (const Output& output : graph_.outputs())
    if (output.value == value) return std::nullopt;
  const auto found = readers(value);
  return found.size() == 1 ? std::optional(found.front()) : std::nullopt;
}

bool Planner::only_windows_read(Value value) const {
  const auto reader = only_reader(value);
  return reader && window_of(*reader) != nullptr;
}

bool Planner::read_by_outputs_alone(Value value) const {
  for (const Node& node : graph_.nodes())
    if (std::ranges::find(node.inputs, value) != node.inputs.end()) return false;
  return true;
}

/// The beats of an output carry `in`; its tensor is their transpose.
bool Planner::remember_axes(Value out, Value in, const std::vector<int>& permutation) {
  if (!in_order(layout_of(in)) && reshaped_.contains(in)) return false;
  std::vector<int> inverse(permutation.size());
  for (std::size_t i = 0; i < permutation.size(); ++i)
    inverse[static_cast<std::size_t>(permutation[i])] = static_cast<int>(i);
  axes_[out] = {in, inverse};
  return true;
}

std::size_t Planner::start(const std::string& layer, const std::string& purpose, Front front,
                           Layout layout, const std::vector<Value>& values) {
  ProcessPlan process;
  process.layer = layer;
  process.purpose = purpose;
  process.front = std::move(front);
  process.layout = std::move(layout);
  process.graph = &graph_;
  process.times = times_;
  const std::size_t index = plan_.processes.size();
  for (const Value& value : values) {
    process.front_values.push_back(value);
    homes_.try_emplace(value, index);
  }
  plan_.processes.push_back(std::move(process));
  return index;
}

std::size_t Planner::give(std::size_t process, Value value, Times times) {
  const Value given = plan_.processes[process].holds(value) ? value : root(value);
  plan_.processes[process].gives.push_back({given, plan_.channels, times});
  return plan_.channels++;
}

std::size_t Planner::convert(Value value, const Layout& layout) {
  const std::size_t home = homes_.at(value);
  Layout from = layout_of(value);
  if (from == layout) return home;
  auto& known = converted_[{value, home}];
  for (const std::size_t process : known)
    if (plan_.processes[process].layout == layout) return process;
  Layout to = layout;
  if (from.axes != to.axes || from.positions != to.positions) {
    from = flattened(from);
    to = flattened(to);
  }
  std::size_t giver = home;
  if (!is_one_step(from, to)) {
    Layout whole{from.axes, from.positions, {elements_of(from)}};
    std::ranges::sort(whole.groups.front());
    giver = convert_step(giver, value, from, whole, whole);
    from = whole;
  }
  known.push_back(convert_step(giver, value, from, to, layout));
  return known.back();
}

std::size_t Planner::repeat(Value value, const Layout& like) {
  const std::size_t home = homes_.at(value);
  const Layout layout{like.axes, like.positions,
                      std::vector(like.groups.size(), std::vector<std::int64_t>{0})};
  auto& known = converted_[{value, home}];
  for (const std::size_t process : known)
    if (plan_.processes[process].layout == layout) return process;
  const std::size_t channel = give(home, value);
  const std::string layer = plan_.processes[home].layer;
  const std::size_t process = start(layer, "repeat", RepeatFront{}, layout, {value});
  plan_.processes[process].takes.push_back({value, channel});
  known.push_back(process);
  return process;
}

std::size_t Planner::convert_step(std::size_t giver, Value value, const Layout& from,
                                  const Layout& to, const Layout& result) {
  const std::size_t channel = give(giver, value);
  const std::string layer = plan_.processes[giver].layer;
  const std::size_t process = start(layer, "beats", ConvertFront{from, to}, result, {value});
  plan_.processes[process].takes.push_back({value, channel});
  return process;
}

}  // namespace gatefold::lowering
