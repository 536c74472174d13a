#pragma once

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// Makes tables of words that few bits decide, such as whole neurons of narrow inputs: where a
/// table of these bits takes fewer LUTs than the logic that then nobody reads, is ready as early,
/// and keeps the clock. Up to the target's LUT inputs a table is one LUT for each bit of its word;
/// it has at most three address bits more. Each entry is what the operations compute; addresses
/// that they never see hold any word of the range. Cell libraries have no tables worth it: their
/// designs stay as they are.
hardware::Design tabulate_cones(const hardware::Design& design, const Target& target,
                                double clock_ns);

}  // namespace gatefold::schedule
