// A recurrence: the processes of its body work once a time step, and what a step leaves goes back
// through a channel.
#include "gatefold/lowering/planner.h"
#include "gatefold/support/assert.h"

namespace gatefold::lowering {

using namespace graph;

namespace {

/// The layouts of the states follow from the body, which follows from them: after this many rounds
/// they stand in all bodies known; else the last beats are converted.
constexpr int rehearsals = 2;

Layout inside(const Layout& sequence) { return {0, 1, sequence.groups}; }

Value input_of(const Graph& body, int index) {
  return {body.inputs()[static_cast<std::size_t>(index)], 0};
}

}  // namespace

Status Planner::plan_scan(NodeId id, const Scan& scan) {
  const Node& node = graph_.node(id);
  const int sequences = scan.sequence_inputs;
  const auto states = static_cast<int>(node.inputs.size()) - sequences;
  GATEFOLD_ASSERT(times_.empty(), "scans in the bodies of scans are unrolled before");
  for (int i = 0; i < sequences; ++i) house(node.inputs[static_cast<std::size_t>(i)]);
  std::vector<Layout> layouts;
  for (int i = 0; i < states; ++i)
    layouts.push_back(
        wide_layout(graph_.type(node.inputs[static_cast<std::size_t>(sequences + i)]).shape, 0));
  for (int round = 0; round < rehearsals; ++round) {
    NetworkPlan scratch = plan_;
    GATEFOLD_TRY(layouts, Planner(*this, scratch).place_scan(id, scan, layouts));
  }
  GATEFOLD_CHECK(place_scan(id, scan, layouts));
  return success();
}

Result<std::vector<Layout>> Planner::place_scan(NodeId id, const Scan& scan,
                                                const std::vector<Layout>& states) {
  const Node& node = graph_.node(id);
  const Graph& body = *scan.body;
  const int sequences = scan.sequence_inputs;
  std::vector<std::int64_t> times = times_;
  times.push_back(graph_.type(node.inputs.front()).shape.front());
  Planner inner(body, folds_, plan_, std::move(times));
  for (int i = 0; i < sequences; ++i)
    sequence_in(inner, input_of(body, i), node.inputs[static_cast<std::size_t>(i)], scan.reverse);
  const std::size_t feedback = plan_.channels;
  plan_.channels += states.size();
  for (std::size_t i = 0; i < states.size(); ++i) {
    const int at = sequences + static_cast<int>(i);
    state_in(inner, input_of(body, at), node.inputs[static_cast<std::size_t>(at)], states[i],
             {feedback + i, scan.stateful});
  }
  GATEFOLD_CHECK(inner.plan_nodes());
  const auto outputs = body.outputs();
  for (const Output& output : outputs) inner.house(output.value);
  for (int i = 0; i < scan.sequence_outputs; ++i)
    sequence_out(inner, outputs[static_cast<std::size_t>(i)].value, {id, i}, scan.reverse);
  std::vector<Layout> computed;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const int at = scan.sequence_outputs + static_cast<int>(i);
    const Value value = outputs[static_cast<std::size_t>(at)].value;
    computed.push_back(inner.layout_of(value));
    state_out(inner, value, {id, at}, states[i], {feedback + i, scan.stateful});
  }
  return computed;
}

void Planner::sequence_in(Planner& body, Value inner, Value outer, bool reverse) {
  const TensorType& type = graph_.type(outer);
  const std::string& layer = body.graph_.node(inner.node).layer;
  const Layout home = layout_of(outer);
  const Layout layout = home.axes == 1 ? home : wide_layout(type.shape, 1);
  std::size_t giver = convert(outer, layout);
  if (reverse) {
    const std::size_t channel = give(giver, outer);
    giver = start(layer, "reverse", ReverseFront{}, layout, {outer});
    plan_.processes[giver].takes.push_back({outer, channel});
  }
  const std::size_t channel = give(giver, outer);
  const std::size_t process = body.start(layer, "step", TakeFront{}, inside(layout), {inner});
  plan_.processes[process].takes.push_back({inner, channel});
}

void Planner::state_in(Planner& body, Value inner, Value initial, const Layout& layout,
                       const Feedback& feedback) {
  StateFront front{{}, feedback.is_stateful};
  std::vector<Transfer> takes;
  if (feedback.is_stateful) {
    const TensorType& type = graph_.type(initial);
    for (std::int64_t i = 0; i < type.size(); ++i) front.initial.push_back(type.range(i).low);
  } else if (is_constant(initial)) {
    front.initial = std::get<Constant>(graph_.node(initial.node).op).value.data;
  } else {
    takes.push_back({inner, give(convert(initial, layout), initial)});
  }
  takes.push_back({inner, feedback.channel});
  const std::size_t process =
      body.start(body.graph_.node(inner.node).layer, "state", std::move(front), layout, {inner});
  plan_.processes[process].takes = std::move(takes);
}

void Planner::sequence_out(Planner& body, Value inner, Value outer, bool reverse) {
  if (!is_read(outer)) return;
  const Layout home = body.layout_of(inner);
  const std::size_t channel = body.give(body.homes_.at(inner), inner);
  const Layout layout{1, body.times_.back(), home.groups};
  const std::string& layer = graph_.node(outer.node).layer;
  Front front = TakeFront{};
  if (reverse) front = ReverseFront{};
  const std::size_t process =
      start(layer, reverse ? "reverse" : "sequence", std::move(front), layout, {outer});
  plan_.processes[process].takes.push_back({outer, channel});
}

void Planner::state_out(Planner& body, Value inner, Value outer, const Layout& layout,
                        const Feedback& feedback) {
  const std::size_t giver = body.convert(inner, layout);
  if (is_read(outer)) {
    const std::size_t channel = body.give(giver, inner, Times::Last);
    const std::size_t process =
        start(graph_.node(outer.node).layer, "state", TakeFront{}, layout, {outer});
    plan_.processes[process].takes.push_back({outer, channel});
  }
  if (body.times_.back() == 1 && !feedback.is_stateful) return;
  const Times times = feedback.is_stateful ? Times::All : Times::AllButLast;
  const std::size_t spare = body.give(giver, inner, times);
  plan_.processes[giver].gives.back().channel = feedback.channel;
  plan_.channels = spare;
}

bool Planner::is_read(Value value) const {
  for (const Output& output : graph_.outputs())
    if (output.value == value) return true;
  return !read_by_outputs_alone(value);
}

}  // namespace gatefold::lowering
