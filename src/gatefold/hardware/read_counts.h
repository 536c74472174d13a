#pragma once

#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// By value of the body: how often operations and given beats read it.
std::vector<int> read_counts(const Process& process);

}  // namespace gatefold::hardware
