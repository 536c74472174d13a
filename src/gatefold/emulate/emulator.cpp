#include "gatefold/emulate/emulator.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "gatefold/emulate/block_io.h"
#include "gatefold/emulate/blocks.h"
#include "gatefold/emulate/trace_names.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::emulate {
namespace {

using numeric::IntTensor;
using numeric::RealTensor;

// Numbers rounded between two looks at the interrupt.
constexpr std::size_t quantized_at_once = 4096;

struct InputPort {
  graph::TensorType type;
  PortQuantizer quantizer;
};

struct OutputPort {
  graph::TensorType type;
  graph::HostFunction host;
  Decoder decoder;
};

numeric::Shape batch_shape(std::int64_t samples, numeric::Shape shape) {
  shape.insert(shape.begin(), samples);
  return shape;
}

void read_outputs(const Kernels& kernels, const Block& block, const PlacedValue& value,
                  const OutputPort& port, double* rows, std::size_t count) {
  const std::size_t size = value.slots.size();
  read_real(kernels, block, value, port.decoder, rows, count);
  if (port.host == graph::HostFunction::Softmax)
    for (std::size_t i = 0; i < count; ++i) softmax({rows + i * size, size});
}

}  // namespace

struct Emulator::Program {
  Program(const graph::Graph& from, int asked_threads, const Kernels& set)
      : graph(from),
        kernels(set),
        plan(compile(graph, kernels, Keep::Outputs)),
        threads(asked_threads > 0
                    ? asked_threads
                    : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {
    for (const graph::NodeId id : graph.inputs()) {
      const auto& op = std::get<graph::Input>(graph.node(id).op);
      inputs.push_back({graph.node(id).outputs[0], PortQuantizer(op)});
      input_names.push_back({op.name, op.shape});
    }
    for (const graph::Output& output : graph.outputs()) {
      const graph::TensorType& type = graph.type(output.value);
      outputs.push_back({type, output.host, Decoder(type)});
      output_names.push_back({output.name, type.shape});
    }
  }

  const States& checked(const States& states) const {
    GATEFOLD_ASSERT(states.words.size() == plan.initial_states.size(), "states of this emulator");
    return states;
  }

  const Plan& trace_plan() const {
    std::call_once(trace_once_, [this] { trace_plan_ = compile(graph, kernels, Keep::All); });
    return trace_plan_;
  }

  // Each port's tensor in port order, and the number of samples.
  template <typename Tensor>
  Result<std::vector<const Tensor*>> arrange(const std::map<std::string, Tensor>& batch) const;
  template <typename Real>
  Status check_reals(const Real* rows, std::size_t port, std::int64_t samples) const;
  Status check_raws(const IntTensor& tensor, std::size_t port) const;
  Result<std::vector<const IntTensor*>> arrange_raw(const RawBatch& batch) const;
  template <typename Real>
  Status predict(std::span<const Real* const> rows, std::int64_t samples,
                 std::span<double* const> results, States& states) const;
  template <typename Real>
  Result<RealBatch> predict(const Views<Real>& batch, States& states) const;

  graph::Graph graph;
  const Kernels& kernels;
  Plan plan;
  int threads;
  std::vector<InputPort> inputs;
  std::vector<OutputPort> outputs;
  std::vector<Port> input_names, output_names;

 private:
  mutable std::once_flag trace_once_;
  mutable Plan trace_plan_;
};

template <typename Tensor>
Result<std::vector<const Tensor*>> Emulator::Program::arrange(
    const std::map<std::string, Tensor>& batch) const {
  Diagnostics errors;
  std::vector<const Tensor*> tensors;
  std::optional<std::int64_t> samples;
  for (const Port& port : input_names) {
    const auto found = batch.find(port.name);
    if (found == batch.end()) {
      errors.push_back(diagnose(DiagnosticId::PortMissing, "", port.name));
      continue;
    }
    const Tensor& tensor = found->second;
    if (!samples && !tensor.shape.empty()) samples = tensor.shape.front();
    const numeric::Shape wanted = batch_shape(samples.value_or(1), port.shape);
    if (tensor.shape != wanted || tensor.size() != numeric::element_count(wanted))
      errors.push_back(diagnose(DiagnosticId::PortShape, "", port.name,
                                numeric::to_string(tensor.shape), numeric::to_string(wanted)));
    tensors.push_back(&tensor);
  }
  for (const auto& [name, tensor] : batch)
    if (std::ranges::find(input_names, name, &Port::name) == input_names.end())
      errors.push_back(diagnose(DiagnosticId::PortUnknown, "", name, input_names.front().name));
  if (!errors.empty()) return errors;
  return tensors;
}

template <typename Real>
Status Emulator::Program::check_reals(const Real* rows, std::size_t port,
                                      std::int64_t samples) const {
  const PortQuantizer& quantizer = inputs[port].quantizer;
  const auto size = static_cast<std::int64_t>(quantizer.size());
  for (std::int64_t i = 0; i < samples * size; ++i)
    if (!quantizer.takes(rows[i], static_cast<std::size_t>(i % size)))
      return diagnose(DiagnosticId::PortNotFinite, "", input_names[port].name,
                      static_cast<double>(rows[i]), i / size, i % size);
  return success();
}

Status Emulator::Program::check_raws(const IntTensor& tensor, std::size_t port) const {
  const graph::TensorType& type = inputs[port].type;
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const numeric::Interval& range = type.range(i % type.size());
    if (!range.contains(tensor[i]))
      return diagnose(DiagnosticId::PortRange, "", input_names[port].name, tensor[i],
                      i / type.size(), i % type.size(), range.to_string());
  }
  return success();
}

