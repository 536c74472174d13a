#include <algorithm>

#include "gatefold/lowering/elements.h"
#include "gatefold/lowering/fronts.h"
#include "gatefold/lowering/network.h"
#include "gatefold/lowering/planner.h"
#include "gatefold/lowering/position.h"
#include "gatefold/support/match.h"

namespace gatefold::lowering {

using namespace graph;
using hardware::ChannelId;

namespace {

/// The loop over the time steps of the innermost recurrence, where these are several.
int time_loop(const ProcessPlan& plan) {
  return static_cast<int>(std::ranges::count_if(plan.times, [](auto times) { return times > 1; })) -
         1;
}

/// The nodes of a process as a graph of one position.
struct Region {
  Graph graph;
  std::map<Value, Value> local;
};

class Builder {
 public:
  Builder(const Graph& graph, const NetworkPlan& plan, const LoweringOptions& options,
          const std::map<std::string, DspFactors>& dsps)
      : plan_(plan), options_(options), dsps_(dsps), channels_(plan.channels) {
    design_.name = graph.name;
  }

  Result<hardware::Design> run() {
    Diagnostics errors;
    for (const ProcessPlan& process : plan_.processes) {
      design_.processes.emplace_back().name = process.layer + " " + process.purpose;
      if (!is_fed(process)) {
        GATEFOLD_ASSERT(!errors.empty(), "only behind a refused process is one not fed");
        continue;
      }
      if (const Status built = build_process(process); !built.ok())
        errors.insert(errors.end(), built.errors().begin(), built.errors().end());
    }
    if (!errors.empty()) return errors;
    for (const OutputPlan& output : plan_.outputs)
      design_.outputs.push_back(
          {output.name, channels_[output.channel], output.shape, output.axes});
    return std::move(design_);
  }

 private:
  /// Whether all processes that it takes from are built. The last take of a state is its feedback,
  /// which comes later, or never where there is one time step.
  bool is_fed(const ProcessPlan& plan) const {
    const auto end = plan.takes.end() - (std::holds_alternative<StateFront>(plan.front) ? 1 : 0);
    return std::all_of(plan.takes.begin(), end,
                       [&](const Transfer& take) { return channels_[take.channel].valid(); });
  }

  Status build_process(const ProcessPlan& plan) {
    const std::size_t index = design_.processes.size() - 1;
    Region region;
    Lowerer lowerer(region.graph, options_of(plan.layer), design_, index);
    lowerer.enter_layer(plan.layer, plan.purpose);
    const FrontWords front = build_front(lowerer, plan);
    std::map<Value, Words> words;
    for (std::size_t k = 0; k < plan.front_values.size(); ++k)
      words[plan.front_values[k]] = front.values[k];
    if (plan.holds_positions()) {
      GATEFOLD_CHECK(fill(region, lowerer, plan, words));
      GATEFOLD_CHECK(lowerer.run());
      for (const auto& [value, local] : region.local) words[value] = lowerer.words(local);
    } else {
      GATEFOLD_CHECK(lower_elements(lowerer, *plan.graph, plan, front.group, words));
    }
    for (const Transfer& transfer : plan.gives)
      give(lowerer, plan, transfer, part_of(words.at(transfer.value), transfer.part.lanes),
           when_of(front, transfer.part));
    return success();
  }

  LoweringOptions options_of(const std::string& layer) const {
    LoweringOptions options = options_;
    if (const auto own = dsps_.find(layer); own != dsps_.end()) options.dsp = own->second;
    return options;
  }

  FrontWords build_front(Lowerer& lowerer, const ProcessPlan& plan) {
    if (const auto* state = std::get_if<StateFront>(&plan.front);
        state != nullptr && (plan.own_times() > 1 || state->is_stateful))
      open_feedback(plan, *state);
    for (const std::int64_t times : plan.times)
      if (times > 1) add_loop(lowerer, "time", times);
    std::vector<ChannelId> takes;
    for (const Transfer& transfer : plan.takes) takes.push_back(channels_[transfer.channel]);
    return std::visit(
        Match{[&](const PortFront& front) {
                const TensorType& type = plan.graph->type(plan.front_values.front());
                return build(lowerer, front, plan, at_position(type, plan.layout.axes));
              },
              [&](const TakeFront& front) { return build(lowerer, front, plan, takes); },
              [&](const WindowFront& front) { return build(lowerer, front, takes); },
              [&](const StreamedWindowFront& front) { return build(lowerer, front, takes); },
              [&](const FoldFront& front) { return build(lowerer, front, plan, takes); },
              [&](const ProductFront& front) { return build(lowerer, front, takes); },
              [&](const ConvertFront& front) { return build(lowerer, front, takes); },
              [&](const ReduceFront& front) { return build(lowerer, front, plan, takes); },
              [&](const ReduceElementsFront& front) { return build(lowerer, front, takes); },
              [&](const BestElementFront& front) { return build(lowerer, front, takes); },
              [&](const RepeatFront& front) { return build(lowerer, front, plan, takes); },
              [&](const ChainFront& front) { return build(lowerer, front, plan, takes); },
              [&](const StateFront& front) {
                return build(lowerer, front, plan, time_loop(plan), takes);
              },
              [&](const ReverseFront& front) { return build(lowerer, front, plan, takes); }},
        plan.front);
  }

