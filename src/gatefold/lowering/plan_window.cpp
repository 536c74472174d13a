// Windows: whole ones from registers, or word by word from a memory for a matrix over time.
#include <algorithm>
#include <set>

#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"
#include "gatefold/lowering/streamed_window.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

/// Words of a window up to which its registers are smaller than the addresses of a memory.
constexpr std::int64_t few_words = 8;

/// The words of a streamed window, as elements of what the matrix reads: for each beat of a pixel
/// all places of the kernel.
Layout words_of(const Layout& pixels, std::int64_t positions, std::int64_t channels,
                const std::vector<std::int64_t>& elements) {
  Layout words{pixels.axes, positions, {}};
  const std::int64_t taps = static_cast<std::int64_t>(elements.size()) / channels;
  for (const auto& group : pixels.groups)
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      auto& beat = words.groups.emplace_back();
      for (const std::int64_t channel : group)
        beat.push_back(channel < 0 ? -1
                                   : elements[static_cast<std::size_t>(tap * channels + channel)]);
    }
  return words;
}

/// For each number of beats of a pixel the lanes that it needs at least.
std::set<std::size_t> fewest_lanes(std::int64_t channels) {
  std::set<std::size_t> lanes;
  for (std::int64_t beats = 1; beats <= channels; ++beats)
    lanes.insert(static_cast<std::size_t>((channels + beats - 1) / beats));
  return lanes;
}

}  // namespace

const Window* Planner::window_of(NodeId id) const {
  const auto* op = std::get_if<Rearrange>(&graph_.node(id).op);
  const auto* window = op == nullptr ? nullptr : std::get_if<Window>(&op->wiring);
  if (window == nullptr) return nullptr;
  const Value source = before_pad(graph_.node(id).inputs.front()).first;
  if (!is_stream(source) || reshaped_.contains(source)) return nullptr;
  return layout_of(source).axes == static_cast<int>(window->kernel.size()) ? window : nullptr;
}

std::pair<Value, const Pad*> Planner::before_pad(Value value) const {
  const Node& node = graph_.node(value.node);
  const auto* op = std::get_if<Rearrange>(&node.op);
  const auto* pad = op == nullptr ? nullptr : std::get_if<Pad>(&op->wiring);
  if (pad == nullptr || homes_.contains(value) || !is_stream(node.inputs.front()))
    return {value, nullptr};
  // Windows pad positions alone.
  const auto axes = static_cast<std::size_t>(layout_of(node.inputs.front()).axes);
  for (std::size_t i = axes; i < pad->before.size(); ++i)
    if (pad->before[i] != 0 || pad->after[i] != 0) return {value, nullptr};
  return {node.inputs.front(), pad};
}

WindowFront Planner::front_of(NodeId id, const Window& window) const {
  const Node& node = graph_.node(id);
  const auto [source, pad] = before_pad(node.inputs.front());
  const TensorType& in = graph_.type(source);
  const auto axes = static_cast<std::ptrdiff_t>(window.kernel.size());
  WindowFront front{{in.shape.begin(), in.shape.begin() + axes},
                    window.kernel,
                    window.strides,
                    window.dilations,
                    std::vector<std::int64_t>(window.kernel.size(), 0),
                    {node.outputs.front().shape.begin(), node.outputs.front().shape.begin() + axes},
                    0};
  if (pad != nullptr) {
    front.before = {pad->before.begin(), pad->before.begin() + axes};
    front.pad = pad->value;
  }
  return front;
}

Status Planner::plan_window(NodeId id, const Window& window) {
  if (const auto path = path_behind(id))
    if (const auto chosen = fold_of(*path); chosen && chosen->streamed_steps) {
      plan_streamed(*path, *chosen);
      return success();
    }
  if (plan_streamed_pool(id, window)) return success();
  const Node& node = graph_.node(id);
  const Value source = before_pad(node.inputs.front()).first;
  const int axes = static_cast<int>(window.kernel.size());
  const std::size_t channel =
      give(convert(source, wide_layout(graph_.type(source).shape, axes)), source);
  const std::size_t process = start(node.layer, "window", front_of(id, window),
                                    wide_layout(node.outputs.front().shape, axes), {{id, 0}});
  plan_.processes[process].takes.push_back({source, channel});
  return success();
}

