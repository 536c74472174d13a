// check: every problem of a model at once.
#include <fmt/core.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "gatefold/cli/commands.h"
#include "gatefold/layers/operators.h"

namespace gatefold::cli {
namespace {

using nlohmann::json;

std::string list_operators(bool as_json) {
  std::vector<std::vector<std::string>> rows;
  json list = json::array();
  for (const auto& entry : layers::operators()) {
    rows.push_back({std::string(entry.domain), std::string(entry.type)});
    list.push_back({{"domain", entry.domain}, {"operator", entry.type}});
  }
  return as_json ? list.dump(2) + "\n" : table({"domain", "operator"}, rows);
}

std::string layer_table(const graph::Graph& graph, bool as_json) {
  std::vector<std::vector<std::string>> rows;
  json list = json::array();
  for (const graph::Node& node : graph.nodes()) {
    const std::string op = graph::name_of(node.op);
    const std::string type = node.outputs.front().to_string();
    rows.push_back({node.layer, op, type});
    list.push_back({{"layer", node.layer}, {"op", op}, {"type", type}});
  }
  return as_json ? json{{"problems", json::array()}, {"ops", list}}.dump(2) + "\n"
                 : table({"layer", "op", "type"}, rows);
}

int print_problems(const Diagnostics& problems) {
  json list = json::array();
  for (const Diagnostic& problem : problems)
    list.push_back({{"id", name_of(problem.id)},
                    {"layer", problem.layer},
                    {"text", problem.text},
                    {"remedy", problem.remedy}});
  fmt::print("{}\n", json{{"problems", list}}.dump(2));
  return mistake;
}

Outcome check(const ModelOptions& options) {
  GATEFOLD_TRY(const auto import, options.import_options());
  const auto graph = driver::import_file(options.model, import);
  if (!graph && options.json) return print_problems(graph.errors());
  if (!graph) return Diagnostics(graph.errors());
  fmt::print("{}", layer_table(*graph, options.json));
  if (!options.json) fmt::print("{}: supported, every value exact\n", options.model);
  return equal;
}

}  // namespace

void add_check(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("check", "Say whether a model is supported, and all problems");
  const auto options = std::make_shared<ModelOptions>();
  const auto operators = std::make_shared<bool>(false);
  options->declare_import(*command);
  command->get_option("model")->required(false);
  command->add_flag("--operators", *operators, "List the operators that are imported");
  command->callback([options, operators, &outcome] {
    if (*operators) {
      fmt::print("{}", list_operators(options->json));
    } else if (options->model.empty()) {
      throw CLI::RequiredError("model");
    } else {
      outcome = check(*options);
    }
  });
}

}  // namespace gatefold::cli
