#include <fmt/format.h>
#include <thread>

#include "gatefold/flows/simulate.h"
#include "gatefold/flows/testbench.h"

// Verilator: lint, and simulation as a compiled program.
namespace gatefold::flows {
namespace {

/// Verilator and what it calls.
Result<FoundTool> compiling_verilator() {
  GATEFOLD_TRY(auto verilator, need_tool("verilator"));
  GATEFOLD_CHECK(need_tool("g++"));
  GATEFOLD_CHECK(need_tool("make"));
  return verilator;
}

std::vector<std::string> compile_arguments(const Testbench& bench) {
  std::vector<std::string> arguments{
      "--binary",     "--timing",
      "-Wno-fatal",   "-Wno-lint",
      "-CFLAGS",      "-std=c++20",
      "-j",           std::to_string(std::max(1U, std::thread::hardware_concurrency())),
      "--Mdir",       bench.out,
      "--top-module", bench.project.testbench,
      "-o",           "simulation"};
  for (const auto& include : bench.includes) arguments.push_back("-I" + include);
  for (const auto& define : bench.defines) arguments.push_back("-D" + define);
  arguments.push_back(bench.project.testbench_file());
  arguments.insert(arguments.end(), bench.sources.begin(), bench.sources.end());
  return arguments;
}

}  // namespace

Status can_simulate() {
  GATEFOLD_CHECK(compiling_verilator());
  return success();
}

Status lint(const std::filesystem::path& folder, std::chrono::seconds time) {
  GATEFOLD_TRY(const auto project, read_project(folder));
  GATEFOLD_TRY(const auto verilator, need_tool("verilator"));
  std::vector<std::string> arguments{"--lint-only", "-Wall", "--top-module", project.top};
  arguments.insert(arguments.end(), project.files.begin(), project.files.end());
  return run_to_success(
      {verilator, arguments, folder, "build/verilator/lint.log", "verilator: lint", time});
}

Result<Simulation> run_verilator(const Testbench& bench) {
  GATEFOLD_TRY(const auto verilator, compiling_verilator());
  const auto& folder = bench.project.folder;
  // What a compiler leaves when it is ended lies in the project, and goes with it.
  const auto scratch = std::filesystem::absolute(folder / bench.out).string();
  GATEFOLD_CHECK(run_to_success({verilator,
                                 compile_arguments(bench),
                                 folder,
                                 bench.out + "/compile.log",
                                 bench.label + ": compile",
                                 bench.time,
                                 {{"TMPDIR", scratch}}}));
  const auto program = std::filesystem::absolute(folder / bench.out / "simulation").string();
  const FoundTool compiled{"simulation", {program}, "", program, {}};
  return run_compiled({compiled,
                       {},
                       folder,
                       bench.out + "/simulation.log",
                       bench.label + ": simulate",
                       bench.time});
}

}  // namespace gatefold::flows
