// Slices, gathers and concatenations of values whose beats are parts of positions: which beats and
// lanes go on, and whose beats come first.
#include <algorithm>

#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

/// A layout without the elements that are not picked, and which of its beats and lanes are left.
struct Picked {
  Layout layout;
  Part part;
};

/// `picked`: by element, its number among the picked ones; -1: none.
Picked pick(const Layout& layout, const std::vector<std::int64_t>& picked) {
  Picked result{{layout.axes, layout.positions, {}}, {}};
  const auto is_picked = [&](std::int64_t element) {
    return element >= 0 && picked[static_cast<std::size_t>(element)] >= 0;
  };
  for (std::size_t lane = 0; lane < layout.lanes(); ++lane)
    if (std::ranges::any_of(layout.groups, [&](const auto& g) { return is_picked(g[lane]); }))
      result.part.lanes.push_back(lane);
  for (std::size_t g = 0; g < layout.groups.size(); ++g) {
    if (std::ranges::none_of(layout.groups[g], is_picked)) continue;
    result.part.groups.push_back(static_cast<std::int64_t>(g));
    auto& group = result.layout.groups.emplace_back();
    for (const std::size_t lane : result.part.lanes) {
      const std::int64_t element = layout.groups[g][lane];
      group.push_back(is_picked(element) ? picked[static_cast<std::size_t>(element)] : -1);
    }
  }
  if (result.part.groups.size() == layout.groups.size()) result.part.groups.clear();
  return result;
}

/// By element of an input, its number in the concatenation.
std::vector<std::int64_t> numbers_of(const std::vector<Source>& from, std::size_t input,
                                     std::int64_t elements) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(elements));
  for (std::size_t k = 0; k < from.size(); ++k)
    if (from[k].input == static_cast<int>(input))
      numbers[static_cast<std::size_t>(from[k].flat)] = static_cast<std::int64_t>(k);
  return numbers;
}

Layout in_lanes(const Layout& layout, std::int64_t elements, std::size_t lanes) {
  if (layout.lanes() == lanes) return layout;
  return layout.lanes() % lanes == 0 ? cut(layout, lanes) : chunked(layout, elements, lanes);
}

std::vector<std::vector<std::int64_t>> renumbered(const Layout& layout,
                                                  const std::vector<std::int64_t>& numbers) {
  auto groups = layout.groups;
  for (auto& group : groups)
    for (auto& element : group)
      if (element >= 0) element = numbers[static_cast<std::size_t>(element)];
  return groups;
}

/// Whether each beat of a position goes when a loop of the process has some count.
bool has_turns(const ProcessPlan& process) {
  const auto* convert = std::get_if<ConvertFront>(&process.front);
  return convert == nullptr || convert->from.groups.size() == 1 ||
         convert->from.groups.size() >= convert->to.groups.size();
}

}  // namespace

std::vector<Source> Planner::sources_of(const Node& node, const Op& own, int axes) const {
  std::vector<TensorType> types;
  for (const Value& input : node.inputs) types.push_back(at_position(graph_.type(input), axes));
  return sources(std::get<Rearrange>(own).wiring, types);
}

bool Planner::plan_wiring(NodeId id) {
  const auto* op = std::get_if<Rearrange>(&graph_.node(id).op);
  if (op == nullptr) return false;
  for (const Value& input : graph_.node(id).inputs)
    if (!is_stream(input) || reshaped_.contains(input)) return false;
  if (std::holds_alternative<Concatenate>(op->wiring)) return plan_chain(id);
  const bool picks =
      std::holds_alternative<Slice>(op->wiring) || std::holds_alternative<Gather>(op->wiring);
  return picks && plan_pick(id);
}

bool Planner::plan_pick(NodeId id) {
  const Node& node = graph_.node(id);
  const Value in = node.inputs.front();
  const Layout layout = layout_of(in);
  if (layout.is_wide()) return false;
  const std::vector<TensorType> types{graph_.type(in)};
  const auto own = at_position(node, types, layout.axes);
  if (!own) return false;
  std::vector<std::int64_t> picked(
      static_cast<std::size_t>(position_size(types.front().shape, layout.axes)), -1);
  const auto from = sources_of(node, *own, layout.axes);
  for (std::size_t k = 0; k < from.size(); ++k) {
    auto& number = picked[static_cast<std::size_t>(from[k].flat)];
    if (number >= 0) return false;
    number = static_cast<std::int64_t>(k);
  }
  auto [left, part] = pick(layout, picked);
  const std::size_t channel = give_part(homes_.at(in), in, std::move(part));
  const std::size_t process = start(node.layer, "part", TakeFront{}, std::move(left), {{id, 0}});
  plan_.processes[process].takes.push_back({in, channel});
  return true;
}

std::size_t Planner::give_part(std::size_t process, Value value, Part part) {
  if (!part.groups.empty() && !has_turns(plan_.processes[process])) {
    const std::size_t channel = give(process, value);
    const std::string layer = plan_.processes[process].layer;
    const Layout layout = plan_.processes[process].layout;
    process = start(layer, "beats", TakeFront{}, layout, {value});
    plan_.processes[process].takes.push_back({value, channel});
  }
  const std::size_t channel = give(process, value);
  plan_.processes[process].gives.back().part = std::move(part);
  return channel;
}

bool Planner::plan_chain(NodeId id) {
  const Node& node = graph_.node(id);
  const auto axes = common_axes(node);
  const auto wide = [&](Value v) { return layout_of(v).is_wide(); };
  if (!axes || std::ranges::all_of(node.inputs, wide)) return false;
  std::vector<TensorType> types;
  for (const Value& input : node.inputs) types.push_back(graph_.type(input));
  const auto own = at_position(node, types, *axes);
  if (!own) return false;
  std::size_t lanes = layout_of(node.inputs.front()).lanes();
  for (const Value& input : node.inputs) lanes = std::min(lanes, layout_of(input).lanes());
  const auto from = sources_of(node, *own, *axes);
  ChainFront front;
  Layout layout{*axes, layout_of(node.inputs.front()).positions, {}};
  std::vector<Transfer> takes;
  for (std::size_t i = 0; i < types.size(); ++i) {
    const Value input = node.inputs[i];
    const std::int64_t elements = position_size(types[i].shape, *axes);
    const Layout part = in_lanes(layout_of(input), elements, lanes);
    takes.push_back({input, give(convert(input, part), input)});
    front.beats.push_back(static_cast<std::int64_t>(part.groups.size()));
    for (auto& group : renumbered(part, numbers_of(from, i, elements)))
      layout.groups.push_back(std::move(group));
  }
  const std::size_t process =
      start(node.layer, "chain", std::move(front), std::move(layout), {{id, 0}});
  plan_.processes[process].takes = std::move(takes);
  return true;
}

}  // namespace gatefold::lowering
