// scan: a body graph over the first axis, with state.
#include <algorithm>
#include <fmt/format.h>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/run.h"

namespace gatefold::graph {
namespace {

std::size_t state_count(const Scan& op, std::size_t inputs) {
  return inputs - static_cast<std::size_t>(op.sequence_inputs);
}

std::string structure_error(const Scan& op, std::size_t inputs) {
  if (!op.body) return "it has no body";
  if (op.sequence_inputs < 1 || static_cast<std::size_t>(op.sequence_inputs) > inputs)
    return "it needs at least one sequence";
  if (op.body->inputs().size() != inputs)
    return fmt::format("the body takes {} inputs, not {}", op.body->inputs().size(), inputs);
  const std::size_t outputs =
      state_count(op, inputs) + static_cast<std::size_t>(std::max(op.sequence_outputs, 0));
  if (op.sequence_outputs < 0 || op.body->outputs().size() != outputs || outputs == 0)
    return fmt::format("the body gives {} outputs, not {}", op.body->outputs().size(), outputs);
  if (is_stateful(*op.body))
    return "its body holds a stateful scan: make the states those of the outer one";
  return "";
}

// One step of a sequence: the range over all steps.
TensorType hull_of_steps(const TensorType& x) {
  TensorType step{Shape(x.shape.begin() + 1, x.shape.end()), {}, {}};
  const std::int64_t size = step.size();
  std::vector<std::int64_t> first;
  for (std::int64_t i = 0; i < size; ++i) first.push_back(i);
  step.encoding = gather(x.encoding, x.shape, step.shape, first);
  if (x.ranges.size() == 1) {
    step.ranges = x.ranges;
    return step;
  }
  for (std::int64_t i = 0; i < size; ++i) {
    Interval all = x.range(i);
    for (std::int64_t t = 1; t < x.shape[0]; ++t) all = numeric::hull(all, x.range(t * size + i));
    step.ranges.push_back(all);
  }
  step.ranges = collapsed(std::move(step.ranges), step.shape);
  return step;
}

bool is_same_at_every_step(const TensorType& x, const TensorType& step) {
  std::vector<std::int64_t> flats;
  for (std::int64_t i = 0; i < x.size(); ++i) flats.push_back(i % step.size());
  return gather(step.encoding, step.shape, x.shape, flats) == x.encoding;
}

// Whether every value of `given` may enter where `taken` is declared.
std::string port_error(const TensorType& given, const TensorType& taken) {
  if (given.shape != taken.shape || !(given.encoding == taken.encoding))
    return fmt::format("{} enters the body as {}", given.to_string(), taken.to_string());
  for (std::int64_t i = 0; i < given.size(); ++i)
    if (!taken.range(i).contains(given.range(i)))
      return fmt::format("{} enters the body as {}", given.range(i).to_string(),
                         taken.range(i).to_string());
  return "";
}

TensorType repeated(const TensorType& step, std::int64_t count) {
  TensorType all{step.shape, {}, {}};
  all.shape.insert(all.shape.begin(), count);
  std::vector<std::int64_t> flats;
  for (std::int64_t i = 0; i < all.size(); ++i) flats.push_back(i % step.size());
  all.encoding = gather(step.encoding, step.shape, all.shape, flats);
  all.ranges = step.ranges;
  return all;
}

Result<std::int64_t> sequence_length(const Scan& op, Types inputs, const std::string& layer) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(op.sequence_inputs); ++i) {
    const Shape& shape = inputs[i].shape;
    if (shape.empty() || shape[0] != inputs[0].shape[0])
      return malformed(op, "its sequences differ in length", layer);
  }
  return inputs[0].shape[0];
}

Status check_inputs(const Scan& op, Types inputs, const std::string& layer) {
  const auto ports = op.body->inputs();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const TensorType& port = op.body->type({ports[i], 0});
    const bool is_sequence = i < static_cast<std::size_t>(op.sequence_inputs);
    const TensorType given = is_sequence ? hull_of_steps(inputs[i]) : inputs[i];
    if (is_sequence && !is_same_at_every_step(inputs[i], given))
      return malformed(op, "a sequence changes its encoding from step to step", layer);
    if (const std::string error = port_error(given, port); !error.empty())
      return malformed(op, error, layer);
  }
  return success();
}

