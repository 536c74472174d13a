#include "gatefold/passes/unroll_scans.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gatefold/passes/rewrite.h"
#include "gatefold/support/interrupt.h"

namespace gatefold::passes {
namespace {

using graph::Rearrange;
using graph::Scan;
using graph::Shape;

/// One step of a sequence, without the axis of time.
Result<Value> step_of(Rewriter& to, Value sequence, std::int64_t time, const std::string& layer) {
  const Shape shape = to.graph().type(sequence).shape;
  graph::Slice slice{std::vector<std::int64_t>(shape.size(), 0),
                     std::vector<std::int64_t>(shape.size(), 1), shape};
  slice.starts.front() = time;
  slice.extents.front() = 1;
  GATEFOLD_TRY(const Value step, to.add(Rearrange{slice}, {sequence}, layer));
  return to.add(Rearrange{graph::Reshape{{shape.begin() + 1, shape.end()}}}, {step}, layer);
}

/// The sequence of these steps, in the order of time.
Result<Value> sequence_of(Rewriter& to, const std::vector<Value>& steps, const std::string& layer) {
  Shape shape = to.graph().type(steps.front()).shape;
  shape.insert(shape.begin(), 1);
  std::vector<Value> parts;
  for (const Value step : steps) {
    GATEFOLD_TRY(const Value part, to.add(Rearrange{graph::Reshape{shape}}, {step}, layer));
    parts.push_back(part);
  }
  return to.add(Rearrange{graph::Concatenate{0}}, std::move(parts), layer);
}

/// A copy of the body on these values of its inputs; the values of its outputs.
Result<std::vector<Value>> add_copy(Rewriter& to, const Graph& body,
                                    const std::vector<Value>& arguments) {
  std::vector<std::vector<Value>> values;
  auto argument = arguments.begin();
  const auto fresh = [&](Value v) {
    return values[at(v.node)][static_cast<std::size_t>(v.output)];
  };
  for (const Node& node : body.nodes()) {
    auto& own = values.emplace_back();
    if (as<graph::Input>(node) != nullptr) {
      own.push_back(*argument++);
      continue;
    }
    std::vector<Value> inputs;
    for (const Value v : node.inputs) inputs.push_back(fresh(v));
    GATEFOLD_TRY(const Value copy, to.add(node.op, std::move(inputs), node.layer));
    for (int i = 0; i < static_cast<int>(node.outputs.size()); ++i) own.push_back({copy.node, i});
  }
  std::vector<Value> outputs;
  for (const graph::Output& output : body.outputs()) outputs.push_back(fresh(output.value));
  return outputs;
}

/// What the body takes in one step.
Result<std::vector<Value>> step_of(Rewriter& to, const std::vector<Value>& sequences,
                                   std::int64_t time, const std::string& layer) {
  std::vector<Value> arguments;
  for (const Value sequence : sequences) {
    GATEFOLD_TRY(const Value step, step_of(to, sequence, time, layer));
    arguments.push_back(step);
  }
  return arguments;
}

Status unroll(Rewriter& to, NodeId id, const Scan& scan) {
  const Node& node = to.old().node(id);
  GATEFOLD_TRY(const Graph body, unroll_scans(*scan.body));
  const std::vector<Value> inputs = to(node.inputs);
  const std::int64_t length = to.graph().type(inputs.front()).shape.front();
  const std::vector<Value> read(inputs.begin(), inputs.begin() + scan.sequence_inputs);
  std::vector<Value> states(inputs.begin() + scan.sequence_inputs, inputs.end());
  std::vector<std::vector<Value>> sequences(static_cast<std::size_t>(scan.sequence_outputs),
                                            std::vector<Value>(static_cast<std::size_t>(length)));
  for (std::int64_t step = 0; step < length; ++step) {
    GATEFOLD_CHECK(check_interrupt());
    const std::int64_t time = scan.reverse ? length - 1 - step : step;
    GATEFOLD_TRY(std::vector<Value> arguments, step_of(to, read, time, node.layer));
    arguments.insert(arguments.end(), states.begin(), states.end());
    GATEFOLD_TRY(const auto outputs, add_copy(to, body, arguments));
    for (std::size_t i = 0; i < sequences.size(); ++i)
      sequences[i][static_cast<std::size_t>(time)] = outputs[i];
    states.assign(outputs.begin() + scan.sequence_outputs, outputs.end());
  }
  int output = 0;
  for (const auto& steps : sequences) {
    GATEFOLD_TRY(const Value sequence, sequence_of(to, steps, node.layer));
    to.map({id, output++}, sequence);
  }
  for (const Value state : states) to.map({id, output++}, state);
  return success();
}

/// Each layer once: a bidirectional one has a scan for each direction.
Status check_states(const Graph& graph) {
  Diagnostics problems;
  for (const Node& node : graph.nodes()) {
    const auto* scan = as<Scan>(node);
    if (scan == nullptr || !scan->stateful) continue;
    const Diagnostic problem = diagnose(DiagnosticId::StatefulInParallel, node.layer);
    if (std::ranges::find(problems, problem) == problems.end()) problems.push_back(problem);
  }
  return problems.empty() ? success() : Status(problems);
}

}  // namespace

Result<Graph> unroll_scans(const Graph& graph) {
  GATEFOLD_CHECK(check_states(graph));
  return rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const auto* scan = as<Scan>(graph.node(id));
    if (scan == nullptr) return false;
    GATEFOLD_CHECK(unroll(to, id, *scan));
    return true;
  });
}

Result<Graph> unroll_inner_scans(const Graph& graph) {
  return rewrite(graph, [&](Rewriter& to, NodeId id) -> Result<bool> {
    const auto* scan = as<Scan>(graph.node(id));
    if (scan == nullptr) return false;
    Scan flat = *scan;
    GATEFOLD_TRY(Graph body, unroll_scans(*scan->body));
    flat.body = std::make_shared<const Graph>(std::move(body));
    GATEFOLD_CHECK(to.replace(id, std::move(flat)));
    return true;
  });
}

}  // namespace gatefold::passes
