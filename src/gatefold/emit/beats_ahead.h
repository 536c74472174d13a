#pragma once

#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::emit {

/// By output port: the beats that a design gives at most before it takes one: steps that need none
/// run ahead. Those of a whole inference stand for any number.
std::vector<std::int64_t> beats_ahead(const hardware::Design& design);

}  // namespace gatefold::emit
