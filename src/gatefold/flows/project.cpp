#include "gatefold/flows/project.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "gatefold/support/files.h"

namespace gatefold::flows {
namespace {

using Json = nlohmann::json;

/// A member that is a text, or empty.
std::string text_in(const Json& object, const char* key) {
  const auto member = object.find(key);
  return member != object.end() && member->is_string() ? member->get<std::string>() : "";
}

Diagnostic malformed(const std::filesystem::path& folder, const char* lacks) {
  return diagnose(DiagnosticId::ProjectMalformed, "", folder.string(), lacks);
}

/// The name and module of each entry of a list.
std::vector<ProjectLayer> modules_in(const Json& manifest, const char* list) {
  std::vector<ProjectLayer> modules;
  const auto entries = manifest.find(list);
  if (entries == manifest.end() || !entries->is_array()) return modules;
  for (const auto& entry : *entries) {
    if (!entry.is_object()) continue;
    modules.push_back({text_in(entry, "name"), text_in(entry, "module")});
  }
  return modules;
}

}  // namespace

Result<Project> read_project(const std::filesystem::path& folder) {
  GATEFOLD_TRY(const auto text, read_text(folder / "manifest.json"));
  const auto manifest = Json::parse(text, nullptr, false);
  if (!manifest.is_object()) return malformed(folder, "a manifest.json that can be read");
  Project project{folder, text_in(manifest, "top"),       text_in(manifest, "testbench"),
                  {},     modules_in(manifest, "layers"), {}};
  for (const auto& process : modules_in(manifest, "processes"))
    project.processes.push_back(process.module);
  if (project.top.empty() || project.testbench.empty())
    return malformed(folder, "'top' and 'testbench' in its manifest.json");
  if (project.layers.empty()) return malformed(folder, "'layers' in its manifest.json");
  GATEFOLD_TRY(const auto list, read_text(folder / "files.f"));
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) project.files.push_back(line);
  if (project.files.empty()) return malformed(folder, "the names of its modules in files.f");
  return project;
}

Result<std::string> read_text(const std::filesystem::path& path) {
  GATEFOLD_TRY(const auto bytes, read_file(path));
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

Status make_folder(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return diagnose(DiagnosticId::FileNotWritable, "", path.string(), error.message());
  return success();
}

}  // namespace gatefold::flows
