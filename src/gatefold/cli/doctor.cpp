// doctor: which tools are there, and what is missing for what.
#include <fmt/core.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "gatefold/cli/commands.h"
#include "gatefold/flows/tools.h"

namespace gatefold::cli {
namespace {

void print_json(const std::vector<flows::ToolStatus>& tools) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& tool : tools)
    list.push_back({{"name", tool.name},
                    {"found", tool.found},
                    {"version", tool.version},
                    {"where", tool.where},
                    {"purpose", tool.purpose},
                    {"install", tool.install}});
  fmt::print("{}\n", list.dump(2));
}

void print_table(const std::vector<flows::ToolStatus>& tools) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& tool : tools)
    rows.push_back({tool.name, tool.found ? "found" : "missing", tool.version, tool.purpose,
                    tool.found ? tool.where : tool.install});
  fmt::print("{}", table({"tool", "state", "version", "for", "where, or how to install"}, rows));
}

}  // namespace

void add_doctor(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("doctor", "Say which external tools are there");
  const auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "Print JSON");
  command->callback([as_json] {
    const auto tools = flows::doctor();
    *as_json ? print_json(tools) : print_table(tools);
  });
}

}  // namespace gatefold::cli
