#pragma once

#include "gatefold/emit/plan.h"

namespace gatefold::emit {

/// Marks the values that reach an output, through states and memories too, and lists the writes of
/// live stores with the layer that reads them first. Aborts for a schedule in which a step could
/// read a store before the step before it has written.
void mark_alive(Plan& plan);

/// The operands that the text of an operation reads: without the one that a constant condition of a
/// Select leaves out.
std::vector<ValueId> read_operands(const Plan& plan, ValueId id);

/// A write's enable is a constant 0.
bool never_writes(const Plan& plan, ValueId enable);

}  // namespace gatefold::emit