/// The steps of the slowest process that a value comes through.
std::int64_t Planner::steps_before(std::size_t process) const {
  std::set<std::size_t> channels;
  std::int64_t steps = 1;
  for (std::size_t p = process + 1; p-- > 0;) {
    const ProcessPlan& plan = plan_.processes[p];
    const bool leads_here = std::ranges::any_of(
        plan.gives, [&](const Transfer& give) { return channels.contains(give.channel); });
    if (p != process && !leads_here) continue;
    steps = std::max(steps, plan.own_steps());
    for (const Transfer& take : plan.takes) channels.insert(take.channel);
  }
  return steps;
}

/// Where pixels come in beats, their windows are reduced beat by beat, if that takes no longer than
/// what comes before.
bool Planner::plan_streamed_pool(NodeId id, const Window& window) {
  const auto reader = only_reader({id, 0});
  const auto* pool = reader ? std::get_if<Reduce>(&graph_.node(*reader).op) : nullptr;
  const auto axes = static_cast<int>(window.kernel.size());
  if (pool == nullptr || !reduces(*pool, axes, axes)) return false;
  const Node& node = graph_.node(id);
  const Value source = before_pad(node.inputs.front()).first;
  const Layout pixels = layout_of(source);
  if (pixels.is_wide()) return false;
  const WindowFront whole = front_of(id, window);
  const auto streamed = stream_window(whole, static_cast<std::int64_t>(pixels.groups.size()),
                                      steps_before(homes_.at(source)) / product(times_));
  if (!streamed) return false;
  const Layout layout{axes, numeric::element_count(whole.outputs), pixels.groups};
  const std::size_t channel = give(homes_.at(source), source);
  const std::size_t process =
      start(graph_.node(*reader).layer, "window",
            StreamedWindowFront{*streamed, whole.pad, pool->kind}, layout, {{*reader, 0}});
  plan_.processes[process].takes.push_back({source, channel});
  homes_[{id, 0}] = process;
  return true;
}

std::optional<Planner::WindowPath> Planner::path_behind(NodeId window) const {
  std::optional<NodeId> reader = only_reader({window, 0});
  while (reader && std::holds_alternative<Rearrange>(graph_.node(*reader).op))
    reader = only_reader({*reader, 0});
  if (!reader || !std::holds_alternative<Linear>(graph_.node(*reader).op)) return std::nullopt;
  return path_before(*reader);
}

std::optional<Planner::WindowPath> Planner::path_before(NodeId matrix) const {
  WindowPath path;
  path.matrix = matrix;
  Value value = graph_.node(matrix).inputs.front();
  for (; only_reader(value); value = graph_.node(value.node).inputs.front()) {
    const auto* op = std::get_if<Rearrange>(&graph_.node(value.node).op);
    if (op == nullptr) return std::nullopt;
    if (std::holds_alternative<Window>(op->wiring)) break;
    if (!std::holds_alternative<Reshape>(op->wiring) &&
        !std::holds_alternative<Transpose>(op->wiring))
      return std::nullopt;
    path.wires.insert(path.wires.begin(), value.node);
  }
  path.window = value.node;
  const Window* window = window_of(path.window);
  if (window == nullptr || !only_reader(value)) return std::nullopt;
  return with_elements(std::move(path), *window);
}

std::optional<Planner::WindowPath> Planner::with_elements(WindowPath path,
                                                          const Window& window) const {
  const int axes = static_cast<int>(window.kernel.size());
  if (static_cast<int>(graph_.type({path.matrix, 0}).shape.size()) != axes + 1) return std::nullopt;
  path.front = front_of(path.window, window);
  const TensorType& type = graph_.type({path.window, 0});
  path.channels = type.shape.back();
  const std::vector<std::int64_t> words = wide_layout(type.shape, axes).groups.front();
  std::vector<std::int64_t> places = words;  // in a window, of each element
  for (const NodeId wire : path.wires) {
    const Node& node = graph_.node(wire);
    const std::vector<TensorType> types{graph_.type(node.inputs.front())};
    const auto op = at_position(node, types, axes);
    if (!op) return std::nullopt;
    const std::vector<TensorType> own{at_position(types.front(), axes)};
    std::vector<std::int64_t> moved;
    for (const Source& from : sources(std::get<Rearrange>(*op).wiring, own))
      moved.push_back(places[static_cast<std::size_t>(from.flat)]);
    places = std::move(moved);
  }
  path.elements.resize(words.size());
  for (std::size_t element = 0; element < words.size(); ++element)
    path.elements[static_cast<std::size_t>(places[element])] = static_cast<std::int64_t>(element);
  return path;
}

