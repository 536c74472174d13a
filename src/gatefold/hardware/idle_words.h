#pragma once

#include <vector>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// By value of the body: whether anything that a step leaves behind, beats and stores, may depend
/// on it in steps in which `when` does not hold. Selections and writes are followed as far as the
/// counts of loops alone decide them.
std::vector<bool> needed_outside(const Process& process, const When& when);

}  // namespace gatefold::hardware
