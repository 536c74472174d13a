#pragma once

#include <optional>
#include <utility>

#include "gatefold/graph/graph.h"
#include "gatefold/hardware/design.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/schedule/fuse_adders.h"
#include "gatefold/schedule/target.h"
#include "gatefold/support/result.h"

namespace gatefold::driver {

/// LUTs of adders and of rows of three words, in thousandths.
adder_graph::CostModel adder_costs(const schedule::Target& target);

/// The factors that the target's DSPs take at a clock as the user wishes; by default those whose
/// multiplication costs more LUTs than the devices have for each DSP.
lowering::DspFactors dsp_factors(const schedule::Target& target, lowering::Multipliers wanted,
                                 double clock_ns);

/// Makes the design of a graph for a clock: products are split and adders joined as it allows.
class HardwareMaker {
 public:
  /// `graph` and `target` outlive the maker. With folds it makes a network of processes, else a
  /// fully parallel design. Adders cost what the target says.
  HardwareMaker(const graph::Graph& graph, const schedule::Target& target,
                const lowering::LoweringOptions& options,
                std::optional<lowering::Folds> folds = std::nullopt);

  /// The smallest design among those of the fewest stages, or of at most `stages`.
  Result<hardware::Design> design(double clock_ns, std::optional<int> stages = std::nullopt);

  /// The shortest clock in ns, to the picosecond, at which the design takes at most `stages`
  /// stages: no shorter one was found by bisection, in which every step makes the design anew.
  Result<double> shortest_clock(int stages);

 private:
  bool reaches(double clock_ns, int stages);
  int stages_of(const hardware::Design& design, double clock_ns) const;
  hardware::Design fused(double clock_ns, schedule::Fusions fusions) const;
  /// The design with its large tables in block RAM, where that takes at most so many stages.
  hardware::Design with_tables(hardware::Design design, double clock_ns, int stages) const;

  const graph::Graph& graph_;
  const schedule::Target& target_;
  lowering::LoweringOptions options_;
  std::optional<lowering::Folds> folds_;
  // For options_.product_bits and dsp, once there are layers: as lowered, and simplified.
  hardware::Design lowered_, simplified_;
};

}  // namespace gatefold::driver
