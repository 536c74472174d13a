#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "gatefold/driver/compile.h"
#include "gatefold/layers/softmax.h"

namespace gatefold::driver {

/// What can be said of a model without simulating it.
struct Check {
  std::optional<graph::Graph> imported;       // none when the import has problems
  std::vector<layers::BoundedLayer> bounded;  // all other layers are exact
  /// All problems of the first stage that has any: import, passes, lowering, schedule.
  Diagnostics problems;
  // Where there is no problem:
  double clock_ns = 0;
  int latency_cycles = 0, interval_cycles = 0;
};

/// Takes a model through all stages up to the schedule. TargetUnknown, PassUnknown, Interrupted,
/// and what reading the file may say.
Result<Check> check(const std::filesystem::path& path, const CompileOptions& options);

}  // namespace gatefold::driver
