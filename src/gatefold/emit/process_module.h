#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// The top module: ports, control, and the instances of the layers in order.
std::string top_module(const Plan& plan);

/// One line for each run of equal words of a port's beat: `[95:0] x[0..15]: s6 each`.
std::vector<std::string> packing_lines(const PortPlan& port);

}  // namespace gatefold::emit
