#pragma once

#include <string>
#include <vector>

#include "gatefold/flows/project.h"
#include "gatefold/flows/run_tool.h"
#include "gatefold/flows/simulate.h"

namespace gatefold::flows {

/// The project's testbench around some form of the design.
struct Testbench {
  Project project;
  std::vector<std::string> sources;   // of the design; a relative path starts at the project
  std::vector<std::string> includes;  // folders
  std::vector<std::string> defines;   // macros
  std::string out;                    // folder of what is made, relative to the project
  std::string label;                  // of the progress line
  std::chrono::seconds time;
};

/// Compiles and runs the testbench with one simulator.
Result<Simulation> run_verilator(const Testbench& bench);
Result<Simulation> run_icarus(const Testbench& bench);

/// Runs a compiled testbench and reads its result.
Result<Simulation> run_compiled(const ToolRun& run);

}  // namespace gatefold::flows
