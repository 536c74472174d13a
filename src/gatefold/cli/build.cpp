// compile, build, report: from a model file to a project folder, tools' figures and reports.
#include <fmt/core.h>
#include <memory>

#include "gatefold/cli/commands.h"
#include "gatefold/driver/data.h"
#include "gatefold/driver/project.h"
#include "gatefold/driver/synthesis.h"
#include "gatefold/support/files.h"

namespace gatefold::cli {
namespace {

struct BuildOptions : ModelOptions {
  std::vector<std::string> data;
  std::string output, html;
  std::int64_t vectors = 200;
  bool synthesise = false;
};

Result<emulate::RawBatch> real_inputs(const driver::Compilation& compilation,
                                      const BuildOptions& options) {
  if (options.data.empty()) return emulate::RawBatch{};
  GATEFOLD_TRY(const auto real, driver::read_data(compilation.imported, options.data));
  GATEFOLD_TRY(const auto raw, emulate::Emulator(compilation.imported).quantize(real));
  return driver::first_samples(raw, options.vectors);
}

Result<driver::Compilation> compiled(const BuildOptions& options) {
  GATEFOLD_TRY(auto compile_options, options.compile_options());
  compile_options.data = options.data;
  compile_options.samples = options.vectors;
  return driver::compile(options.model, compile_options);
}

void print_report(const report::Report& report, bool as_json) {
  fmt::print("{}", as_json ? report::to_json(report) : report::to_text(report));
}

/// The project: modules, testbench, golden vectors, scripts.
Outcome compile(const BuildOptions& options) {
  GATEFOLD_TRY(const auto compilation, compiled(options));
  GATEFOLD_TRY(const auto real, real_inputs(compilation, options));
  GATEFOLD_TRY(const auto files, driver::golden_project(compilation, real, options.vectors));
  GATEFOLD_CHECK(driver::write_project(options.output, files));
  print_report(driver::report_of(compilation, std::nullopt, real), options.json);
  if (!options.json)
    fmt::print("project: {} ({} files; ./build.sh there checks it)\n", options.output,
               files.size());
  return Equal;
}

/// The project, linted, simulated and synthesised, with the report in three forms.
Outcome build(const BuildOptions& options) {
  GATEFOLD_TRY(const auto compilation, compiled(options));
  GATEFOLD_TRY(const auto real, real_inputs(compilation, options));
  GATEFOLD_TRY(const auto built, driver::build(compilation, real, options.vectors, options.output));
  print_report(built.report, options.json);
  if (!options.json)
    fmt::print("\nproject: {}\nreport: {}\n{}\n", options.output, built.html.string(),
               built.verification.line());
  return built.verification.equal() ? Equal : Different;
}

Outcome report(const BuildOptions& options) {
  GATEFOLD_TRY(const auto compilation, compiled(options));
  GATEFOLD_TRY(const auto real, real_inputs(compilation, options));
  std::optional<flows::Synthesis> synthesis;
  if (options.synthesise) {
    GATEFOLD_TRY(synthesis, driver::synthesise(compilation));
  }
  const report::Report made = driver::report_of(compilation, synthesis, real);
  if (!options.html.empty()) GATEFOLD_CHECK(write_file(options.html, report::to_html(made)));
  print_report(made, options.json);
  return Equal;
}

void declare_project(CLI::App& command, BuildOptions& options) {
  options.declare_compile(command);
  options.declare_toggles(command);
  command.add_option("--output,-o", options.output, "Folder of the project")->required();
  command.add_option("--data", options.data, "Real inputs for golden vectors: X.npy");
  command
      .add_option("--vectors", options.vectors,
                  "Golden vectors of each kind (real, random, extreme)")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

void add_compile(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("compile", "Write SystemVerilog, testbench and scripts");
  const auto options = std::make_shared<BuildOptions>();
  declare_project(*command, *options);
  command->callback([options, &outcome] { outcome = compile(*options); });
}

void add_build(CLI::App& app, Outcome& outcome) {
  auto* command =
      app.add_subcommand("build", "Compile, then lint, simulate and synthesise with open tools");
  const auto options = std::make_shared<BuildOptions>();
  declare_project(*command, *options);
  command->callback([options, &outcome] { outcome = build(*options); });
}

void add_report(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("report", "Cycles, nanoseconds and cells by layer");
  const auto options = std::make_shared<BuildOptions>();
  options->declare_compile(*command);
  options->declare_toggles(*command);
  command->add_option("--data", options->data, "Real inputs on which activity is counted: X.npy");
  command->add_option("--vectors", options->vectors, "Most of these inputs")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--synthesise", options->synthesise, "Add the figures of Yosys");
  command->add_option("--html", options->html, "Write the page with the drawn graph to this file");
  command->callback([options, &outcome] { outcome = report(*options); });
}

}  // namespace gatefold::cli
