#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "gatefold/driver/resources.h"
#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"
#include "gatefold/hardware/evaluate.h"
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
  std::map<std::string, lowering::DspFactors> dsps = {};  // by layer, of a choice made before
  Resources most = unbounded();                           // by the estimate
  hardware::Batch inputs = {};  // on which toggles are counted, if they are bounded

  bool any() const;
  bool has_budget() const;
  bool bounds(Resource resource) const;
};

/// A reuse as the user writes it: `16`, or `dense1=16`. ReuseMalformed.
Status add_reuse(FoldGoals& goals, const std::string& text);

/// A network and why it was chosen.
struct FoldedDesign {
  lowering::Folds folds;
  hardware::Design design;
  schedule::Schedule schedule;
  schedule::Estimate estimate;
  std::optional<schedule::Toggles> toggles;  // on the goals' inputs
  Resources resources;
  std::string reason;
};

/// The folds that meet the goals. With a budget: the shortest interval that fits; with an interval
/// or a latency: the smallest design that keeps them. Every matrix is an adder graph or folded, as
/// the smallest choice of all within the budget has it (driver/cheapest_choice.h); with a latency
/// single matrices are then folded further while the latency holds. Every design is made in full:
/// nothing is extrapolated. FoldsImpossible names what comes nearest; errors as of `lower_network`
/// and `pipeline`.
Result<FoldedDesign> choose_folds(const graph::Graph& graph, const schedule::Target& target,
                                  const lowering::LoweringOptions& options, double clock_ns,
                                  const FoldGoals& goals);

}  // namespace gatefold::driver