Result<std::vector<const IntTensor*>> Emulator::Program::arrange_raw(const RawBatch& batch) const {
  GATEFOLD_TRY(std::vector<const IntTensor*> tensors, arrange(batch));
  for (std::size_t i = 0; i < tensors.size(); ++i) GATEFOLD_CHECK(check_raws(*tensors[i], i));
  return tensors;
}

template <typename Real>
Status Emulator::Program::predict(std::span<const Real* const> rows, std::int64_t samples,
                                  std::span<double* const> results, States& states) const {
  std::atomic<bool> taken = true;
  States left = checked(states);
  for_each_block(plan, static_cast<std::size_t>(samples), threads, left,
                 [&](const Block& block, std::size_t first, std::size_t count) {
                   for (std::size_t i = 0; i < inputs.size(); ++i)
                     if (!write_real(kernels, block, plan.inputs[i], inputs[i].quantizer,
                                     rows[i] + first * inputs[i].quantizer.size(), count)) {
                       taken = false;
                       return;
                     }
                   plan.run(block);
                   for (std::size_t i = 0; i < outputs.size(); ++i)
                     read_outputs(kernels, block, plan.outputs[i], outputs[i],
                                  results[i] + first * plan.outputs[i].slots.size(), count);
                 });
  if (taken) {
    GATEFOLD_CHECK(check_interrupt());
    states = std::move(left);
    return success();
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) GATEFOLD_CHECK(check_reals(rows[i], i, samples));
  GATEFOLD_ASSERT(false, "a number that the port does not take");
}

template <typename Real>
Result<RealBatch> Emulator::Program::predict(const Views<Real>& batch, States& states) const {
  GATEFOLD_TRY(const auto views, arrange(batch));
  const std::int64_t samples = views.front()->shape.front();
  std::vector<const Real*> rows;
  for (const View<Real>* view : views) rows.push_back(view->data);
  RealBatch results;
  std::vector<double*> result_rows;
  for (const Port& port : output_names) {
    RealTensor& tensor = results[port.name];
    tensor.shape = batch_shape(samples, port.shape);
    tensor.data.resize(static_cast<std::size_t>(numeric::element_count(tensor.shape)));
    result_rows.push_back(tensor.data.data());
  }
  GATEFOLD_CHECK(predict<Real>(rows, samples, result_rows, states));
  return results;
}

Emulator::Emulator(const graph::Graph& graph, int threads)
    : Emulator(graph, threads, *usable_kernels().front()) {}
Emulator::Emulator(const graph::Graph& graph, int threads, const Kernels& kernels)
    : program_(std::make_unique<const Program>(graph, threads, kernels)) {}
Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

const std::vector<Port>& Emulator::inputs() const { return program_->input_names; }
const std::vector<Port>& Emulator::outputs() const { return program_->output_names; }
States Emulator::initial_states() const { return {program_->plan.initial_states}; }

Result<RawBatch> Emulator::run(const RawBatch& batch) const {
  States states = initial_states();
  return run(batch, states);
}

Result<RawBatch> Emulator::run(const RawBatch& batch, States& states) const {
  const Program& p = *program_;
  GATEFOLD_TRY(const std::vector<const IntTensor*> tensors, p.arrange_raw(batch));
  const std::int64_t samples = tensors.front()->shape.front();
  RawBatch results;
  std::vector<std::int64_t*> rows;
  for (const Port& port : p.output_names) {
    IntTensor& tensor = results[port.name];
    tensor.shape = batch_shape(samples, port.shape);
    tensor.data.resize(static_cast<std::size_t>(numeric::element_count(tensor.shape)));
    rows.push_back(tensor.data.data());
  }
  States left = p.checked(states);
  for_each_block(p.plan, static_cast<std::size_t>(samples), p.threads, left,
                 [&](const Block& block, std::size_t first, std::size_t count) {
                   for (std::size_t i = 0; i < tensors.size(); ++i)
                     write_raw(block, p.plan.inputs[i],
                               tensors[i]->data.data() + first * p.plan.inputs[i].slots.size(),
                               count);
                   p.plan.run(block);
                   for (std::size_t i = 0; i < rows.size(); ++i)
                     read_raw(block, p.plan.outputs[i],
                              rows[i] + first * p.plan.outputs[i].slots.size(), count);
                 });
  GATEFOLD_CHECK(check_interrupt());
  states = std::move(left);
  return results;
}

