#pragma once

#include <optional>

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// The design with its large tables as memories that nothing writes, which the target holds in
/// block RAM; not those on the way from a word that is kept to one that is kept, for their word is
/// known a stage later. Every word keeps its range. None where there is no such table.
std::optional<hardware::Design> with_block_tables(const hardware::Design& design,
                                                  const Target& target);

}  // namespace gatefold::schedule
