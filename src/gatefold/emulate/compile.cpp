// Chooses lanes, places and steps for every value of a graph.
#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "gatefold/emulate/steps.h"
#include "gatefold/support/match.h"

namespace gatefold::emulate {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorType;
using graph::Value;
using Slots = std::vector<Slot>;

// Blocks this large keep their values in the second-level cache.
constexpr std::size_t block_bytes = std::size_t{1} << 17;

// Hands out places and takes them back: one free list for each lane.
class Places {
 public:
  Slot take(Lane lane) {
    auto& free = free_[static_cast<std::size_t>(lane)];
    if (free.empty()) return take_fresh(lane);
    const Slot slot{free.back(), lane};
    free.pop_back();
    return slot;
  }

  // For what is written before the first step.
  Slot take_fresh(Lane lane) {
    const Slot slot{end_, lane};
    end_ += bytes_of(lane);
    uses_.resize(end_ / bytes_of(Lane::Int16));
    GATEFOLD_ASSERT(end_ < std::numeric_limits<std::uint32_t>::max() / 2, "an arena's size");
    return slot;
  }

  void hold(Slot slot) { ++uses_[unit_of(slot)]; }
  void release(Slot slot) {
    if (--uses_[unit_of(slot)] == 0)
      free_[static_cast<std::size_t>(slot.lane)].push_back(slot.place);
  }
  std::uint32_t end() const { return end_; }

 private:
  static std::size_t unit_of(Slot slot) { return slot.place / bytes_of(Lane::Int16); }

  std::uint32_t end_ = 0;
  std::vector<std::uint32_t> free_[lane_count];
  std::vector<std::int64_t> uses_;  // of the values at each place, in units of the narrowest lane
};

class Compiler {
 public:
  Compiler(const Graph& graph, const Kernels& kernels, Keep keep)
      : graph_(graph), keep_(keep), values_(graph.nodes().size()) {
    plan_.kernels = &kernels;
  }

  Plan run() {
    find_deferred();
    find_last_uses();
    for (node_ = 0; node_ < graph_.nodes().size(); ++node_) compile_node();
    for (const graph::Output& output : graph_.outputs())
      plan_.outputs.push_back({output.value, slots(output.value)});
    if (keep_ == Keep::All) keep_values();
    plan_.bytes_per_sample = places_.end();
    plan_.work += work();
    while (plan_.block > block_step && plan_.block * plan_.bytes_per_sample > block_bytes)
      plan_.block /= 2;
    return std::move(plan_);
  }

 private:
  // A product is one operation, any other element about eight.
  std::int64_t work() const {
    std::int64_t total = 0;
    for (const Node& n : graph_.nodes()) {
      for (const TensorType& type : n.outputs) total += 8 * type.size();
      if (const auto* linear = std::get_if<graph::Linear>(&n.op)) {
        const std::int64_t nonzero =
            linear->weights.size() - std::ranges::count(linear->weights.data, std::int64_t{0});
        total += n.outputs[0].size() / n.outputs[0].shape.back() * nonzero;
      }
    }
    return total;
  }

  const Node& node() const { return graph_.nodes()[node_]; }
  const TensorType& in(std::size_t i) const { return graph_.type(node().inputs[i]); }
  const Kernels& kernels() const { return *plan_.kernels; }
  Slots& slots(Value v) {
    return values_[static_cast<std::size_t>(v.node.index)][static_cast<std::size_t>(v.output)];
  }

  static std::size_t index_of(Value v) { return static_cast<std::size_t>(v.node.index); }

  // A Linear (and functions on its encoding) whose only reader is one Quantize is computed there.
  void find_deferred() {
    deferred_.assign(graph_.nodes().size(), false);
    if (keep_ == Keep::All) return;
    std::vector<int> readers(graph_.nodes().size(), 0);
    for (const Node& n : graph_.nodes())
      for (const Value v : n.inputs) ++readers[index_of(v)];
    for (const graph::Output& output : graph_.outputs()) readers[index_of(output.value)] += 2;
    for (const Node& n : graph_.nodes()) {
      if (!std::holds_alternative<graph::Quantize>(n.op)) continue;
      std::vector<std::size_t> path{index_of(n.inputs[0])};
      while (is_free_map(path.back()) && readers[path.back()] == 1)
        path.push_back(index_of(graph_.nodes()[path.back()].inputs[0]));
      const auto* linear = std::get_if<graph::Linear>(&graph_.nodes()[path.back()].op);
      const bool sums = linear && fits_terms(*linear) && readers[path.back()] == 1;
      for (const std::size_t i : path) deferred_[i] = sums;
    }
  }

  bool is_free_map(std::size_t node) const {
    const auto* map = std::get_if<graph::Map>(&graph_.nodes()[node].op);
    return map && std::holds_alternative<graph::RealFunction>(map->function);
  }

