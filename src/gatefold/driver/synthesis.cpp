#include "gatefold/driver/synthesis.h"

#include "gatefold/flows/simulate.h"
#include "gatefold/lowering/folded_matrices.h"
#include "gatefold/support/output_folder.h"
#include "gatefold/support/progress.h"
#include "gatefold/support/scratch_folder.h"

namespace gatefold::driver {

Result<std::vector<emit::File>> golden_project(const Compilation& compilation,
                                               const emulate::RawBatch& real, std::int64_t count) {
  GATEFOLD_TRY(const Vectors vectors, make_vectors(compilation.imported, real, count, count));
  GATEFOLD_TRY(const auto expected, emulate::Emulator(compilation.imported).run(vectors.inputs));
  return project_files(compilation, vectors.inputs, expected);
}

Result<flows::Synthesis> synthesise(const Compilation& compilation) {
  const Progress progress("synthesise");
  GATEFOLD_TRY(const ScratchFolder scratch, ScratchFolder::create());
  GATEFOLD_TRY(const auto files, golden_project(compilation, {}, 1));
  GATEFOLD_CHECK(write_project(scratch.path() / "project", files));
  return flows::synthesise(scratch.path() / "project", compilation.options.target);
}

report::Report report_of(const Compilation& c, const std::optional<flows::Synthesis>& synthesis,
                         const emulate::RawBatch& real) {
  report::Inputs inputs{c.imported, c.graph, c.design,         c.schedule,   c.estimate,
                        synthesis,  {},      c.options.target, c.fold_reason};
  for (const StageTime& time : c.times) inputs.seconds.emplace_back(time.stage, time.seconds);
  if (synthesis) inputs.seconds.emplace_back("synthesise", synthesis->seconds);
  if (!real.empty()) inputs.toggles = schedule::count_toggles(c.design, c.schedule, rows(real));
  if (c.folds)
    for (const auto& matrix : lowering::matrices_over_time(c.graph, *c.folds))
      inputs.matrices.push_back({matrix.linear, matrix.multipliers, matrix.steps});
  return report::make_report(inputs);
}

namespace {

/// Lints, simulates and synthesises the project in `folder`, and simulates the netlist.
Result<Built> run_tools(const Compilation& compilation, const emulate::RawBatch& real,
                        std::int64_t count, const std::filesystem::path& folder) {
  GATEFOLD_CHECK(flows::lint(folder));
  GATEFOLD_TRY(const auto rtl, flows::simulate(folder, flows::Simulator::Verilator));
  GATEFOLD_TRY(const auto synthesis, flows::synthesise(folder, compilation.options.target));
  GATEFOLD_TRY(const auto netlist, flows::simulate_netlist(folder, compilation.options.target));
  VerifyOptions levels{{Level::Graph, Level::Design}, real, count, count, count};
  GATEFOLD_TRY(Verification verification, verify(compilation, levels, folder));
  verification.levels.push_back(simulated(Level::Verilator, rtl));
  verification.levels.push_back(simulated(Level::Netlist, netlist));
  return Built{report_of(compilation, synthesis, real), {}, std::move(verification)};
}

}  // namespace

Result<Built> build(const Compilation& compilation, const emulate::RawBatch& real,
                    std::int64_t count, const std::filesystem::path& folder) {
  for (const Level level : all_levels)
    GATEFOLD_CHECK(can_compare(level, compilation.options.target));
  const Progress progress("build");
  GATEFOLD_TRY(OutputFolder output, OutputFolder::create(folder));
  GATEFOLD_TRY(const auto files, golden_project(compilation, real, count));
  for (const emit::File& file : files) GATEFOLD_CHECK(output.write(file.path, file.text));
  GATEFOLD_TRY(Built built, run_tools(compilation, real, count, output.building()));
  GATEFOLD_CHECK(output.write("report.html", report::to_html(built.report)));
  GATEFOLD_CHECK(output.write("report.json", report::to_json(built.report)));
  GATEFOLD_CHECK(output.write("report.txt", report::to_text(built.report)));
  GATEFOLD_CHECK(output.commit());
  built.html = folder / "report.html";
  return built;
}

}  // namespace gatefold::driver