  /// The region's graph on the ranges that the front's words have in every step.
  Status fill(Region& region, Lowerer& lowerer, const ProcessPlan& plan,
              const std::map<Value, Words>& words) {
    const int axes = plan.layout.axes;
    for (const Value& value : plan.front_values) {
      TensorType type = at_position(plan.graph->type(value), axes);
      type.ranges.clear();
      for (const ValueId word : words.at(value)) type.ranges.push_back(lowerer.range(word));
      region.local[value] = region.graph.add_given(std::move(type), plan.layer);
      lowerer.seed(region.local[value], words.at(value));
    }
    for (const NodeId id : plan.nodes) GATEFOLD_CHECK(add_node(region, *plan.graph, id, axes));
    for (const Transfer& transfer : plan.gives)
      region.graph.add_output("", region.local.at(transfer.value));
    return success();
  }

  Status add_node(Region& region, const Graph& graph, NodeId id, int axes) {
    const Node& node = graph.node(id);
    Value& result = region.local[{id, 0}];
    if (std::holds_alternative<Constant>(node.op)) {
      GATEFOLD_TRY(result, region.graph.add(node.op, {}, node.layer));
      return success();
    }
    std::vector<Value> inputs;
    std::vector<TensorType> types;
    for (const Value& input : node.inputs) {
      types.push_back(graph.type(input));
      const Node& source = graph.node(input.node);
      const auto* constant = std::get_if<Constant>(&source.op);
      if (constant != nullptr && !region.local.contains(input)) {
        const auto own = at_position(*constant, axes, node.outputs.front().shape.size());
        GATEFOLD_TRY(region.local[input], region.graph.add(own.value(), {}, source.layer));
      }
      inputs.push_back(region.local.at(input));
    }
    if (changes_nothing(node, types.front())) {
      result = inputs.front();
      return success();
    }
    auto op = at_position(node, types, axes);
    GATEFOLD_TRY(inputs.front(),
                 into_domain(region, *op, inputs.front(), types.front(), node.layer));
    GATEFOLD_TRY(result, region.graph.add(std::move(op.value()), std::move(inputs), node.layer));
    return success();
  }

  /// As a ReLU of what is never negative, which words may be in other steps.
  static bool changes_nothing(const Node& node, const TensorType& in) {
    const auto* map = std::get_if<Map>(&node.op);
    return map != nullptr && std::holds_alternative<RealFunction>(map->function) &&
           node.outputs.front() == in;
  }

  static bool takes_all(const Op& op, const TensorType& in) {
    if (const auto* quantize = std::get_if<Quantize>(&op)) return is_defined_on(*quantize, in);
    const auto* map = std::get_if<Map>(&op);
    const auto* table = map == nullptr ? nullptr : std::get_if<Table>(&map->function);
    if (table == nullptr) return true;
    const auto size = static_cast<std::int64_t>(table->entries.values.front().size());
    return in.range().low >= table->first && in.range().high < table->first + size;
  }

  /// The value, clamped to the ranges of the model's tensor where the op is not defined beyond.
  static Result<Value> into_domain(Region& region, const Op& op, Value value,
                                   const TensorType& type, const std::string& layer) {
    if (takes_all(op, region.graph.type(value))) return value;
    const Interval range = type.range();
    GATEFOLD_TRY(const Value inside,
                 region.graph.add(Map{Clamp{range.low, range.high}}, {value}, layer));
    if (takes_all(op, region.graph.type(inside))) return inside;
    return diagnose(DiagnosticId::NoHardware, layer, graph::name_of(op));
  }

  static Words part_of(const Words& words, const std::vector<std::size_t>& lanes) {
    if (lanes.empty()) return words;
    Words part;
    for (const std::size_t lane : lanes) part.push_back(words[lane]);
    return part;
  }

