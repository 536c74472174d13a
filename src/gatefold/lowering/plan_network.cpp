#include <algorithm>
#include <fmt/core.h>
#include <numeric>
#include <set>

#include "gatefold/lowering/lowerer.h"
#include "gatefold/lowering/network.h"
#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"
#include "gatefold/support/match.h"

namespace gatefold::lowering {

using namespace graph;

Status Planner::run() {
  GATEFOLD_CHECK(plan_nodes());
  for (const Output& output : graph_.outputs()) plan_output(output);
  return success();
}

Status Planner::plan_nodes() {
  Diagnostics problems;
  std::set<NodeId> refused;  // and what depends on them
  for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
    const NodeId id{static_cast<std::int32_t>(i)};
    if (std::ranges::any_of(graph_.node(id).inputs,
                            [&](Value v) { return refused.contains(v.node); })) {
      refused.insert(id);
    } else if (const Status planned = plan(id); !planned) {
      refused.insert(id);
      problems.insert(problems.end(), planned.errors().begin(), planned.errors().end());
    }
  }
  return problems.empty() ? success() : Status(problems);
}

Status Planner::plan(NodeId id) {
  const Node& node = graph_.node(id);
  if (std::holds_alternative<Constant>(node.op)) return success();
  if (homes_.contains({id, 0})) return success();  // what a scan brings to its body
  if (const auto* input = std::get_if<Input>(&node.op)) return plan_input(id, *input);
  if (const auto* scan = std::get_if<Scan>(&node.op)) return plan_scan(id, *scan);
  if (passes_by(id)) return success();
  if (plan_wiring(id)) return success();
  if (const auto* window = window_of(id)) return plan_window(id, *window);
  if (const auto* linear = std::get_if<Linear>(&node.op);
      linear != nullptr && plan_fold(id, *linear))
    return success();
  if (plan_product(id)) return success();
  if (const auto* reduce = std::get_if<Reduce>(&node.op);
      reduce != nullptr && over_positions(id, *reduce))
    return plan_reduce(id, *reduce);
  if (const auto* reduce = std::get_if<Reduce>(&node.op);
      reduce != nullptr && plan_reduce_elements(id, *reduce))
    return success();
  if (const auto* order = std::get_if<Order>(&node.op);
      order != nullptr && plan_best_element(id, *order))
    return success();
  return plan_region(id);
}

Status Planner::plan_input(NodeId id, const Input& input) {
  const Value port{id, 0};
  const TensorType* type = &graph_.type(port);
  Value value = port;
  PortFront front{input.name, type->shape, {}};
  if (const auto reader = only_reader(port)) {
    const auto* wiring = std::get_if<Rearrange>(&graph_.node(*reader).op);
    const auto* transpose = wiring == nullptr ? nullptr : std::get_if<Transpose>(&wiring->wiring);
    if (transpose != nullptr) {
      front.axes = transpose->permutation;
      value = {*reader, 0};
      type = &graph_.type(value);
    }
  }
  const int axes = std::max(0, static_cast<int>(type->shape.size()) - 1);
  start(graph_.node(id).layer, "input", front, wide_layout(type->shape, axes), {value});
  return success();
}

bool Planner::passes_by(NodeId id) {
  const Value out{id, 0};
  if (homes_.contains(out)) return true;  // the transposed input
  const auto* op = std::get_if<Rearrange>(&graph_.node(id).op);
  if (op == nullptr) return false;
  const Value in = graph_.node(id).inputs.front();
  if (std::holds_alternative<Pad>(op->wiring) && only_windows_read(out)) return true;
  if (turns_factor(id)) return true;
  if (const auto* transpose = std::get_if<Transpose>(&op->wiring))
    return read_by_outputs_alone(out) && is_stream(in) &&
           remember_axes(out, in, transpose->permutation);
  if (!std::holds_alternative<Reshape>(op->wiring) || !is_stream(in)) return false;
  const ProcessPlan& home = plan_.processes[homes_.at(in)];
  const std::vector<TensorType> types{graph_.type(in)};
  const int axes = layout_of(in).axes;
  if (axes > 0 && at_position(graph_.node(id), types, axes)) return false;
  if (axes == 0 && home.holds_positions()) return false;
  alias(out, in);
  return true;
}

