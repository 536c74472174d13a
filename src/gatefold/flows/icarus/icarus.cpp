#include "gatefold/flows/testbench.h"

// Icarus Verilog: slower cycles than Verilator's, but no C++ to compile.
namespace gatefold::flows {
namespace {

/// The interpreter that came with the compiler.
FoundTool interpreter_of(const FoundTool& icarus) {
  const auto program = std::filesystem::path(icarus.where).parent_path() / "vvp";
  return {"vvp", {program.string()}, icarus.version, program.string(), {}};
}

}  // namespace

Result<Simulation> run_icarus(const Testbench& bench) {
  GATEFOLD_TRY(const auto icarus, need_tool("iverilog"));
  const auto& folder = bench.project.folder;
  const auto compiled = bench.out + "/simulation.vvp";
  std::vector<std::string> arguments{"-g2012", "-gno-specify", "-s", bench.project.testbench,
                                     "-o",     compiled};
  for (const auto& include : bench.includes) arguments.insert(arguments.end(), {"-I", include});
  for (const auto& define : bench.defines) arguments.push_back("-D" + define);
  arguments.push_back(bench.project.testbench_file());
  arguments.insert(arguments.end(), bench.sources.begin(), bench.sources.end());
  GATEFOLD_CHECK(run_to_success({icarus, arguments, folder, bench.out + "/compile.log",
                                 bench.label + ": compile", bench.time}));
  const auto interpreter = interpreter_of(icarus);
  return run_compiled({interpreter,
                       {"-n", compiled},
                       folder,
                       bench.out + "/simulation.log",
                       bench.label + ": simulate",
                       bench.time});
}

}  // namespace gatefold::flows
