#include "model.h"

#include <csignal>
#include <mutex>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "arrays.h"

#include "gatefold/driver/image.h"
#include "gatefold/driver/reloadable.h"
#include "gatefold/driver/stateful.h"
#include "gatefold/driver/synthesis.h"
#include "gatefold/driver/verify.h"
#include "gatefold/driver/verify_json.h"
#include "gatefold/report/report.h"
#include "gatefold/support/files.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/scratch_folder.h"

namespace gatefold::python {
namespace {

/// Carries diagnostics to Python as gatefold.GatefoldError.
struct DiagnosticError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// While the core works, Ctrl-C raises the core's flag; when the calls of all threads have
/// returned, Python's handler is back.
class InterruptScope {
 public:
  InterruptScope() {
    const std::scoped_lock lock(mutex_);
    if (calls_++ > 0) return;
    sigaction(SIGINT, nullptr, &previous_interrupt_);
    sigaction(SIGTERM, nullptr, &previous_terminate_);
    install_interrupt_handler();
  }
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
  ~InterruptScope() {
    const std::scoped_lock lock(mutex_);
    if (--calls_ > 0) return;
    sigaction(SIGINT, &previous_interrupt_, nullptr);
    sigaction(SIGTERM, &previous_terminate_, nullptr);
  }

 private:
  static inline std::mutex mutex_;
  static inline int calls_ = 0;
  static inline struct sigaction previous_interrupt_ {};
  static inline struct sigaction previous_terminate_ {};
};

template <typename T>
T checked(Result<T> result) {
  if (result) return *std::move(result);
  if (interrupted()) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    throw nb::python_error();
  }
  throw DiagnosticError(to_string(result.errors()));
}

/// Runs `work` without the interpreter's lock, and turns diagnostics into exceptions.
template <typename Work>
auto released(Work work) {
  auto result = [&] {
    nb::gil_scoped_release release;
    InterruptScope scope;
    return work();
  }();
  return checked(std::move(result));
}

/// The keyword arguments that `compile`, `verify`, `build` and `report` share.
struct CompileSettings {
  std::string target = "xcup";
  std::optional<double> clock_ns;
  std::optional<int> stages;
  int extra_depth = 0;
  int effort = 1;
  driver::FoldGoals folds;
  std::vector<std::string> weights;
  lowering::Multipliers multipliers = lowering::LoweringOptions().multipliers;
  emit::RegisterEnable register_enable = emit::EmitOptions().register_enable;
};

/// A loaded model; the graph after the passes and its emulator are made once.
class Model {
 public:
  Model(std::string path, const std::map<std::string, std::string>& input_types,
        const std::map<std::string, std::string>& recurrent_types,
        const std::vector<std::string>& recurrent_states, bool final_activation_on_host)
      : path_(std::move(path)),
        import_(import_options(input_types, recurrent_types, recurrent_states,
                               final_activation_on_host)),
        imported_(released([&] { return driver::import_file(path_, import_); })),
        graph_(released([&] { return passes::run_passes(imported_, {}); }).graph),
        emulator_(graph_),
        tracer_(imported_) {}

  std::string name() const { return graph_.name; }

  using Port = std::tuple<std::string, std::vector<std::int64_t>, std::string>;
  std::vector<Port> inputs() const {
    std::vector<Port> ports;
    for (const graph::NodeId id : graph_.inputs()) {
      const auto& type = imported_.node(imported_.inputs()[ports.size()]).outputs.front();
      ports.emplace_back(std::get<graph::Input>(graph_.node(id).op).name, type.shape,
                         type.to_string());
    }
    return ports;
  }
  std::vector<Port> outputs() const {
    std::vector<Port> ports;
    for (const graph::Output& output : graph_.outputs()) {
      const graph::TensorType& type = graph_.type(output.value);
      ports.emplace_back(output.name, type.shape, type.to_string());
    }
    return ports;
  }

  emulate::States initial_states() const { return emulator_.initial_states(); }

  template <typename Real>
  nb::dict predict(const InputArrays<Real>& arrays, emulate::States& states) const {
    const auto inputs = to_views(arrays);
    return to_arrays(released([&] { return emulator_.predict(inputs, states); }));
  }
  nb::dict run(const InputArrays<std::int64_t>& arrays, emulate::States& states) const {
    const auto inputs = to_tensors(arrays);
    return to_arrays(released([&] { return emulator_.run(inputs, states); }));
  }
  nb::dict quantize(const InputArrays<double>& arrays) const {
    const auto inputs = to_tensors(arrays);
    return to_arrays(released([&] { return emulator_.quantize(inputs); }));
  }

