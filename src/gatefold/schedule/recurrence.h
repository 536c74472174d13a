#pragma once

#include "gatefold/hardware/design.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// The same design with the least interval for each process at which what a step stores is there
/// for the next one: a sum of several stages takes as many cycles a step. `pipeline` refuses
/// (RecurrenceTooLong) what needs more than 64 cycles.
hardware::Design with_least_intervals(hardware::Design design, const Target& target,
                                      double clock_ns);

}  // namespace gatefold::schedule
