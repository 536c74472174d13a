#pragma once

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// The design with its large tables as memories that nothing writes, which the target holds in
/// block RAM; not those that a state of their process leads to, for their word is known a stage
/// later. Every word keeps its range.
hardware::Design with_block_tables(hardware::Design design, const Target& target);

}  // namespace gatefold::schedule
