#pragma once

#include <string>

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// The module of a process: ports, control, and the instances of its layers in order; `title` heads
/// the file.
std::string process_module(const Plan& plan, const std::string& title);

}  // namespace gatefold::emit
