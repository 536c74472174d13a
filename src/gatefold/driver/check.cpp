#include "gatefold/driver/check.h"

#include <utility>

#include "gatefold/frontends/read_model.h"
#include "gatefold/support/interrupt.h"
#include "gatefold/support/progress.h"

namespace gatefold::driver {
Result<Check> check(const std::filesystem::path& path, const CompileOptions& options) {
  const Progress progress("check");
  GATEFOLD_CHECK(schedule::load_target(options.target));
  GATEFOLD_TRY(const frontends::ForeignModel model, frontends::read_model(path));
  Check result;
  auto imported = layers::import_model(model, options.import);
  if (!imported) {
    result.problems = imported.errors();
    return result;
  }
  Compilation compilation;
  compilation.options = options;
  compilation.imported = *std::move(imported);
  result.bounded = layers::bounded_layers(model, compilation.imported);
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