  /// The real numbers of every value by name, for floats; the integers, for integers.
  nb::dict trace(const InputArrays<double>& arrays) const {
    const auto inputs = to_tensors(arrays);
    auto traces = released([&]() -> Result<std::vector<emulate::Trace>> {
      GATEFOLD_TRY(const auto integers, tracer_.quantize(inputs));
      return tracer_.trace(integers);
    });
    nb::dict values;
    for (emulate::Trace& trace : traces)
      values[trace.name.c_str()] = to_array(std::move(trace.real));
    return values;
  }
  nb::dict trace_raw(const InputArrays<std::int64_t>& arrays) const {
    const auto inputs = to_tensors(arrays);
    auto traces = released([&] { return tracer_.trace(inputs); });
    nb::dict values;
    for (emulate::Trace& trace : traces)
      values[trace.name.c_str()] = to_array(std::move(trace.raw));
    return values;
  }

  /// JSON, text and HTML of the report; writes the project where `output` is not empty.
  std::vector<std::string> compile(const CompileSettings& settings, const std::string& output,
                                   const InputArrays<double>& data, std::int64_t vectors) const {
    const auto real = to_tensors(data);
    return texts(released([&]() -> Result<report::Report> {
      GATEFOLD_TRY(const auto raw, quantized(real));
      GATEFOLD_TRY(const auto compilation, compilation_of(settings, raw));
      const auto first = driver::first_samples(raw, vectors);
      if (!output.empty()) {
        GATEFOLD_TRY(const auto files, driver::golden_project(compilation, first, vectors));
        GATEFOLD_CHECK(driver::write_project(output, files));
      }
      return driver::report_of(compilation, std::nullopt, first);
    }));
  }

  std::vector<std::string> report(const CompileSettings& settings, bool synthesise,
                                  const InputArrays<double>& data) const {
    const auto real = to_tensors(data);
    return texts(released([&]() -> Result<report::Report> {
      GATEFOLD_TRY(const auto raw, quantized(real));
      GATEFOLD_TRY(const auto compilation, compilation_of(settings, raw));
      std::optional<flows::Synthesis> synthesis;
      if (synthesise) {
        GATEFOLD_TRY(synthesis, driver::synthesise(compilation));
      }
      return driver::report_of(compilation, synthesis, raw);
    }));
  }

  std::vector<std::string> build(const CompileSettings& settings, const std::string& output,
                                 const InputArrays<double>& data, std::int64_t vectors) const {
    const auto real = to_tensors(data);
    auto built = released([&]() -> Result<driver::Built> {
      GATEFOLD_TRY(const auto raw, quantized(real));
      GATEFOLD_TRY(const auto compilation, compilation_of(settings, raw));
      return driver::build(compilation, driver::first_samples(raw, vectors), vectors, output);
    });
    auto result = texts(built.report);
    result.push_back(built.verification.equal() ? "" : built.verification.line());
    return result;
  }

  /// The JSON of a verification and its closing line.
  std::vector<std::string> verify(const CompileSettings& settings,
                                  const std::vector<std::string>& levels,
                                  const InputArrays<double>& data, std::int64_t random,
                                  std::int64_t extreme, std::int64_t netlist_vectors) const {
    const auto real = to_tensors(data);
    const auto verification = released([&]() -> Result<driver::Verification> {
      driver::VerifyOptions options{{}, {}, random, extreme, netlist_vectors};
      GATEFOLD_TRY(options.levels, driver::parse_levels(levels));
      GATEFOLD_TRY(options.data, quantized(real));
      GATEFOLD_TRY(const auto compilation, compilation_of(settings, options.data));
      GATEFOLD_TRY(const ScratchFolder scratch, ScratchFolder::create());
      return driver::verify(compilation, options, scratch.path());
    });
    return {driver::to_json(verification), verification.line()};
  }

  /// Writes the image of the weights for the hardware of a project.
  void image(const std::string& project, const std::string& output) const {
    released([&]() -> Result<bool> {
      GATEFOLD_TRY(const std::string text, driver::make_image(path_, project));
      GATEFOLD_CHECK(write_file(output, text));
      return true;
    });
  }

 private:
  static layers::ImportOptions import_options(
      const std::map<std::string, std::string>& input_types,
      const std::map<std::string, std::string>& recurrent_types,
      const std::vector<std::string>& recurrent_states, bool final_activation_on_host) {
    layers::ImportOptions options;
    options.final_activation_on_host = final_activation_on_host;
    for (const auto& [port, text] : input_types)
      options.input_types[port] = checked(layers::parse_input_type(text));
    for (const auto& [role, text] : recurrent_types)
      options.recurrent_types[role] = checked(layers::parse_input_type(text));
    for (const std::string& text : recurrent_states)
      if (const Status status = driver::add_recurrent_state(options, text); !status)
        throw DiagnosticError(to_string(status.errors()));
    return options;
  }

