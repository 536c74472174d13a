#include "gatefold/flows/yosys/target.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "gatefold/flows/primitives.h"
#include "gatefold/flows/project_files.h"
#include "gatefold/flows/yosys/cells.h"
#include "gatefold/schedule/cell_target.h"
#include "gatefold/schedule/target.h"
#include "gatefold/support/assert.h"

namespace gatefold::flows {
namespace yosys {
namespace {

using Json = nlohmann::ordered_json;

const Json& table() {
  static const Json json = Json::parse(script("yosys/targets.json"));
  return json;
}

constexpr std::pair<const char*, std::int64_t Cells::*> kinds[] = {
    {"carries", &Cells::carries},
    {"muxes", &Cells::muxes},
    {"flip_flops", &Cells::flip_flops},
    {"shift_registers", &Cells::shift_registers},
    {"dsps", &Cells::dsps}};

std::vector<std::string> texts(const Json& entry, const char* key) {
  return entry.value(key, std::vector<std::string>());
}

Target read_target(const std::string& name, const Json& entry) {
  Target target{name,
                schedule::load_target(name).value().title,
                entry.at("synth"),
                entry.at("flat"),
                entry.at("by_layer"),
                entry.at("luts"),
                entry.value("brams", std::map<std::string, int>()),
                {},
                texts(entry, "models"),
                texts(entry, "own_models"),
                texts(entry, "defines"),
                texts(entry, "primitives")};
  for (const auto& [key, count] : kinds)
    for (const auto& pattern : texts(entry, key)) target.kinds[pattern] = count;
  return target;
}

/// Of `xilinx/gatefold_add3.v`: `xilinx` and `gatefold_add3`.
std::pair<std::string, std::string> folder_and_module(const std::filesystem::path& path) {
  return {path.parent_path().string(), path.stem().string()};
}

/// By module, the target's own body of a primitive, else that of any device.
std::map<std::string, std::string_view> primitive_bodies(const Target& target) {
  std::map<std::string, std::string_view> bodies;
  std::vector<std::string> folders{""};
  folders.insert(folders.end(), target.primitives.begin(), target.primitives.end());
  for (const auto& wanted : folders)
    for (const auto& file : flows::primitives)
      if (const auto [folder, module] = folder_and_module(file.name); folder == wanted)
        bodies[module] = file.text;
  return bodies;
}

std::string joined(const std::vector<std::string>& parts, const std::string& prefix) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : " ") + prefix + part;
  return text;
}

}  // namespace

std::vector<std::string> Target::logic() const {
  std::vector<std::string> patterns;
  for (const auto& [pattern, weight] : luts) patterns.push_back(pattern);
  for (const auto& [pattern, count] : kinds)
    if (count == &Cells::carries || count == &Cells::muxes || count == &Cells::dsps)
      patterns.push_back(pattern);
  return patterns;
}

Result<Target> find_target(const std::string& name) {
  if (schedule::is_liberty(name)) return target_of_cells(name);
  const auto found = table().find(name);
  if (found == table().end())
    return diagnose(DiagnosticId::TargetUnknown, "", name, fmt::join(synthesis_targets(), ", "));
  return read_target(name, *found);
}

std::vector<std::pair<std::string, std::string>> script_files(const Target& target) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto* name : {"alu.v", "lut6_2.v"})
    files.emplace_back(name, script(std::string("yosys/") + name));
  if (!target.liberty.empty())
    files.emplace_back("ripple_adders.v", fill(std::string(script("yosys/ripple_adders.v")),
                                               {{"full_adder", target.full_adder}}));
  std::string bodies;
  for (const auto& [module, text] : primitive_bodies(target)) bodies += text;
  files.emplace_back("primitives.v", bodies);
  for (const auto& name : target.own_models) files.emplace_back(name, script("yosys/" + name));
  return files;
}

std::string read_commands(const std::string& files, const std::string& top) {
  return fmt::format(
      "read_verilog -sv {}; blackbox gatefold_add3 gatefold_multiply; hierarchy -check -top {}",
      files, top);
}

std::string out_of(const Target& target) { return "build/yosys/" + target.name; }

Fields fields_of(const Target& target, const std::string& flow) {
  return {{"target", target.name},
          {"title", target.title},
          {"synth", target.liberty.empty() ? target.synth : synth_commands(target, flow)},
          {"map", map_commands(target, out_of(target))},
          {"flat", target.flat},
          {"by_layer", target.by_layer},
          {"logic", joined(target.logic(), "t:")},
          {"models", joined(target.models, "")},
          {"own_models", joined(target.own_models, flow + "/")},
          {"defines", joined(target.defines, "-D")},
          {"flow", flow},
          {"out", out_of(target)}};
}

}  // namespace yosys

std::vector<std::string> synthesis_targets() {
  std::vector<std::string> names;
  for (const auto& [key, entry] : yosys::table().items()) names.push_back(key);
  return names;
}

std::vector<emit::File> project_files(const std::string& name) {
  const auto target = yosys::find_target(name);
  if (!target.ok() || !target->liberty.empty()) return {};  // the library is no part of a project
  const std::string flow = "flows/yosys";
  auto fields = yosys::fields_of(*target, flow);
  fields.emplace_back("read", yosys::read_commands("$(tr '\\n' ' ' <files.f)", "$top"));
  std::vector<emit::File> files{
      {flow + "/run.sh", fill(std::string(script("yosys/run.sh")), fields)},
      {flow + "/synthesise_" + target->name + ".ys",
       fill(std::string(script("yosys/synthesise.ys")), fields)}};
  for (auto& [path, text] : yosys::script_files(*target))
    files.push_back({flow + "/" + path, std::move(text)});
  return files;
}

}  // namespace gatefold::flows
