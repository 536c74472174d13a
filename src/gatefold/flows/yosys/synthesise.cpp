#include "gatefold/flows/synthesise.h"

#include <algorithm>
#include <fmt/format.h>

#include "gatefold/flows/project.h"
#include "gatefold/flows/yosys/figures.h"
#include "gatefold/support/files.h"

namespace gatefold::flows {
namespace {

namespace fs = std::filesystem;
using yosys::Target;

/// Writes the target's script and what it reads into its output folder.
Status write_scripts(const Project& project, const Target& target) {
  const auto out = yosys::out_of(target);
  GATEFOLD_CHECK(make_folder(project.folder / out));
  const auto text = fill(std::string(script("yosys/synthesise.ys")), yosys::fields_of(target, out));
  GATEFOLD_CHECK(write_file(project.folder / out / "synthesise.ys", text));
  for (const auto& [path, content] : yosys::script_files(target))
    GATEFOLD_CHECK(write_file(project.folder / out / path, content));
  return success();
}

std::string commands(const Project& project, const Target& target) {
  return fmt::format(
      "{}; script {}/synthesise.ys",
      yosys::read_commands(fmt::format("{}", fmt::join(project.files, " ")), project.top),
      yosys::out_of(target));
}

/// The modules' cells from the figures `stem` of a run.
Result<std::map<std::string, Cells>> cells_of(const Project& project, const Target& target,
                                              const std::string& stem) {
  const auto out = project.folder / yosys::out_of(target);
  GATEFOLD_TRY(const auto stat, read_text(out / (stem + ".json")));
  GATEFOLD_TRY(const auto levels, read_text(out / (stem + "_levels.txt")));
  return yosys::read_cells(target, stat, levels, (out / (stem + ".json")).string());
}

Result<Cells> cells_of(const std::map<std::string, Cells>& modules, const std::string& module,
                       const std::string& file) {
  const auto found = modules.find(module);
  if (found != modules.end()) return found->second;
  return diagnose(DiagnosticId::ToolOutput, "", file, "Yosys",
                  fmt::format("it lacks module '{}'", module));
}

/// A layer of several modules, and the control of several processes, is one row.
void add_cells(std::vector<LayerCells>& rows, const std::string& layer, const Cells& cells) {
  const auto row = std::ranges::find(rows, layer, &LayerCells::layer);
  if (row == rows.end()) {
    rows.push_back({layer, cells});
  } else {
    row->cells += cells;
  }
}

Status read_figures(Synthesis& synthesis, const Project& project, const Target& target) {
  const auto out = project.folder / yosys::out_of(target);
  GATEFOLD_TRY(const auto total, cells_of(project, target, "total"));
  GATEFOLD_TRY(synthesis.total, cells_of(total, project.top, (out / "total.json").string()));
  GATEFOLD_TRY(const auto modules, cells_of(project, target, "layers"));
  const auto file = (out / "layers.json").string();
  for (const auto& layer : project.layers) {
    if (layer.module.empty()) continue;
    GATEFOLD_TRY(const auto cells, cells_of(modules, layer.module, file));
    add_cells(synthesis.layers, layer.name, cells);
  }
  auto control = project.processes;
  control.push_back(project.top);
  for (const auto& module : control) {
    GATEFOLD_TRY(const auto cells, cells_of(modules, module, file));
    add_cells(synthesis.layers, "", cells);
  }
  return success();
}

}  // namespace

Cells& Cells::operator+=(const Cells& other) {
  luts += other.luts;
  carries += other.carries;
  muxes += other.muxes;
  flip_flops += other.flip_flops;
  shift_registers += other.shift_registers;
  brams += other.brams;
  dsps += other.dsps;
  levels = std::max(levels, other.levels);
  return *this;
}

Status can_synthesise(const std::string& target) {
  GATEFOLD_CHECK(yosys::find_target(target));
  GATEFOLD_CHECK(need_tool("yosys"));
  return success();
}

Result<Synthesis> synthesise(const fs::path& folder, const std::string& name,
                             std::chrono::seconds time) {
  GATEFOLD_TRY(const auto target, yosys::find_target(name));
  GATEFOLD_TRY(const auto project, read_project(folder));
  GATEFOLD_TRY(const auto tool, need_tool("yosys"));
  GATEFOLD_CHECK(write_scripts(project, target));
  const auto out = yosys::out_of(target);
  const auto start = std::chrono::steady_clock::now();
  GATEFOLD_CHECK(run_to_success({tool,
                                 {"-p", commands(project, target)},
                                 folder,
                                 out + "/yosys.log",
                                 "yosys: " + target.name,
                                 time,
                                 {{"TMPDIR", out}}}));
  Synthesis synthesis{target.name, "Yosys " + tool.version, {}, {}, folder / out / "netlist.v"};
  synthesis.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  GATEFOLD_CHECK(read_figures(synthesis, project, target));
  return synthesis;
}

}  // namespace gatefold::flows
