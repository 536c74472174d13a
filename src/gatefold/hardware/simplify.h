#pragma once

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// The same meaning with less hardware: constants folded, operations that do nothing removed,
/// products by powers of two as shifts, equal operations shared, what no beat and no store needs
/// dropped, ranges narrowed to what interval arithmetic gives. Ports, channels, states and memories
/// stay. The design must verify.
Design simplify(const Design& design);

/// Tables that no operation looks up are left out; the others are numbered anew.
void drop_unused_tables(Process& process);

}  // namespace gatefold::hardware
