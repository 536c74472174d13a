#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "gatefold/flows/run_tool.h"
#include "gatefold/support/result.h"

// Synthesis of an emitted project by Yosys.
namespace gatefold::flows {

/// Cells of a device. A cell that takes the place of LUTs (the ECP5's carry cell: two) counts there
/// too. Of a Liberty file's cells `luts` is the area, flip-flops included, in its unit.
struct Cells {
  std::int64_t luts = 0;
  std::int64_t carries = 0;
  std::int64_t muxes = 0;  // hard multiplexers behind the LUTs
  std::int64_t flip_flops = 0;
  std::int64_t shift_registers = 0;
  std::int64_t brams = 0;
  std::int64_t dsps = 0;
  int levels = 0;  // LUTs, carry cells and multiplexers on the longest path between registers

  /// The sum; the longer of the longest paths.
  Cells& operator+=(const Cells& other);
  friend bool operator==(const Cells&, const Cells&) = default;
};

/// The cells of a layer's modules, synthesised with the hierarchy kept, so that they do not quite
/// add up to the whole. The last entry has no name: control and queues of processes and top.
struct LayerCells {
  std::string layer;
  Cells cells;
};

struct Synthesis {
  std::string target;
  std::string tool_version;  // "Yosys 0.23"
  Cells total;               // of the flattened design
  std::vector<LayerCells> layers;
  std::filesystem::path netlist;  // Verilog of the flattened design
  double seconds = 0;
};

/// Synthesises a project for a target of `synthesis_targets`: without DSPs, so that products become
/// LUTs and areas compare; with block RAM where the netlist can be simulated (the iCE40's models
/// come with Yosys, those of UltraScale+ are ours), else memories become LUT RAM or registers;
/// without shift registers of LUTs, whose clock enable Yosys 0.23 drops (the pipeline then moves
/// while it should stand still). Writes to the project's build/yosys/<target>/. TargetUnknown,
/// MissingTool, ToolFailed, ToolOutput, ProjectMalformed, and what run_tool says.
Result<Synthesis> synthesise(const std::filesystem::path& project, const std::string& target,
                             std::chrono::seconds time = default_time);

/// TargetUnknown, MissingTool.
Status can_synthesise(const std::string& target);

/// The targets' names.
std::vector<std::string> synthesis_targets();

}  // namespace gatefold::flows
