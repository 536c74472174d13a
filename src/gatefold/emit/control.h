#pragma once

#include <string>

#include "gatefold/emit/plan.h"

// The top module's control: when a step starts, how it moves through the stages, and the
// valid/ready ports.
namespace gatefold::emit {

/// The declarations and logic of the handshake, of the counts of the loops and of the steps.
std::string control_text(const Plan& plan);

}  // namespace gatefold::emit
