#pragma once

#include <string>

#include "gatefold/emit/plan.h"

// A process's control: when a step starts, how it moves through the stages, and the
// valid/ready ports.
namespace gatefold::emit {

/// The signal that a step is in the stage.
std::string step_name(int stage);

/// The gated clock of the registers at the end of the stage.
std::string clock_name(int stage);

/// The declarations and logic of the handshake, of the counts of the loops and of the steps.
std::string control_text(const Plan& plan);

}  // namespace gatefold::emit
