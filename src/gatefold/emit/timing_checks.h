#pragma once

#include <string>

#include "gatefold/emit/network.h"

namespace gatefold::emit {

/// The testbench's checks of latency and interval on the vectors that come without gaps. Of one
/// process every vector is checked; in a network, where inputs may run ahead, the latency of the
/// first vector, and that the later half does not come slower than the interval.
std::string timing_checks(const Network& network);

}  // namespace gatefold::emit
