#include "gatefold/flows/simulate.h"

#include <regex>

#include "gatefold/flows/testbench.h"

namespace gatefold::flows {

Result<Simulation> simulate(const std::filesystem::path& folder, Simulator which,
                            std::chrono::seconds time) {
  GATEFOLD_TRY(auto project, read_project(folder));
  Testbench bench{std::move(project), {}, {}, {}, "", "", time};
  bench.sources = bench.project.files;
  switch (which) {
    case Simulator::Verilator:
      bench.out = "build/verilator";
      bench.label = "verilator";
      return run_verilator(bench);
    case Simulator::Icarus:
      bench.out = "build/icarus";
      bench.label = "icarus";
      return run_icarus(bench);
  }
  GATEFOLD_ASSERT(false, "every simulator is handled");
}

Result<Simulation> run_compiled(const ToolRun& run) {
  GATEFOLD_TRY(const auto exit_code, run_tool(run));
  GATEFOLD_TRY(const auto text, log_of(run));
  auto simulation = read_simulation(text);
  // The testbench also fails for a wrong latency or interval, with all outputs equal.
  if (!simulation || (exit_code != 0 && simulation->mismatches == 0))
    return tool_failed(run, exit_code);
  return *std::move(simulation);
}

std::optional<Simulation> read_simulation(const std::string& text) {
  static const std::regex line(
      R"(GATEFOLD_RESULT vectors=(\d+) mismatches=(\d+) bits=(\d+) latency=(\d+) interval=(\d+)\s)");
  std::smatch match;
  if (!std::regex_search(text, match, line)) return std::nullopt;
  const auto number = [&](std::size_t i) { return std::stoll(match[i].str()); };
  return Simulation{number(1), number(2), number(3), number(4), number(5), text};
}

}  // namespace gatefold::flows
