#pragma once

#include <string>

#include "gatefold/flows/yosys/target.h"

namespace gatefold::flows::yosys {

/// The cells of a Liberty file as a target: areas in the place of LUTs, adders as chains of its
/// full adders. What read_liberty says.
Result<Target> target_of_cells(const std::string& path);

/// The commands before the options of the last one, `synth`; ripple_adders.v lies in `flow`.
std::string synth_commands(const Target& target, const std::string& flow);

/// The commands that map to the target's Liberty file and write its cells' functions, as models for
/// the netlist's simulation, to `out`; none for another target.
std::string map_commands(const Target& target, const std::string& out);

}  // namespace gatefold::flows::yosys
