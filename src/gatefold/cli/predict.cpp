// predict, trace: numbers from the emulator.
#include <algorithm>
#include <fmt/core.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "gatefold/cli/commands.h"
#include "gatefold/driver/data.h"
#include "gatefold/support/npy.h"
#include "gatefold/support/output_folder.h"
#include "gatefold/support/progress.h"

namespace gatefold::cli {
namespace {

using nlohmann::json;

struct DataOptions : ModelOptions {
  std::vector<std::string> data;
  std::string output;
  bool raw = false;
  int threads = 0;
};

void declare_data(CLI::App& command, DataOptions& options, const std::string& output) {
  options.declare_import(command);
  command.add_option("--data", options.data, "Inputs: X.npy, or <input>=X.npy for each input")
      ->required();
  command.add_option("--output,-o", options.output, output)->required();
  command.add_flag("--raw", options.raw, "Raw integers in and out");
  command.add_option("--threads", options.threads, "Threads (0: all cores)")
      ->check(CLI::NonNegativeNumber);
}

NpyArray array_of(const numeric::RealTensor& tensor) {
  return {"float64", tensor.shape, tensor.data};
}
NpyArray array_of(const numeric::IntTensor& tensor) { return {"int64", tensor.shape, tensor.data}; }

/// One output: the file as named. Several: `<name>_<output>.npy` beside it.
std::string output_path(const std::string& path, const std::string& port, bool single) {
  if (single) return path;
  std::string plain = port;
  std::replace(plain.begin(), plain.end(), '/', '_');
  const std::string stem = path.ends_with(".npy") ? path.substr(0, path.size() - 4) : path;
  return stem + "_" + plain + ".npy";
}

template <typename Batch>
Outcome write_outputs(const Batch& outputs, const std::string& path, bool as_json) {
  json list = json::array();
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, tensor] : outputs) {
    const std::string file = output_path(path, name, outputs.size() == 1);
    GATEFOLD_CHECK(write_npy(file, array_of(tensor)));
    list.push_back({{"output", name}, {"shape", tensor.shape}, {"file", file}});
    rows.push_back({name, numeric::to_string(tensor.shape), file});
  }
  fmt::print("{}", as_json ? list.dump(2) + "\n" : table({"output", "shape", "file"}, rows));
  return Equal;
}

Result<emulate::RawBatch> raw_inputs(const graph::Graph& graph, const emulate::Emulator& emulator,
                                     const DataOptions& options) {
  if (options.raw) return driver::read_raw_data(graph, options.data);
  GATEFOLD_TRY(const auto real, driver::read_data(graph, options.data));
  return emulator.quantize(real);
}

Outcome predict(const DataOptions& options) {
  const Progress progress("predict");
  GATEFOLD_TRY(const auto import, options.import_options());
  GATEFOLD_TRY(const auto graph, driver::import_file(options.model, import));
  GATEFOLD_TRY(const auto passed, passes::run_passes(graph, {}));
  const emulate::Emulator emulator(passed.graph, options.threads);
  GATEFOLD_TRY(const auto inputs, raw_inputs(passed.graph, emulator, options));
  GATEFOLD_TRY(const auto outputs, emulator.run(inputs));
  return options.raw ? write_outputs(outputs, options.output, options.json)
                     : write_outputs(emulator.decode(outputs), options.output, options.json);
}

Outcome trace(const DataOptions& options) {
  const Progress progress("trace");
  GATEFOLD_TRY(const auto import, options.import_options());
  GATEFOLD_TRY(const auto graph, driver::import_file(options.model, import));
  const emulate::Emulator emulator(graph, options.threads);
  GATEFOLD_TRY(const auto inputs, raw_inputs(graph, emulator, options));
  GATEFOLD_TRY(const auto traces, emulator.trace(inputs));
  GATEFOLD_TRY(OutputFolder folder, OutputFolder::create(options.output));
  json list = json::array();
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < traces.size(); ++i) {
    const auto& real = traces[i].real;
    const graph::Node& node = graph.node(traces[i].value.node);
    std::string file = fmt::format("{:02}_{}.npy", i, traces[i].name);
    for (char& c : file)
      if (c == '/' || c == ':') c = '_';
    const auto array = options.raw ? array_of(traces[i].raw) : array_of(real);
    GATEFOLD_CHECK(folder.write(file, to_npy(array)));
    const auto [low, high] = std::minmax_element(real.data.begin(), real.data.end());
    rows.push_back({traces[i].name, numeric::to_string(real.shape), fmt::format("{:.6g}", *low),
                    fmt::format("{:.6g}", *high), file});
    list.push_back({{"name", traces[i].name},
                    {"layer", node.layer},
                    {"op", graph::name_of(node.op)},
                    {"shape", real.shape},
                    {"least", *low},
                    {"greatest", *high},
                    {"file", file}});
  }
  GATEFOLD_CHECK(folder.commit());
  fmt::print("{}", options.json ? list.dump(2) + "\n"
                                : table({"name", "shape", "least", "greatest", "file"}, rows));
  return Equal;
}

void add_data_command(CLI::App& app, Outcome& outcome, const std::string& name,
                      const std::string& summary, const std::string& output,
                      Outcome (*function)(const DataOptions&)) {
  auto* command = app.add_subcommand(name, summary);
  const auto options = std::make_shared<DataOptions>();
  declare_data(*command, *options, output);
  command->callback([options, function, &outcome] { outcome = function(*options); });
}

}  // namespace

void add_predict(CLI::App& app, Outcome& outcome) {
  add_data_command(app, outcome, "predict", "Run the bit-exact emulator on data",
                   "File for the outputs (.npy)", predict);
}

void add_trace(CLI::App& app, Outcome& outcome) {
  add_data_command(app, outcome, "trace", "Write the output of every layer and of its ops",
                   "Folder for the arrays", trace);
}

}  // namespace gatefold::cli
