// Which process a node without a front of its own is computed in.
#include <algorithm>

#include "gatefold/lowering/lowerer.h"
#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

/// The most words that a node which does not do the same at every position may read and give at
/// once.
constexpr std::int64_t most_parallel_words = 1 << 14;

/// Whether every sum stays well within a word, however its terms are added.
bool has_room(const Linear& linear, const TensorType& in) {
  double most = 0, heaviest = 0;
  for (const Interval& range : in.ranges) most = std::max(most, magnitude(range));
  const auto outputs = static_cast<std::size_t>(linear.weights.shape[2]);
  const auto inputs = static_cast<std::size_t>(linear.weights.shape[1]);
  for (std::size_t row = 0; row < linear.weights.data.size(); row += inputs * outputs)
    for (std::size_t j = 0; j < outputs; ++j) {
      const double widest = linear.reloadable ? magnitude(linear.reloadable->weights) : 0;
      double sum = 0;
      for (std::size_t i = 0; i < inputs; ++i)
        sum += std::max(widest,
                        std::abs(static_cast<double>(linear.weights.data[row + i * outputs + j])));
      heaviest = std::max(heaviest, sum);
    }
  const double addend = linear.reloadable ? magnitude(linear.reloadable->addend) : 0;
  return adders_have_room(most * heaviest + addend);
}

}  // namespace

std::int64_t Planner::reuse_of(NodeId id) const {
  const Node& node = graph_.node(id);
  const auto& linear = std::get<Linear>(node.op);
  const int axes = static_cast<int>(node.outputs.front().shape.size()) - 1;
  if (!has_room(linear, at_position(graph_.type(node.inputs.front()), axes))) return 1;
  return reuse_of(node.layer);
}

std::int64_t Planner::reuse_of(const std::string& layer) const {
  const auto named = folds_.layers.find(layer);
  return named == folds_.layers.end() ? folds_.reuse : named->second;
}

FoldGoal Planner::goal_of(NodeId matrix) const {
  return {reuse_of(matrix), slices_of({matrix, 0}), !times_.empty()};
}

bool Planner::plan_fold(NodeId id, const Linear& linear) {
  const Node& node = graph_.node(id);
  const Value in = node.inputs.front();
  const int axes = static_cast<int>(node.outputs.front().shape.size()) - 1;
  if (reuse_of(id) <= 1 || layout_of(in).axes != axes) return false;
  const bool free_port = is_free_port(in);
  const Layout inputs = free_port
                            ? chunked(layout_of(in), position_size(graph_.type(in).shape, axes), 1)
                            : layout_of(in);
  const auto path = path_before(id);
  const auto behind_window = path ? fold_of(*path) : std::nullopt;
  const Fold fold = behind_window ? behind_window->fold : choose_fold(linear, inputs, goal_of(id));
  if (fold.steps == 1) return false;
  const Layout wanted = layout_for(inputs, fold.banks);
  if (free_port && in_order(wanted)) plan_.processes[homes_.at(in)].layout = wanted;
  start_fold(id, linear, fold, wanted);
  return true;
}

void Planner::start_fold(NodeId id, const Linear& linear, const Fold& fold, const Layout& inputs) {
  const Node& node = graph_.node(id);
  const Value in = node.inputs.front();
  const TensorType type = at_position(graph_.type(in), inputs.axes);
  FoldFront front{fold_matrix(linear, inputs, fold), inputs, {}};
  for (std::int64_t i = 0; i < type.size(); ++i) front.ranges.push_back(type.range(i));
  const Layout layout{inputs.axes, inputs.positions, front.matrix.outputs};
  const std::size_t channel = give(convert(in, inputs), in);
  const std::size_t process = start(node.layer, "fold", std::move(front), layout, {{id, 0}});
  plan_.processes[process].takes.push_back({root(in), channel});
}

std::int64_t Planner::slices_of(Value value) const {
  const Shape& shape = graph_.type(value).shape;
  std::int64_t extent = 0;
  const auto nodes = readers(value);
  for (const NodeId id : nodes) {
    const Node& node = graph_.node(id);
    const auto* op = std::get_if<Rearrange>(&node.op);
    const auto* slice = op == nullptr ? nullptr : std::get_if<Slice>(&op->wiring);
    if (slice == nullptr) {
      const bool goes_on = nodes.size() == 1 && works_on_elements(node);
      return goes_on ? slices_of({id, 0}) : 1;
    }
    const std::int64_t own = slice->extents.back(), start = slice->starts.back();
    const bool fits = slice->steps.back() == 1 && start % own == 0 && shape.back() % own == 0;
    if (!fits || (extent != 0 && own != extent)) return 1;
    extent = own;
  }
  return extent == 0 ? 1 : shape.back() / extent;
}