void Planner::alias(Value out, Value in) {
  homes_[out] = homes_.at(in);
  same_as_[out] = root(in);
  reshaped_.insert(out);
}

bool reduces(const Reduce& reduce, int first, int count) {
  if (reduce.kind != ReduceKind::Sum && reduce.kind != ReduceKind::Maximum &&
      reduce.kind != ReduceKind::Minimum)
    return false;
  std::vector<int> axes = reduce.axes, wanted(static_cast<std::size_t>(count));
  std::ranges::sort(axes);
  std::iota(wanted.begin(), wanted.end(), first);
  return axes == wanted;
}

bool Planner::over_positions(NodeId id, const Reduce& reduce) const {
  const Value in = graph_.node(id).inputs.front();
  if (!is_stream(in) || reshaped_.contains(in)) return false;
  const int positions = layout_of(in).axes;
  return positions > 0 && reduces(reduce, 0, positions);
}

Status Planner::plan_reduce(NodeId id, const Reduce& reduce) {
  const Node& node = graph_.node(id);
  const Value in = node.inputs.front();
  const Layout positions = layout_of(in);
  const std::size_t channel = give(homes_.at(in), in);
  const std::size_t process =
      start(node.layer, "reduce", ReduceFront{reduce.kind, positions.positions},
            Layout{0, 1, positions.groups}, {{id, 0}});
  plan_.processes[process].takes.push_back({in, channel});
  return success();
}

std::optional<Layout> Planner::parts_of_positions(Value value) const {
  if (!is_stream(value) || reshaped_.contains(value)) return std::nullopt;
  Layout layout = layout_of(value);
  return layout.is_wide() ? std::nullopt : std::optional(std::move(layout));
}

/// A process that makes one element of each position, whose beats it takes.
void Planner::collect(NodeId id, const std::string& purpose, Front front, const Layout& beats) {
  const Node& node = graph_.node(id);
  const Value in = node.inputs.front();
  const std::size_t channel = give(homes_.at(in), in);
  const std::size_t process =
      start(node.layer, purpose, std::move(front), {beats.axes, beats.positions, {{0}}}, {{id, 0}});
  plan_.processes[process].takes.push_back({in, channel});
}

/// Where positions come in narrow beats, the sum of all their elements needs no whole one.
bool Planner::plan_reduce_elements(NodeId id, const Reduce& reduce) {
  const Value in = graph_.node(id).inputs.front();
  const auto beats = parts_of_positions(in);
  const int rank = static_cast<int>(graph_.type(in).shape.size());
  if (!beats || !reduces(reduce, beats->axes, rank - beats->axes)) return false;
  collect(id, "reduce", ReduceElementsFront{reduce.kind, *beats}, *beats);
  return true;
}

/// Nor does the place of the best one.
bool Planner::plan_best_element(NodeId id, const Order& order) {
  const Value in = graph_.node(id).inputs.front();
  const auto beats = parts_of_positions(in);
  const TensorType& type = graph_.type(in);
  if (order.kind != OrderKind::ArgMax || !beats) return false;
  const bool over_elements = beats->axes + 1 == static_cast<int>(type.shape.size());
  if (!over_elements || !fits_key(type.range(), type.shape.back())) return false;
  collect(id, "order", BestElementFront{order.largest, *beats}, *beats);
  return true;
}

void Planner::house(Value value) {
  if (!is_constant(value) || homes_.contains(value)) return;
  const Node& node = graph_.node(value.node);
  place(value.node,
        start(node.layer, "constant", TakeFront{}, wide_layout(node.outputs.front().shape, 0), {}));
}

void Planner::plan_output(const Output& output) {
  Value value = output.value;
  const Shape& shape = graph_.type(value).shape;
  std::vector<int> axes;
  if (const auto found = axes_.find(value); found != axes_.end()) {
    axes = found->second.second;
    value = found->second.first;
  }
  house(value);
  const Layout home = layout_of(value);
  const std::size_t process =
      in_order(home) ? homes_.at(value)
                     : convert(value, wide_layout(graph_.type(value).shape, home.axes));
  plan_.outputs.push_back({output.name, shape, axes, give(process, value)});
}

}  // namespace gatefold::lowering
