#pragma once

#include <filesystem>
#include <string>

#include "gatefold/cells/liberty.h"
#include "gatefold/schedule/target.h"

namespace gatefold::schedule {

/// Whether a target's name is the path of a Liberty file.
bool is_liberty(const std::string& target);

/// A target whose costs are areas, in the library's unit, of the smallest cells for each bit of an
/// operation, and whose delays are those of the library's tables. Each gate drives four inverters,
/// whose transition at that load is the one at its inputs; there are no wires. Adders are
/// ripple-carry chains of full adders; how many gates a bit of the other operations takes is an
/// estimate. A register bit is a flip-flop and a multiplexer, which keeps its word. `path` is for
/// the messages. LibertyLacksCell: no inverter, NAND gate of two inputs or flip-flop.
Result<Target> cell_target(const cells::CellLibrary& library, const std::string& path);

/// Of a file; what read_liberty says too.
Result<Target> read_cell_target(const std::filesystem::path& path);

}  // namespace gatefold::schedule
