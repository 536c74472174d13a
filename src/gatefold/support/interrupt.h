#pragma once

#include "gatefold/support/result.h"

namespace gatefold {

/// The exit code of a program that the user interrupts.
inline constexpr int interrupt_exit_code = 130;

/// Makes SIGINT and SIGTERM raise a flag that loops and stages ask for; the second one kills.
void install_interrupt_handler();

/// True once a signal has come.
bool interrupted();

/// Interrupted once a signal has come, to be passed up with GATEFOLD_CHECK.
Status check_interrupt();

}  // namespace gatefold
