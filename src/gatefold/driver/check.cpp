#include "gatefold/driver/check.h"

#include <utility>

#include "gatefold/driver/written_graph.h"
#include "gatefold/frontends/read_model.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::driver {
namespace {

struct Imported {
  graph::Graph graph;
  std::vector<layers::BoundedLayer> bounded;
};

/// Outside: the file cannot be read; inside: the model has problems.
Result<Result<Imported>> imported(const std::filesystem::path& path,
                                  const layers::ImportOptions& options) {
  GATEFOLD_TRY(auto written, written_graph(path));
  if (written) return Result<Imported>(Imported{*std::move(written), {}});
  GATEFOLD_TRY(const frontends::ForeignModel model, frontends::read_model(path));
  auto graph = layers::import_model(model, options);
  if (!graph) return Result<Imported>(graph.errors());
  auto bounded = layers::bounded_layers(model, *graph);
  return Result<Imported>(Imported{*std::move(graph), std::move(bounded)});
}

}  // namespace

Result<Check> check(const std::filesystem::path& path, const CompileOptions& options) {
  const Progress progress("check");
  GATEFOLD_CHECK(schedule::load_target(options.target));
  GATEFOLD_TRY(Result<Imported> model, imported(path, options.import));
  Check result;
  if (!model) {
    result.problems = model.errors();
    return result;
  }
  Compilation compilation;
  compilation.options = options;
  compilation.imported = std::move(model->graph);
  result.bounded = std::move(model->bounded);
  if (const Status status = compile_imported(compilation); !status)
    result.problems = status.errors();
  GATEFOLD_CHECK(check_interrupt());
  result.imported = std::move(compilation.imported);
  result.clock_ns = compilation.schedule.clock_ns;
  result.latency_cycles = compilation.schedule.latency_cycles;
  result.interval_cycles = compilation.schedule.interval_cycles;
  return result;
}

}  // namespace gatefold::driver
