#include <regex>
#include <set>
#include <sstream>

#include "gatefold/flows/testbench.h"
#include "gatefold/flows/yosys/target.h"
#include "gatefold/support/files.h"

// Simulation of a netlist with the cell models that come with Yosys.
namespace gatefold::flows {
namespace {

namespace fs = std::filesystem;

/// The name in a line that begins a module, else nothing.
std::string module_in(const std::string& line) {
  static const std::regex header(R"(^module (\w+).*)");
  std::smatch match;
  return std::regex_match(line, match, header) ? match[1].str() : "";
}

/// The modules that the target's own models define.
std::set<std::string> own_modules(const yosys::Target& target) {
  std::set<std::string> modules;
  for (const auto& name : target.own_models) {
    std::istringstream text{std::string(script("yosys/" + name))};
    for (std::string line; std::getline(text, line);) modules.insert(module_in(line));
  }
  return modules;
}

/// The text of Verilog modules with other names for some.
std::string renamed(const std::string& text, const std::set<std::string>& modules) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const std::string module = module_in(line);
    if (!module.empty() && modules.contains(module))
      line.replace(line.find(module), module.size(), "yosys_" + module);
    result += line + "\n";
  }
  return result;
}

/// Adds the target's models, from the share folder of the Yosys that wrote the netlist. Our own
/// stand in the place of those that it has without a behaviour.
Status add_models(Testbench& bench, const yosys::Target& target) {
  for (const auto& name : target.made_models)
    bench.sources.push_back(yosys::out_of(target) + "/" + name);
  if (target.models.empty()) return success();
  GATEFOLD_TRY(const auto tool, need_tool("yosys"));
  const auto out = yosys::out_of(target);
  const auto own = own_modules(target);
  for (const auto& model : target.models) {
    const auto path = tool.share / model;
    GATEFOLD_TRY(const auto text, read_text(path));
    const auto copy = out + "/" + path.filename().string();
    GATEFOLD_CHECK(write_file(bench.project.folder / copy, renamed(text, own)));
    bench.sources.push_back(copy);
    bench.includes.push_back(path.parent_path().string());
  }
  for (const auto& name : target.own_models) bench.sources.push_back(out + "/" + name);
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
