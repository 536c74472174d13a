#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "gatefold/driver/choose_folds.h"
#include "gatefold/emit/options.h"
#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"
#include "gatefold/layers/import_model.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/passes/run_passes.h"
#include "gatefold/schedule/estimate.h"

namespace gatefold::driver {

struct CompileOptions {
  layers::ImportOptions import;
  passes::RunOptions passes;
  lowering::LoweringOptions lowering;
  std::string target = "xcup";     // a file of data/targets, or a Liberty file
  std::optional<double> clock_ns;  // empty: the shortest for `stages`, or the target's
  std::optional<int> stages;       // pipeline stages; empty: the fewest for the clock
  FoldGoals folds;                 // what is asked of a network of processes
  std::vector<std::string> data;   // files of real inputs (driver/data.h), for toggles in the goals
  std::int64_t samples = 200;      // most of these inputs
  emit::EmitOptions text;
};

/// Seconds of one stage of the compiler.
struct StageTime {
  std::string stage;
  double seconds = 0;
};

/// Everything between a model file and its gates.
struct Compilation {
  graph::Graph imported;  // one node a step of a trained layer, for traces
  graph::Graph graph;     // after the passes
  hardware::Design design;
  schedule::Schedule schedule;
  schedule::Estimate estimate;
  std::vector<passes::PassRecord> passes;
  std::vector<StageTime> times;
  CompileOptions options;
  std::optional<lowering::Folds> folds;  // of a network of processes
  std::string fold_reason;  // why the folds are what they are; empty for a fully parallel design
};

/// Reads a model file and composes its layers, all problems of the model at once; or reads a graph
/// in text form (driver/written_graph.h).
Result<graph::Graph> import_file(const std::filesystem::path& path,
                                 const layers::ImportOptions& options);

/// The stages behind the import, for a compilation that holds `imported` and `options`; all
/// problems of the first stage that has any. Toggles that are bounded need inputs in the goals
/// (TogglesWithoutData).
Status compile_imported(Compilation& compilation);

/// The whole compiler, top to bottom.
Result<Compilation> compile(const std::filesystem::path& path, const CompileOptions& options);

}  // namespace gatefold::driver
