// Solves matrices for bench/adder_graph.py. Standard input, text: `inputs outputs extra_depth
// effort model low high count`, then count matrices, row-major; inputs lie in low..high; the model
// is full_adders, lut6, lut4 or a Liberty file. Standard output: a JSON line for each: CPU seconds
// of solve, least depth, cost, the outputs' nodes, and the adders as [a, b, shift_a, shift_b,
// subtract, depth, low, high, zeros].
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/adder_graph/standard_cells.h"

namespace {

using gatefold::adder_graph::AdderGraph;
using gatefold::adder_graph::CostModel;
using gatefold::adder_graph::Problem;

nlohmann::json to_json(const AdderGraph& graph) {
  auto adders = nlohmann::json::array();
  for (const auto& adder : graph.adders) {
    adders.push_back({adder.a, adder.b, adder.shift_a, adder.shift_b, adder.subtract ? 1 : 0,
                      adder.depth, adder.range.low, adder.range.high, adder.range.zeros});
  }
  auto outputs = nlohmann::json::array();
  for (const auto& output : graph.outputs) outputs.push_back(output.node);
  return {{"adders", std::move(adders)},
          {"outputs", std::move(outputs)},
          {"depth", graph.depth},
          {"bits", graph.bits},
          {"cost", graph.cost}};
}

CostModel model_named(const std::string& name) {
  if (name == "lut6") return gatefold::adder_graph::lut6_carry();
  if (name == "lut4") return gatefold::adder_graph::lut4_carry(1);
  if (name == "full_adders") return gatefold::adder_graph::full_adder_bits();
  const auto model = gatefold::adder_graph::read_standard_cells(name);
  if (!model.ok()) std::exit(3);
  return *model;
}

}  // namespace

int main() {
  Problem problem;
  int count = 0;
  std::string model;
  std::cin >> problem.inputs >> problem.outputs >> problem.extra_depth >> problem.effort >> model;
  gatefold::numeric::Interval range;
  std::cin >> range.low >> range.high >> count;
  problem.model = model_named(model);
  problem.ranges.assign(static_cast<std::size_t>(problem.inputs), range);
  problem.weights.resize(problem.ranges.size() * static_cast<std::size_t>(problem.outputs));
  for (int i = 0; i < count; ++i) {
    for (auto& weight : problem.weights) std::cin >> weight;
    if (!std::cin) return 2;
    const auto start = std::clock();
    const auto graph = gatefold::adder_graph::solve(problem);
    auto line = to_json(graph);
    line["seconds"] = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    line["least_depth"] = gatefold::adder_graph::least_depth(problem);
    std::cout << line.dump() << '\n';
  }
}