  static std::vector<std::string> texts(const report::Report& report) {
    return {report::to_json(report), report::to_text(report), report::to_html(report)};
  }

  Result<driver::Compilation> compilation_of(const CompileSettings& settings,
                                             const emulate::RawBatch& real) const {
    driver::CompileOptions options;
    options.import = import_;
    options.target = settings.target;
    options.clock_ns = settings.clock_ns;
    options.stages = settings.stages;
    options.lowering.extra_depth = settings.extra_depth;
    options.lowering.effort = settings.effort;
    options.folds = settings.folds;
    if (options.folds.bounds(driver::Resource::Toggles)) options.folds.inputs = driver::rows(real);
    for (const std::string& text : settings.weights)
      GATEFOLD_CHECK(driver::add_weights(options.import, text));
    options.text.register_enable = settings.register_enable;
    options.lowering.multipliers = settings.multipliers;
    return driver::compile(path_, options);
  }

  Result<emulate::RawBatch> quantized(const emulate::RealBatch& real) const {
    if (real.empty()) return emulate::RawBatch{};
    return tracer_.quantize(real);
  }

  std::string path_;
  layers::ImportOptions import_;
  graph::Graph imported_, graph_;
  emulate::Emulator emulator_, tracer_;
};

}  // namespace

void bind_model(nb::module_& module) {
  const nb::exception<DiagnosticError> error(module, "Error", PyExc_ValueError);
  nb::class_<driver::FoldGoals>(module, "FoldGoals")
      .def(nb::init<>())
      .def_rw("reuse", &driver::FoldGoals::reuse, nb::arg().none())
      .def_rw("layers", &driver::FoldGoals::layers)
      .def_rw("interval", &driver::FoldGoals::interval, nb::arg().none())
      .def_rw("latency", &driver::FoldGoals::latency, nb::arg().none())
      .def("bound", [](driver::FoldGoals& goals, driver::Resource resource, double most) {
        goals.most[resource] = most;
      });
  nb::enum_<driver::Resource>(module, "Resource")
      .value("luts", driver::Resource::Luts)
      .value("area", driver::Resource::Area)
      .value("registers", driver::Resource::Registers)
      .value("block_rams", driver::Resource::BlockRams)
      .value("dsps", driver::Resource::Dsps)
      .value("toggles", driver::Resource::Toggles);
  nb::enum_<emit::RegisterEnable> enables(module, "RegisterEnable");
  for (const auto& [name, enable] : emit::register_enables) enables.value(name.data(), enable);
  nb::enum_<lowering::Multipliers> multipliers(module, "Multipliers");
  for (const auto& [name, choice] : lowering::multipliers) multipliers.value(name.data(), choice);
  nb::class_<CompileSettings>(module, "CompileSettings")
      .def(nb::init<>())
      .def_rw("target", &CompileSettings::target)
      .def_rw("clock_ns", &CompileSettings::clock_ns, nb::arg().none())
      .def_rw("stages", &CompileSettings::stages, nb::arg().none())
      .def_rw("extra_depth", &CompileSettings::extra_depth)
      .def_rw("multipliers", &CompileSettings::multipliers)
      .def_rw("register_enable", &CompileSettings::register_enable)
      .def_rw("effort", &CompileSettings::effort)
      .def_rw("folds", &CompileSettings::folds)
      .def_rw("weights", &CompileSettings::weights);
  nb::class_<emulate::States>(module, "States");
  nb::class_<Model>(module, "Model")
      .def(nb::init<std::string, const std::map<std::string, std::string>&,
                    const std::map<std::string, std::string>&, const std::vector<std::string>&,
                    bool>())
      .def_prop_ro("name", &Model::name)
      .def_prop_ro("inputs", &Model::inputs)
      .def_prop_ro("outputs", &Model::outputs)
      .def("initial_states", &Model::initial_states)
      .def("predict", &Model::predict<double>)
      .def("predict", &Model::predict<float>)
      .def("run", &Model::run)
      .def("quantize", &Model::quantize)
      .def("trace", &Model::trace)
      .def("trace_raw", &Model::trace_raw)
      .def("compile", &Model::compile)
      .def("report", &Model::report)
      .def("build", &Model::build)
      .def("verify", &Model::verify)
      .def("image", &Model::image);
}

}  // namespace gatefold::python
