// check: every problem of a model at once.
#include "gatefold/driver/check.h"

#include <fmt/core.h>
#include <memory>
#include <nlohmann/json.hpp>

#include "gatefold/cli/commands.h"
#include "gatefold/driver/stateful.h"
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

json layer_list(const graph::Graph& graph) {
  json list = json::array();
  for (const graph::Node& node : graph.nodes())
    list.push_back({{"layer", node.layer},
                    {"op", graph::name_of(node.op)},
                    {"type", node.outputs.front().to_string()}});
  return list;
}

std::string layer_table(const graph::Graph& graph) {
  std::vector<std::vector<std::string>> rows;
  for (const graph::Node& node : graph.nodes())
    rows.push_back({node.layer, graph::name_of(node.op), node.outputs.front().to_string()});
  return table({"layer", "op", "type"}, rows);
}

json problem_list(const Diagnostics& problems) {
  json list = json::array();
  for (const Diagnostic& problem : problems)
    list.push_back({{"id", name_of(problem.id)},
                    {"layer", problem.layer},
                    {"text", problem.text},
                    {"remedy", problem.remedy}});
  return list;
}

std::string to_json(const driver::Check& checked, const ModelOptions& options) {
  json bounded = json::array();
  for (const auto& layer : checked.bounded)
    bounded.push_back({{"layer", layer.layer}, {"bound", layer.bound}});
  json all{{"problems", problem_list(checked.problems)},
           {"ops", checked.imported ? layer_list(*checked.imported) : json::array()},
           {"bounded", bounded},
           {"target", options.target}};
  if (checked.problems.empty()) {
    all["clock_ns"] = checked.clock_ns;
    all["latency_cycles"] = checked.latency_cycles;
    all["interval_cycles"] = checked.interval_cycles;
    all["stateful"] = driver::stateful_layers(*checked.imported);
  }
  return all.dump(2) + "\n";
}

/// What holds for a model without problems.
std::string verdict(const driver::Check& checked, const ModelOptions& options) {
  std::string text =
      fmt::format("{}: supported on {} at {} ns ({} cycles); every value is exact", options.model,
                  options.target, checked.clock_ns, checked.latency_cycles);
  for (const auto& layer : checked.bounded)
    text += fmt::format(
        ", but '{}' (softmax), which is within {:.2g} of the real one and keeps the argmax",
        layer.layer, layer.bound);
  for (const std::string& layer : driver::stateful_layers(*checked.imported))
    text += fmt::format("; the states of '{}' go on from one inference to the next", layer);
  return text + "\n";
}

Outcome check(const ModelOptions& options) {
  GATEFOLD_TRY(const auto compile_options, options.compile_options());
  GATEFOLD_TRY(const auto checked, driver::check(options.model, compile_options));
  if (options.json) {
    fmt::print("{}", to_json(checked, options));
    return checked.problems.empty() ? Equal : Mistake;
  }
  if (!checked.problems.empty()) return checked.problems;
  fmt::print("{}{}", layer_table(*checked.imported), verdict(checked, options));
  return Equal;
}

}  // namespace

void add_check(CLI::App& app, Outcome& outcome) {
  auto* command = app.add_subcommand("check", "Say whether a model is supported, and all problems");
  const auto options = std::make_shared<ModelOptions>();
  const auto operators = std::make_shared<bool>(false);
  options->declare_compile(*command);
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