std::optional<Planner::WindowFold> Planner::fold_of(const WindowPath& path) const {
  const auto& linear = std::get<Linear>(graph_.node(path.matrix).op);
  const std::int64_t reuse = reuse_of(path.matrix);
  const auto words = static_cast<std::int64_t>(path.elements.size());
  const Value source = before_pad(graph_.node(path.window).inputs.front()).first;
  const bool picks = words == path.channels && layout_of(source).is_wide();
  if (reuse <= 1 || words <= few_words || picks) return std::nullopt;
  const Layout whole = wide_layout({words}, 0);
  std::vector<Layout> wide;
  // Parts of windows that are no parts of pixels are left out, for they need registers: so the
  // choice among the others is the same for any reuse, and more of it takes no more multipliers.
  const auto channels = static_cast<std::size_t>(path.channels);
  for (const std::size_t lanes : reachable_lanes(whole))
    if (lanes >= channels || channels % lanes == 0) wide.push_back(layout_for(whole, lanes));
  const Fold registers = choose_fold(linear, wide, goal_of(path.matrix)).value();
  // A window that keeps up with the slowest matrix that the reuse allows; else, rather than a whole
  // window of registers for as many multipliers, one that takes up to twice as long, as padding and
  // the rows before do. Fewer multipliers are no reason: more reuse would lose them again.
  const std::int64_t steps = numeric::element_count(path.front.outputs) * reuse;
  const auto in_time = streamed_fold_of(path, steps);
  if (in_time && in_time->fold.steps > 1 && in_time->fold.multipliers <= registers.multipliers)
    return in_time;
  const auto late = streamed_fold_of(path, 2 * steps);
  if (late && late->fold.steps > 1 && late->fold.multipliers == registers.multipliers) return late;
  return WindowFold{registers, std::nullopt};
}

std::optional<Planner::WindowFold> Planner::streamed_fold_of(const WindowPath& path,
                                                             std::int64_t most_steps) const {
  const auto& linear = std::get<Linear>(graph_.node(path.matrix).op);
  const Layout pixel = wide_layout({path.channels}, 0);
  std::vector<Layout> streamed;
  for (const std::size_t lanes : fewest_lanes(path.channels)) {
    const Layout pixels = chunked(pixel, path.channels, lanes);
    if (stream_window(path.front, static_cast<std::int64_t>(pixels.groups.size()), most_steps))
      streamed.push_back(words_of(pixels, 1, path.channels, path.elements));
  }
  const auto fold = choose_fold(linear, streamed, goal_of(path.matrix));
  if (!fold) return std::nullopt;
  return WindowFold{*fold, most_steps};
}

/// Beats of a pixel with as many lanes as the fold has banks: as the source gives its elements,
/// where that fold is as good for them, else in order.
Layout Planner::pixels_for(const WindowPath& path, Value source, const WindowFold& chosen) const {
  const auto& linear = std::get<Linear>(graph_.node(path.matrix).op);
  const Layout given = layout_of(source);
  const Fold& fold = chosen.fold;
  if (reachable_lanes(given).contains(fold.banks)) {
    Layout pixels = layout_for(given, fold.banks);
    const Layout words = words_of(pixels, 1, path.channels, path.elements);
    const auto beats = static_cast<std::int64_t>(pixels.groups.size());
    if (stream_window(path.front, beats, *chosen.streamed_steps) &&
        fits(linear, words, fold, reuse_of(path.matrix)))
      return pixels;
  }
  return chunked(given, path.channels, fold.banks);
}

void Planner::plan_streamed(const WindowPath& path, const WindowFold& chosen) {
  const Node& node = graph_.node(path.window);
  const Value source = before_pad(node.inputs.front()).first;
  const Layout pixels = pixels_for(path, source, chosen);
  const Layout words =
      words_of(pixels, numeric::element_count(path.front.outputs), path.channels, path.elements);
  const std::size_t channel = give(convert(source, pixels), source);
  const Node& matrix = graph_.node(path.matrix);
  const auto beats = static_cast<std::int64_t>(pixels.groups.size());
  const auto as_fast = stream_window(path.front, beats, words.positions * chosen.fold.steps);
  const StreamedWindow window =
      as_fast ? *as_fast : stream_window(path.front, beats, *chosen.streamed_steps).value();
  const std::size_t process =
      start(node.layer, "window", StreamedWindowFront{window, path.front.pad}, words,
            {matrix.inputs.front()});
  plan_.processes[process].takes.push_back({source, channel});
  homes_[{path.window, 0}] = process;
  for (const NodeId wire : path.wires) homes_[{wire, 0}] = process;
  start_fold(path.matrix, std::get<Linear>(matrix.op), chosen.fold, words);
}

}  // namespace gatefold::lowering
