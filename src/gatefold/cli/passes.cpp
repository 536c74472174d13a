// passes: the pipeline of graph passes.
#include <fmt/core.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "gatefold/cli/commands.h"

namespace gatefold::cli {

void add_passes(CLI::App& app, Outcome&) {
  auto* command = app.add_subcommand("passes", "Print the pipeline of graph passes");
  const auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "Print JSON");
  command->callback([as_json] {
    if (!*as_json) return fmt::print("{}", passes::describe_pipeline());
    nlohmann::json list = nlohmann::json::array();
    for (const auto& pass : passes::pipeline())
      list.push_back({{"name", pass.name}, {"summary", pass.summary}});
    fmt::print("{}\n", list.dump(2));
  });
}

}  // namespace gatefold::cli