Result<RawBatch> Emulator::quantize(const RealBatch& batch) const {
  const Program& p = *program_;
  GATEFOLD_TRY(const std::vector<const RealTensor*> tensors, p.arrange(batch));
  RawBatch results;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const RealTensor& reals = *tensors[i];
    GATEFOLD_CHECK(p.check_reals(reals.data.data(), i, reals.shape.front()));
    const PortQuantizer& quantizer = p.inputs[i].quantizer;
    IntTensor& raws = results[p.input_names[i].name];
    raws.shape = reals.shape;
    raws.data.reserve(reals.data.size());
    Progress progress("quantize: numbers", reals.size(), ProgressStyle::counted());
    for (std::size_t k = 0; k < reals.data.size(); ++k) {
      raws.data.push_back(quantizer(reals.data[k], k % quantizer.size()));
      if ((k + 1) % quantized_at_once != 0) continue;
      GATEFOLD_CHECK(check_interrupt());
      progress.advance(quantized_at_once);
    }
  }
  return results;
}

RealBatch Emulator::decode(const RawBatch& batch) const {
  const Program& p = *program_;
  RealBatch results;
  for (std::size_t i = 0; i < p.outputs.size(); ++i) {
    const auto found = batch.find(p.output_names[i].name);
    if (found == batch.end()) continue;
    const IntTensor& raws = found->second;
    const auto size = static_cast<std::size_t>(p.outputs[i].type.size());
    RealTensor& reals = results[found->first];
    reals.shape = raws.shape;
    reals.data = p.outputs[i].decoder.rows(p.kernels, raws.data);
    if (p.outputs[i].host == graph::HostFunction::Softmax)
      for (std::size_t k = 0; k + size <= reals.data.size(); k += size)
        softmax({reals.data.data() + k, size});
  }
  return results;
}

Result<RealBatch> Emulator::predict(const RealBatch& batch) const {
  Views<double> views;
  for (const auto& [name, tensor] : batch) {
    if (tensor.size() != numeric::element_count(tensor.shape))
      return diagnose(DiagnosticId::PortShape, "", name, tensor.size(),
                      numeric::to_string(tensor.shape));
    views[name] = {tensor.shape, tensor.data.data()};
  }
  return predict(views);
}

Result<RealBatch> Emulator::predict(const Views<float>& batch) const {
  States states = initial_states();
  return program_->predict(batch, states);
}

Result<RealBatch> Emulator::predict(const Views<double>& batch) const {
  States states = initial_states();
  return program_->predict(batch, states);
}

Result<RealBatch> Emulator::predict(const Views<float>& batch, States& states) const {
  return program_->predict(batch, states);
}

Result<RealBatch> Emulator::predict(const Views<double>& batch, States& states) const {
  return program_->predict(batch, states);
}

Status Emulator::predict(std::span<const float* const> inputs, std::int64_t samples,
                         std::span<double* const> outputs) const {
  States states = initial_states();
  return program_->predict(inputs, samples, outputs, states);
}

Status Emulator::predict(std::span<const double* const> inputs, std::int64_t samples,
                         std::span<double* const> outputs) const {
  States states = initial_states();
  return program_->predict(inputs, samples, outputs, states);
}

Result<std::vector<Trace>> Emulator::trace(const RawBatch& batch) const {
  const Program& p = *program_;
  GATEFOLD_TRY(const std::vector<const IntTensor*> tensors, p.arrange_raw(batch));
  const std::int64_t samples = tensors.front()->shape.front();
  const Plan& plan = p.trace_plan();
  std::vector<Trace> traces;
  std::vector<const PlacedValue*> values;
  for (NamedValue& named : named_values(p.graph)) {
    const graph::TensorType& type = p.graph.type(named.value);
    values.push_back(&*std::ranges::find(plan.kept, named.value, &PlacedValue::value));
    Trace trace{std::move(named.name), named.value, {}, {}, type.encoding};
    trace.raw.shape = trace.real.shape = batch_shape(samples, type.shape);
    trace.raw.data.resize(static_cast<std::size_t>(numeric::element_count(trace.raw.shape)));
    traces.push_back(std::move(trace));
  }
  States states{plan.initial_states};
  for_each_block(plan, static_cast<std::size_t>(samples), p.threads, states,
                 [&](const Block& block, std::size_t first, std::size_t count) {
                   for (std::size_t i = 0; i < tensors.size(); ++i)
                     write_raw(block, plan.inputs[i],
                               tensors[i]->data.data() + first * plan.inputs[i].slots.size(),
                               count);
                   plan.run(block);
                   for (std::size_t i = 0; i < values.size(); ++i)
                     read_raw(block, *values[i],
                              traces[i].raw.data.data() + first * values[i]->slots.size(), count);
                 });
  GATEFOLD_CHECK(check_interrupt());
  for (std::size_t i = 0; i < traces.size(); ++i) {
    const Decoder decoder(p.graph.type(traces[i].value));
    traces[i].real.data = decoder.rows(p.kernels, traces[i].raw.data);
  }
  return traces;
}

}  // namespace gatefold::emulate
