#include "gatefold/flows/yosys/figures.h"

#include <algorithm>
#include <cmath>
#include <fnmatch.h>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

namespace gatefold::flows::yosys {
namespace {

using Json = nlohmann::json;

bool matches(const std::string& pattern, const std::string& type) {
  return ::fnmatch(pattern.c_str(), type.c_str(), FNM_NOESCAPE) == 0;
}

/// Cells that stand for no hardware: notes of the hierarchy, constants.
bool is_nothing(const std::string& type) {
  return type == "$scopeinfo" || type == "GND" || type == "VCC";
}

/// Adds `count` cells of a type; false when the target does not know it.
bool add(Cells& cells, const Target& target, const std::string& type, std::int64_t count) {
  bool known = is_nothing(type);
  const auto add_weighted = [&](const auto& weights, std::int64_t& sum) {
    for (const auto& [pattern, weight] : weights) {
      if (!matches(pattern, type)) continue;
      sum += std::llround(static_cast<double>(weight) * static_cast<double>(count));
      known = true;
    }
  };
  add_weighted(target.luts, cells.luts);
  add_weighted(target.register_areas, cells.luts);
  add_weighted(target.brams, cells.brams);
  for (const auto& [pattern, kind] : target.kinds) {
    if (!matches(pattern, type)) continue;
    cells.*kind += count;
    known = true;
  }
  return known;
}

/// Yosys writes the names of modules with a backslash before.
std::string plain(const std::string& name) {
  return name.starts_with('\\') ? name.substr(1) : name;
}

std::map<std::string, int> read_levels(const std::string& text) {
  static const std::regex line(R"(Longest topological path in (\S+) \(length=(-?\d+)\))");
  std::map<std::string, int> levels;
  for (std::sregex_iterator match(text.begin(), text.end(), line), end; match != end; ++match)
    levels[plain((*match)[1])] = std::max(0, std::stoi((*match)[2]));
  return levels;
}

/// The lines that are JSON: Yosys 0.23 writes the tree of the modules in between where it has more
/// than two levels.
std::string json_lines(const std::string& stat) {
  std::istringstream lines(stat);
  std::string json;
  for (std::string line; std::getline(lines, line);) {
    const auto start = line.find_first_not_of(' ');
    if (start != std::string::npos &&
        std::string_view("\"{}").find(line[start]) != std::string_view::npos)
      json += line;
  }
  return json;
}

}  // namespace

Result<std::map<std::string, Cells>> read_cells(const Target& target, const std::string& stat,
                                                const std::string& levels,
                                                const std::string& file) {
  const auto refuse = [&](const std::string& why) {
    return diagnose(DiagnosticId::ToolOutput, "", file, "Yosys", why);
  };
  const auto json = Json::parse(json_lines(stat), nullptr, false);
  if (!json.is_object() || !json.contains("modules") || !json["modules"].is_object())
    return refuse("it holds no modules");
  const auto depth = read_levels(levels);
  std::map<std::string, Cells> cells;
  for (const auto& [name, entry] : json["modules"].items()) {
    const auto module = plain(name);
    const auto types = entry.find("num_cells_by_type");
    if (types == entry.end() || !types->is_object())
      return refuse("module '" + module + "' has no cells by type");
    if (!depth.contains(module)) return refuse("module '" + module + "' has no longest path");
    cells[module].levels = depth.at(module);
    for (const auto& [type, count] : types->items()) {
      const bool is_module = json["modules"].contains("\\" + type);
      if (!is_module && !add(cells[module], target, type, count.get<std::int64_t>()))
        return refuse("it has cells of type '" + type + "'");
    }
  }
  return cells;
}

}  // namespace gatefold::flows::yosys
