#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/schedule/estimate.h"
#include "gatefold/schedule/target.h"

namespace gatefold::driver {

/// What the user asks of a folded design; with nothing asked, the design is fully parallel.
struct FoldGoals {
  std::optional<std::int64_t> reuse;           // of every layer, unless named
  std::map<std::string, std::int64_t> layers;  // reuse by layer
  std::optional<int> interval;                 // most cycles from one inference to the next
  std::optional<int> latency;                  // most cycles
  std::optional<double> luts, registers;       // most, by the estimate

  bool any() const;
};

/// A reuse as the user writes it: `16`, or `dense1=16`. ReuseMalformed.
Status add_reuse(FoldGoals& goals, const std::string& text);

/// A network and why it was chosen.
struct FoldedDesign {
  lowering::Folds folds;
  hardware::Design design;
  schedule::Schedule schedule;
  schedule::Estimate estimate;
  std::string reason;
};

/// The folds that meet the goals with the fewest multipliers for the interval that they leave: with
/// a latency the slowest interval that meets it, with a budget the fastest that fits.
/// FoldsImpossible names what comes nearest; errors as of `lower_network` and `pipeline`.
Result<FoldedDesign> choose_folds(const graph::Graph& graph, const schedule::Target& target,
                                  const lowering::LoweringOptions& options, double clock_ns,
                                  const FoldGoals& goals);

}  // namespace gatefold::driver
