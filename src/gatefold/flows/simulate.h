#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "gatefold/flows/run_tool.h"
#include "gatefold/support/result.h"

// Simulation of an emitted project by its own testbench, on all vectors of its folder. What the
// tools make, and their logs, go to the project's build/.
namespace gatefold::flows {

enum class Simulator { Verilator, Icarus };

/// What the testbench found.
struct Simulation {
  std::int64_t vectors = 0;
  std::int64_t mismatches = 0;  // differing beats of the outputs
  std::int64_t bits = 0;        // differing bits of them
  std::int64_t latency = 0;     // cycles
  std::int64_t interval = 0;    // cycles, 0 when there was one vector
  std::string log;              // what the simulation printed
};

/// Checks the SystemVerilog by `verilator --lint-only -Wall`: any warning is ToolFailed.
/// MissingTool, ProjectMalformed, and what run_tool says.
Status lint(const std::filesystem::path& project, std::chrono::seconds time = default_time);

/// MissingTool where this machine cannot lint and simulate SystemVerilog, or not a netlist.
Status can_simulate();
Status can_simulate_netlist();

/// Simulates the SystemVerilog. Differing outputs are a value, not an error. A simulation that
/// does not come to its end, or whose latency or interval are not the schedule's, is ToolFailed;
/// MissingTool, ProjectMalformed, and what run_tool says.
Result<Simulation> simulate(const std::filesystem::path& project, Simulator which,
                            std::chrono::seconds time = default_time);

/// The same for the netlist that `synthesise` has left for the target, with the cell models of
/// Yosys; FileNotReadable when it has not run, TargetUnknown. By Icarus, for the C++ of a netlist
/// takes minutes to compile; by Verilator where Icarus is missing or fails.
Result<Simulation> simulate_netlist(const std::filesystem::path& project, const std::string& target,
                                    std::chrono::seconds time = default_time);

/// The testbench's last line among what a simulation printed; its `log` is the text.
std::optional<Simulation> read_simulation(const std::string& text);

}  // namespace gatefold::flows