  void find_last_uses() {
    const std::size_t count = graph_.nodes().size();
    std::vector<std::size_t> last_use(count);
    for (std::size_t i = count; i-- > 0;) {
      last_use[i] = std::max(last_use[i], i);
      const std::size_t reader = deferred_[i] ? last_use[i] : i;
      for (const Value v : graph_.nodes()[i].inputs)
        last_use[index_of(v)] = std::max(last_use[index_of(v)], reader);
    }
    for (const graph::Output& output : graph_.outputs()) last_use[index_of(output.value)] = count;
    dying_.resize(count + 1);
    for (std::size_t i = 0; i < count; ++i) dying_[last_use[i]].push_back(i);
  }

  void compile_node() {
    values_[node_].resize(node().outputs.size());
    if (!deferred_[node_]) std::visit([&](const auto& op) { compile(op); }, node().op);
    for (const Slots& value : values_[node_])
      for (const Slot slot : value) places_.hold(slot);
    if (keep_ == Keep::Outputs) release_values();
  }

  // Values that are read here for the last time, or by nobody.
  void release_values() {
    for (const std::size_t i : dying_[node_])
      for (const Slots& value : values_[i])
        for (const Slot slot : value) places_.release(slot);
  }

  void keep_values() {
    for (std::size_t i = 0; i < values_.size(); ++i)
      for (std::size_t output = 0; output < values_[i].size(); ++output)
        plan_.kept.push_back(
            {{graph::NodeId{static_cast<std::int32_t>(i)}, static_cast<int>(output)},
             values_[i][output]});
  }

  Slots new_slots(const TensorType& type) {
    Slots slots;
    for (std::int64_t i = 0; i < type.size(); ++i)
      slots.push_back(places_.take(lane_of(type.range(i))));
    return slots;
  }

  // Places of constants are never given back.
  Slot constant(std::int64_t value) {
    const auto [known, is_new] = constants_.try_emplace(value);
    if (is_new) {
      known->second = places_.take_fresh(lane_of(numeric::Interval::constant(value)));
      places_.hold(known->second);
      plan_.fills.push_back({known->second, value});
    }
    return known->second;
  }

  void compile(const graph::Input&) {
    const TensorType& type = node().outputs[0];
    Slots& all = values_[node_][0];
    for (std::int64_t i = 0; i < type.size(); ++i)
      all.push_back(places_.take_fresh(lane_of(type.range(i))));
    plan_.inputs.push_back({{graph::NodeId{static_cast<std::int32_t>(node_)}, 0}, all});
  }

  void compile(const graph::Constant& op) {
    for (const std::int64_t value : op.value.data) values_[node_][0].push_back(constant(value));
  }

  void compile(const graph::Rearrange& op) {
    std::vector<TensorType> types;
    for (const Value v : node().inputs) types.push_back(graph_.type(v));
    for (const graph::Source& s : graph::sources(op.wiring, types))
      values_[node_][0].push_back(s.input < 0 ? constant(s.value)
                                              : slots(node().inputs[static_cast<std::size_t>(
                                                    s.input)])[static_cast<std::size_t>(s.flat)]);
  }

  void compile(const graph::Linear& op) {
    if (!fits_terms(op)) return evaluate();
    Sums sums = sums_of(op, node().outputs[0], slots(node().inputs[0]));
    values_[node_][0] = new_slots(node().outputs[0]);
    for (std::size_t i = 0; i < sums.elements.size(); ++i)
      sums.elements[i].to = values_[node_][0][i];
    plan_.steps.push_back(sum_step(kernels(), std::move(sums)));
  }

  static bool fits_terms(const graph::Linear& op) {
    return std::ranges::all_of(op.weights.data, [](std::int64_t w) {
      return w >= std::numeric_limits<std::int32_t>::min() &&
             w <= std::numeric_limits<std::int32_t>::max();
    });
  }

  void compile(const graph::Quantize& op) {
    const auto functions = functions_of(op, in(0));
    std::size_t source = index_of(node().inputs[0]);
    if (!deferred_[source]) return compile_unary(functions);
    while (is_free_map(source)) source = index_of(graph_.nodes()[source].inputs[0]);
    const Node& linear = graph_.nodes()[source];
    Sums sums =
        sums_of(std::get<graph::Linear>(linear.op), linear.outputs[0], slots(linear.inputs[0]));
    values_[node_][0] = new_slots(node().outputs[0]);
    for (std::size_t i = 0; i < sums.elements.size(); ++i) {
      sums.elements[i].function = functions[i];
      sums.elements[i].to = values_[node_][0][i];
    }
    plan_.steps.push_back(sum_step(kernels(), std::move(sums)));
  }

  void compile_unary(const std::vector<UnaryPointer>& functions) {
    values_[node_][0] = new_slots(node().outputs[0]);
    const Slots &from = slots(node().inputs[0]), &to = values_[node_][0];
    std::vector<UnaryElement> elements;
    for (std::size_t i = 0; i < to.size(); ++i) elements.push_back({from[i], to[i], functions[i]});
    plan_.steps.push_back(unary_step(kernels(), std::move(elements)));
  }

  void compile(const graph::Map& op) {
    std::visit(
        Match{[&](const graph::RealFunction&) { values_[node_][0] = slots(node().inputs[0]); },
              [&](const auto& f) { compile_unary(functions_of(f, in(0))); }},
        op.function);
  }

