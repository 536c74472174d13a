#pragma once

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// Which pairs of adders may become one.
enum class Fusions {
  All,          // all that save LUTs
  KeepingPath,  // those that leave the longest path without registers as long as it was, or shorter
};

/// Makes one Add3 of an adder and the adder that only it reads, where the target has carry chains
/// that sum three words, the chain keeps the clock and LUTs are saved. With Fusions::All, each tree
/// of adders takes its cheapest choice of pairs (exact, by dynamic programming). Every word keeps
/// its range.
hardware::Design fuse_adders(const hardware::Design& design, const Target& target, double clock_ns,
                             Fusions fusions);

}  // namespace gatefold::schedule