/// A port that the matrix alone reads may bring its words in any beats.
bool Planner::is_free_port(Value value) const {
  const ProcessPlan& home = plan_.processes[homes_.at(value)];
  return std::holds_alternative<PortFront>(home.front) && home.gives.empty() &&
         home.nodes.empty() && only_reader(value) && home.layout.axes == 0;
}

std::optional<int> Planner::common_axes(const Node& node) const {
  std::optional<Layout> first;
  for (const Value& input : node.inputs) {
    if (is_constant(input)) continue;
    const Layout layout = layout_of(input);
    if (first && (first->axes != layout.axes || first->positions != layout.positions))
      return std::nullopt;
    first = layout;
  }
  if (!first) return std::nullopt;
  return first->axes;
}

namespace {

/// Whether broadcasting to the output neither adds positions nor repeats any.
bool has_positions_of(const Shape& shape, const Node& node, int axes) {
  const Shape& to = node.outputs.front().shape;
  return !std::holds_alternative<Combine>(node.op) || axes == 0 ||
         (shape.size() == to.size() && std::equal(shape.begin(), shape.begin() + axes, to.begin()));
}

}  // namespace

bool Planner::same_at_positions(const Node& node, int axes) const {
  std::vector<TensorType> types;
  const std::size_t rank = node.outputs.front().shape.size();
  for (const Value& input : node.inputs) {
    types.push_back(graph_.type(input));
    if (!is_constant(input) && !has_positions_of(types.back().shape, node, axes)) return false;
    if (!is_constant(input)) continue;
    if (!at_position(std::get<Constant>(graph_.node(input.node).op), axes, rank)) return false;
  }
  return at_position(node, types, axes).has_value();
}

std::optional<std::size_t> Planner::shared_process(const Node& node, bool positions) const {
  std::optional<std::size_t> shared;
  for (const Value& input : node.inputs) {
    if (is_constant(input)) continue;
    const std::size_t home = homes_.at(input);
    const ProcessPlan& process = plan_.processes[home];
    const bool stands_there = (!positions || process.holds_positions()) && !process.collects();
    if (reshaped_.contains(input) || !stands_there || (shared && *shared != home))
      return std::nullopt;
    shared = home;
  }
  return shared;
}

std::size_t Planner::gather_inputs(const Node& node, const std::optional<Layout>& layout,
                                   int axes) {
  std::vector<Value> values;
  for (const Value& input : node.inputs)
    if (!is_constant(input) && std::ranges::find(values, input) == values.end())
      values.push_back(input);
  const auto wanted = [&](Value v) {
    return layout ? *layout : wide_layout(graph_.type(v).shape, axes);
  };
  std::vector<std::size_t> givers;
  for (const Value& value : values)
    givers.push_back(layout && is_single(value) ? repeat(value, *layout)
                                                : convert(value, wanted(value)));
  const bool one = values.size() == 1 && plan_.processes[givers.front()].holds(values.front());
  if (one && givers.front() != homes_.at(values.front())) return givers.front();
  std::vector<Transfer> takes;
  for (std::size_t i = 0; i < values.size(); ++i)
    takes.push_back({values[i], give(givers[i], values[i])});
  const std::size_t process =
      start(node.layer, "join", TakeFront{}, wanted(values.front()), values);
  plan_.processes[process].takes = std::move(takes);
  return process;
}

void Planner::place(NodeId id, std::size_t process) {
  plan_.processes[process].nodes.push_back(id);
  homes_[{id, 0}] = process;
}

Status Planner::plan_region(NodeId id) {
  const Node& node = graph_.node(id);
  const auto axes = common_axes(node);
  if (axes && same_at_positions(node, *axes)) {
    const auto parts = parts_for(node);
    auto process = shared_process(node, !parts);
    if (process && parts && plan_.processes[*process].layout != *parts) process.reset();
    if (!process) process = gather_inputs(node, parts, *axes);
    place(id, *process);
    return success();
  }
  std::int64_t words = node.outputs.front().size();
  for (const Value& input : node.inputs) words += graph_.type(input).size();
  if (words > most_parallel_words)
    return diagnose(DiagnosticId::NoHardware, node.layer, graph::name_of(node.op));
  place(id, gather_inputs(node, std::nullopt, 0));
  return success();
}

}  // namespace gatefold::lowering