  static hardware::When when_of(const FrontWords& front, const Part& part) {
    hardware::When when = front.when;
    if (part.groups.empty()) return when;
    GATEFOLD_ASSERT(!front.turns.counts.empty(), "a part of the beats goes by a loop's counts");
    hardware::CountRange chosen{front.turns.loop};
    for (const std::int64_t group : part.groups)
      chosen.counts.push_back(front.turns.counts[static_cast<std::size_t>(group)]);
    when.push_back(std::move(chosen));
    return when;
  }

  /// The channel of a state, which its process mostly takes from before its giver is built.
  void open_feedback(const ProcessPlan& plan, const StateFront& front) {
    if (channels_[plan.takes.back().channel].valid()) return;
    const TensorType& type = plan.graph->type(plan.front_values.front());
    const auto& groups = plan.layout.groups;
    std::vector<Interval> ranges(plan.layout.lanes(), Interval::constant(0));
    for (std::size_t lane = 0; lane < ranges.size(); ++lane)
      for (const auto& group : groups)
        if (group[lane] >= 0) ranges[lane] = numeric::hull(ranges[lane], type.range(group[lane]));
    for (Interval& range : ranges) range.zeros = 0;  // `within` promises no more
    channels_[plan.takes.back().channel] = add_channel(plan.layer, std::move(ranges));
    for (const auto& group : groups)
      if (front.is_stateful)
        design_.channels.back().initial.push_back(beat_of(front.initial, group));
  }

  static std::vector<std::int64_t> beat_of(const std::vector<std::int64_t>& elements,
                                           const std::vector<std::int64_t>& group) {
    std::vector<std::int64_t> beat;
    for (const std::int64_t element : group)
      beat.push_back(element < 0 ? 0 : elements[static_cast<std::size_t>(element)]);
    return beat;
  }

  ChannelId add_channel(const std::string& name, std::vector<Interval> ranges) {
    design_.channels.push_back({name, std::move(ranges), {}});
    return {static_cast<std::int32_t>(design_.channels.size() - 1)};
  }

  void give(Lowerer& lowerer, const ProcessPlan& plan, const Transfer& transfer, const Words& words,
            hardware::When when) {
    ChannelId& channel = channels_[transfer.channel];
    std::vector<Interval> ranges;
    for (const ValueId word : words) ranges.push_back(lowerer.range(word));
    Words given = words;
    if (channel.valid())
      for (std::size_t k = 0; k < words.size(); ++k)
        given[k] = within(lowerer, words[k], channel_words(channel)[k]);
    else
      channel = add_channel(plan.graph->node(transfer.value.node).layer, std::move(ranges));
    const std::int64_t times = plan.own_times();
    if (times > 1 && transfer.times == Times::AllButLast)
      when.push_back(range_of_counts(time_loop(plan), 0, times - 1));
    if (times > 1 && transfer.times == Times::Last)
      when.push_back(range_of_counts(time_loop(plan), times - 1, times));
    lowerer.process().gives.push_back({channel, std::move(given), std::move(when)});
  }

  const std::vector<Interval>& channel_words(ChannelId channel) const {
    return design_.channels[static_cast<std::size_t>(channel.index)].words;
  }

  /// A word that lies in the range in the steps that give it. In others it may be another output
  /// of a lane, or a sum that is not whole.
  static ValueId within(Lowerer& lowerer, ValueId word, const Interval& range) {
    if (range.contains(lowerer.range(word))) return word;
    const auto type = numeric::FixedType::holding(range);
    return range.contains(type.range()) ? lowerer.wrap(word, type.width, type.is_signed)
                                        : lowerer.clamp(word, range);
  }

  const NetworkPlan& plan_;
  const LoweringOptions& options_;
  const std::map<std::string, DspFactors>& dsps_;  // of layers that differ from the options
  hardware::Design design_;
  std::vector<ChannelId> channels_;
};

}  // namespace

Result<hardware::Design> build_network(const Graph& graph, const NetworkPlan& plan,
                                       const LoweringOptions& options,
                                       const std::map<std::string, DspFactors>& dsps) {
  return Builder(graph, plan, options, dsps).run();
}

Result<hardware::Design> lower_network(const Graph& graph, const LoweringOptions& options,
                                       const Folds& folds) {
  GATEFOLD_TRY(const NetworkPlan plan, plan_network(graph, folds));
  return build_network(graph, plan, options, folds.dsps);
}

Result<NetworkPlan> plan_network(const Graph& graph, const Folds& folds) {
  NetworkPlan plan;
  GATEFOLD_CHECK(Planner(graph, folds, plan, {}).run());
  return plan;
}

}  // namespace gatefold::lowering
