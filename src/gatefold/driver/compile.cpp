#include "gatefold/driver/compile.h"

#include <chrono>
#include <utility>

#include "gatefold/driver/data.h"
#include "gatefold/driver/make_hardware.h"
#include "gatefold/driver/project.h"
#include "gatefold/driver/reloadable.h"
#include "gatefold/driver/stateful.h"
#include "gatefold/driver/written_graph.h"
#include "gatefold/frontends/read_model.h"
#include "gatefold/passes/unroll_scans.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::driver {
namespace {

/// Runs one stage: progress while it takes long, its seconds afterwards.
template <typename Stage>
auto timed(std::vector<StageTime>& times, const std::string& name, Stage stage) {
  const Progress progress(name);
  const auto start = std::chrono::steady_clock::now();
  auto result = stage();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  times.push_back({name, seconds.count()});
  return result;
}

/// The clock that was asked for, the shortest for the stages that were, or the target's.
Result<double> clock_of(const CompileOptions& options, const schedule::Target& target,
                        HardwareMaker& maker) {
  if (options.clock_ns) return *options.clock_ns;
  if (options.stages) return maker.shortest_clock(*options.stages);
  return target.clock_ns;
}

/// Real inputs on which the toggles of the goals are counted.
Status read_inputs(Compilation& c) {
  if (c.options.data.empty() || !c.options.folds.bounds(Resource::Toggles)) return success();
  GATEFOLD_TRY(const auto real, read_data(c.imported, c.options.data));
  GATEFOLD_TRY(const auto raw, emulate::Emulator(c.imported).quantize(real));
  c.options.folds.inputs = rows(first_samples(raw, c.options.samples));
  return success();
}

/// Whether the target has the DSPs that are asked for, and fast enough where the clock is known.
Status check_multipliers(const CompileOptions& options, const schedule::Target& target) {
  if (options.lowering.multipliers != lowering::Multipliers::Dsps) return success();
  if (!target.dsp.exist()) return diagnose(DiagnosticId::TargetHasNoDsps, "", target.name);
  if (!options.clock_ns && options.stages) return success();
  const double clock_ns = options.clock_ns.value_or(target.clock_ns);
  if (schedule::has_dsps(target, clock_ns)) return success();
  return diagnose(DiagnosticId::DspTooSlow, "", target.name, schedule::dsp_clock_ns(target),
                  clock_ns);
}

/// Whether the target counts what the budget bounds.
Status check_budget(const FoldGoals& goals, const schedule::Target& target) {
  if (target.is_cell_library() && goals.bounds(Resource::Luts))
    return diagnose(DiagnosticId::BudgetOfOtherTargets, "", target.name, "area", "LUTs");
  if (!target.is_cell_library() && goals.bounds(Resource::Area))
    return diagnose(DiagnosticId::BudgetOfOtherTargets, "", target.name, "LUTs", "area");
  return success();
}

/// The graph after the passes; what the hardware has no loop for is unrolled before them.
Result<passes::PassesResult> simplified(const Compilation& c) {
  GATEFOLD_TRY(graph::Graph unrolled, c.options.folds.any() ? passes::unroll_inner_scans(c.imported)
                                                            : passes::unroll_scans(c.imported));
  return passes::run_passes(std::move(unrolled), c.options.passes);
}

/// A network of processes that meets the goals.
Status fold(Compilation& c, const schedule::Target& target) {
  const CompileOptions& options = c.options;
  if (options.folds.bounds(Resource::Toggles) && options.folds.inputs.empty())
    return diagnose(DiagnosticId::TogglesWithoutData, "");
  if (options.stages) return diagnose(DiagnosticId::StagesOfNetwork, "");
  const double clock_ns = options.clock_ns.value_or(target.clock_ns);
  GATEFOLD_TRY(FoldedDesign made, timed(c.times, "fold", [&] {
                 return choose_folds(c.graph, target, options.lowering, clock_ns, options.folds);
               }));
  c.design = std::move(made.design);
  c.schedule = std::move(made.schedule);
  c.estimate = std::move(made.estimate);
  c.options.folds.inputs = {};
  c.folds = std::move(made.folds);
  c.fold_reason = std::move(made.reason);
  return check_interrupt();
}

}  // namespace

Result<graph::Graph> import_file(const std::filesystem::path& path,
                                 const layers::ImportOptions& options) {
  const Progress progress("import");
  GATEFOLD_TRY(auto written, written_graph(path));
  if (!written) {
    GATEFOLD_TRY(const frontends::ForeignModel model, frontends::read_model(path));
    GATEFOLD_TRY(written, layers::import_model(model, options));
  }
  GATEFOLD_CHECK(check_stateful(*written, options));
  return *std::move(written);
}

Status compile_imported(Compilation& c) {
  const CompileOptions& options = c.options;
  GATEFOLD_TRY(const schedule::Target target, schedule::load_target(options.target));
  GATEFOLD_CHECK(check_multipliers(options, target));
  GATEFOLD_CHECK(check_budget(options.folds, target));
  GATEFOLD_CHECK(check_reloadable(c.imported, options.import));
  GATEFOLD_CHECK(check_stateful(c.imported, options.import));
  GATEFOLD_TRY(auto passed, timed(c.times, "passes", [&] { return simplified(c); }));
  c.graph = std::move(passed.graph);
  c.passes = std::move(passed.records);
  if (options.folds.any()) return fold(c, target);
  HardwareMaker maker(c.graph, target, options.lowering);
  GATEFOLD_TRY(const double clock_ns,
               timed(c.times, "clock", [&] { return clock_of(options, target, maker); }));
  GATEFOLD_TRY(c.design,
               timed(c.times, "lower", [&] { return maker.design(clock_ns, options.stages); }));
  GATEFOLD_TRY(c.schedule, timed(c.times, "schedule", [&] {
                 return schedule::pipeline(c.design, target, clock_ns, options.stages);
               }));
  c.estimate = schedule::estimate(c.design, c.schedule, target);
  return check_interrupt();
}

Result<Compilation> compile(const std::filesystem::path& path, const CompileOptions& options) {
  Compilation c;
  c.options = options;
  GATEFOLD_CHECK(check_interrupt());
  GATEFOLD_CHECK(schedule::load_target(options.target));
  GATEFOLD_TRY(c.imported,
               timed(c.times, "import", [&] { return import_file(path, options.import); }));
  GATEFOLD_CHECK(read_inputs(c));
  GATEFOLD_CHECK(compile_imported(c));
  return c;
}

}  // namespace gatefold::driver
