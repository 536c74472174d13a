#include "gatefold/flows/testbench.h"
#include "gatefold/flows/yosys/target.h"

// Simulation of a netlist with the cell models that come with Yosys.
namespace gatefold::flows {
namespace {

namespace fs = std::filesystem;

/// Adds the target's models, from the share folder of the Yosys that wrote the netlist.
Status add_models(Testbench& bench, const yosys::Target& target) {
  if (target.models.empty()) return success();
  GATEFOLD_TRY(const auto tool, need_tool("yosys"));
  for (const auto& model : target.models) {
    const auto path = tool.share / model;
    std::error_code error;
    if (!fs::is_regular_file(path, error))
      return diagnose(DiagnosticId::FileNotReadable, "", path.string(), "no such file");
    bench.sources.push_back(path.string());
    bench.includes.push_back(path.parent_path().string());
  }
  for (const auto& name : target.own_models)
    bench.sources.push_back(yosys::out_of(target) + "/" + name);
  return success();
}

/// Whether Icarus is missing, or cannot read the models: version 11 not those of the ECP5 in
/// Yosys 0.70.
bool icarus_cannot(const Result<Simulation>& simulation) {
  return !simulation.ok() && (simulation.errors().front().id == DiagnosticId::MissingTool ||
                              simulation.errors().front().id == DiagnosticId::ToolFailed);
}

}  // namespace

Status can_simulate_netlist() { return find_tool("iverilog") ? success() : can_simulate(); }

Result<Simulation> simulate_netlist(const fs::path& folder, const std::string& name,
                                    std::chrono::seconds time) {
  GATEFOLD_TRY(const auto target, yosys::find_target(name));
  GATEFOLD_TRY(auto project, read_project(folder));
  const auto out = yosys::out_of(target);
  if (!fs::exists(folder / out / "netlist.v"))
    return diagnose(DiagnosticId::FileNotReadable, "", (folder / out / "netlist.v").string(),
                    "no such file");
  Testbench bench{std::move(project), {out + "/netlist.v"},         {},  target.defines,
                  out + "/netlist",   "netlist for " + target.name, time};
  GATEFOLD_CHECK(add_models(bench, target));
  auto simulation = run_icarus(bench);
  if (icarus_cannot(simulation) && find_tool("verilator")) return run_verilator(bench);
  return simulation;
}

}  // namespace gatefold::flows