  // The word that holds every operand and result.
  Lane word_of(const std::vector<CombineElement>& elements) const {
    Lane word = Lane::Int32;
    for (const CombineElement& e : elements) {
      word = std::max(word, e.to.lane);
      for (const Slot slot : e.from) word = std::max(word, slot.lane);
    }
    return word;
  }

  void combine(graph::CombineKind kind, std::vector<CombineElement> elements) {
    const Lane word = word_of(elements);
    plan_.steps.push_back(combine_step(kernels(), kind, word, std::move(elements)));
  }

  void compile(const graph::Combine& op) {
    const TensorType& type = node().outputs[0];
    values_[node_][0] = new_slots(type);
    std::vector<CombineElement> elements;
    for (std::int64_t i = 0; i < type.size(); ++i) {
      CombineElement element{{}, values_[node_][0][static_cast<std::size_t>(i)]};
      for (const Value v : node().inputs)
        element.from.push_back(slots(v)[broadcast_index(graph_.type(v).shape, type.shape, i)]);
      elements.push_back(std::move(element));
    }
    combine(op.kind, std::move(elements));
  }

  // The element of a tensor of shape `from` that element `flat` of the broadcast shape reads.
  static std::size_t broadcast_index(const numeric::Shape& from, const numeric::Shape& to,
                                     std::int64_t flat) {
    std::int64_t index = 0, stride = 1;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::int64_t position = flat % to[to.size() - 1 - i];
      flat /= to[to.size() - 1 - i];
      const std::int64_t extent = from[from.size() - 1 - i];
      if (extent > 1) index += position * stride;
      stride *= extent;
    }
    return static_cast<std::size_t>(index);
  }

  static graph::CombineKind merging(graph::ReduceKind kind) {
    switch (kind) {
      case graph::ReduceKind::Sum:
        return graph::CombineKind::Add;
      case graph::ReduceKind::Maximum:
      case graph::ReduceKind::Or:  // of 0 and 1
        return graph::CombineKind::Maximum;
      case graph::ReduceKind::Minimum:
      case graph::ReduceKind::And:
        return graph::CombineKind::Minimum;
    }
    GATEFOLD_ASSERT(false, "reduce kind");
  }

  void compile(const graph::Reduce& op) {
    numeric::Shape kept = in(0).shape;
    for (const int axis : op.axes) kept[static_cast<std::size_t>(axis)] = 1;
    values_[node_][0] = new_slots(node().outputs[0]);
    std::vector<CombineElement> elements;
    for (const Slot slot : values_[node_][0]) elements.push_back({{}, slot});
    const Slots& from = slots(node().inputs[0]);
    for (std::size_t i = 0; i < from.size(); ++i)
      elements[broadcast_index(kept, in(0).shape, static_cast<std::int64_t>(i))].from.push_back(
          from[i]);
    combine(merging(op.kind), std::move(elements));
  }

  void compile(const graph::Contract&) { evaluate(); }
  void compile(const graph::Order&) { evaluate(); }

  void compile(const graph::Scan& op) {
    std::vector<Slots> from;
    for (const Value v : node().inputs) from.push_back(slots(v));
    for (std::size_t i = 0; i < node().outputs.size(); ++i)
      values_[node_][i] = new_slots(node().outputs[i]);
    Plan body = emulate::compile(*op.body, kernels(), Keep::Outputs);
    plan_.block = std::min(plan_.block, body.block);
    plan_.work += body.work * in(0).shape[0];
    const std::size_t first_state = plan_.initial_states.size();
    for (auto s = static_cast<std::size_t>(op.sequence_inputs); op.stateful && s < from.size(); ++s)
      for (std::int64_t i = 0; i < in(s).size(); ++i)
        plan_.initial_states.push_back(in(s).range(i).low);
    plan_.steps.push_back(
        scan_step(op, std::move(body), std::move(from), values_[node_], first_state));
  }

  void evaluate() {
    std::vector<TensorType> types;
    std::vector<Slots> from;
    for (const Value v : node().inputs) {
      types.push_back(graph_.type(v));
      from.push_back(slots(v));
    }
    for (std::size_t i = 0; i < node().outputs.size(); ++i)
      values_[node_][i] = new_slots(node().outputs[i]);
    plan_.steps.push_back(
        evaluate_step(node().op, std::move(types), std::move(from), values_[node_]));
  }

  const Graph& graph_;
  Keep keep_;
  Plan plan_;
  Places places_;
  std::map<std::int64_t, Slot> constants_;
  std::vector<std::vector<Slots>> values_;  // [node][output]
  std::vector<bool> deferred_;
  std::vector<std::vector<std::size_t>> dying_;  // the nodes last read by each node
  std::size_t node_ = 0;
};

}  // namespace

Plan compile(const Graph& graph, const Kernels& kernels, Keep keep) {
  return Compiler(graph, kernels, keep).run();
}

}  // namespace gatefold::emulate
