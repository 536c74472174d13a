#pragma once

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// Makes one Add3 of an adder and the adder that only it reads, where the target has carry chains
/// that sum three words, the chain keeps the clock and LUTs are saved. Of each tree of adders the
/// cheapest choice of pairs is taken (exact, by dynamic programming). Every word keeps its range.
hardware::Design fuse_adders(const hardware::Design& design, const Target& target, double clock_ns);

}  // namespace gatefold::schedule