bool is_known(const TensorType& type) {
  return std::ranges::all_of(type.ranges, [](const Interval& r) { return r.is_constant(); });
}

Status check_states(const Scan& op, Types inputs, const std::string& layer) {
  const auto ports = op.body->inputs();
  for (std::size_t s = 0; s < state_count(op, inputs.size()); ++s) {
    if (op.stateful && !is_known(inputs[static_cast<std::size_t>(op.sequence_inputs) + s]))
      return malformed(op, "an initial state of a stateful scan is no constant", layer);
    const auto& next = op.body->outputs()[static_cast<std::size_t>(op.sequence_outputs) + s];
    const TensorType& port =
        op.body->type({ports[static_cast<std::size_t>(op.sequence_inputs) + s], 0});
    if (const std::string error = port_error(op.body->type(next.value), port); !error.empty())
      return malformed(op, error, layer);
  }
  return success();
}

IntTensor step_of(const IntTensor& sequence, std::int64_t t) {
  const std::int64_t size = sequence.size() / sequence.shape[0];
  const auto first = sequence.data.begin() + t * size;
  return {Shape(sequence.shape.begin() + 1, sequence.shape.end()), {first, first + size}};
}

IntTensor empty_sequence(const TensorType& step, std::int64_t length) {
  IntTensor all{step.shape,
                std::vector<std::int64_t>(static_cast<std::size_t>(step.size() * length))};
  all.shape.insert(all.shape.begin(), length);
  return all;
}

}  // namespace

Result<std::vector<TensorType>> infer_scan(const Scan& op, Types inputs, const std::string& layer) {
  if (const std::string error = structure_error(op, inputs.size()); !error.empty())
    return malformed(op, error, layer);
  GATEFOLD_TRY(const std::int64_t length, sequence_length(op, inputs, layer));
  GATEFOLD_CHECK(check_inputs(op, inputs, layer));
  GATEFOLD_CHECK(check_states(op, inputs, layer));
  std::vector<TensorType> types;
  for (const Output& output : op.body->outputs()) {
    const TensorType& step = op.body->type(output.value);
    const bool is_sequence = types.size() < static_cast<std::size_t>(op.sequence_outputs);
    if (is_sequence && step.size() > max_elements / length)
      return diagnose(DiagnosticId::TensorTooLarge, layer, "scan", max_elements);
    types.push_back(is_sequence ? repeated(step, length) : step);
  }
  return types;
}

std::vector<IntTensor> evaluate_scan(const Scan& op, Tensors inputs) {
  const std::int64_t length = inputs[0].shape[0];
  const auto sequences = static_cast<std::size_t>(op.sequence_inputs);
  const auto stacked = static_cast<std::size_t>(op.sequence_outputs);
  std::vector<IntTensor> states(inputs.begin() + op.sequence_inputs, inputs.end());
  std::vector<IntTensor> results;
  for (std::size_t i = 0; i < stacked; ++i)
    results.push_back(empty_sequence(op.body->type(op.body->outputs()[i].value), length));
  for (std::int64_t k = 0; k < length; ++k) {
    const std::int64_t t = op.reverse ? length - 1 - k : k;
    std::vector<IntTensor> arguments;
    for (std::size_t i = 0; i < sequences; ++i) arguments.push_back(step_of(inputs[i], t));
    arguments.insert(arguments.end(), states.begin(), states.end());
    const std::vector<IntTensor> outputs = run_reference(*op.body, arguments);
    for (std::size_t i = 0; i < stacked; ++i)
      std::ranges::copy(outputs[i].data, results[i].data.begin() + t * outputs[i].size());
    states.assign(outputs.begin() + op.sequence_outputs, outputs.end());
  }
  results.insert(results.end(), states.begin(), states.end());
  return results;
}

}  // namespace gatefold::graph
