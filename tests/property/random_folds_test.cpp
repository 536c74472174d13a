// Random whole graphs, each layer folded at random: the words of the graph, and under random
// traffic at every port the cycles of the exact execution. GATEFOLD_FUZZ_SECONDS goes on with new
// graphs for as long, 0 without end.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/compare_networks.h"
#include "tests/random_products.h"
#include "tests/random_recurrences.h"
#include "tests/random_streams.h"
#include "tests/random_traffic.h"

#include "gatefold/passes/run_passes.h"
#include "gatefold/schedule/cycle_simulator.h"
#include "gatefold/schedule/network.h"
#include "gatefold/schedule/network_timing.h"
#include "gatefold/schedule/recurrence.h"
#include "gatefold/schedule/target.h"

namespace gatefold {
namespace {

using testing::at_random;

constexpr std::uint64_t standing_graphs = 120;
constexpr std::uint64_t found[] = {
    4280627174,  // a state from a lane that other outputs share
    237264107,   // a constant of more axes than the stream that it is combined with
    1408178219,  // a ReLU that changes nothing on the values, but on what lies in registers
    590436011,   // positions of two streams that broadcast to those of neither
};

graph::Graph random_recurrence(std::uint64_t seed, bool stateful) {
  testing::RandomRecurrences random(seed);
  return seed % 24 < 4 ? random.nested(stateful) : random.recurrence(stateful);
}

graph::Graph random_graph(std::uint64_t seed) {
  if (seed % 7 == 6) return testing::RandomProducts(seed).products();
  switch (seed % 6) {
    case 0:
      return testing::RandomStreams(seed).stream();
    case 1:
      return testing::RandomStreams(seed).convolutions();
    case 2:
      return random_recurrence(seed, false);
    case 3:
      return random_recurrence(seed, true);
    case 4:
      return testing::RandomGraphs(seed).mlp();
    default:
      return testing::RandomGraphs(seed).general();
  }
}

void fold_layers(const graph::Graph& graph, std::mt19937_64& random, lowering::Folds& folds) {
  constexpr std::int64_t reuses[] = {1, 2, 3, 5, 8, 13, 40, 1000};
  for (const graph::Node& node : graph.nodes()) {
    if (std::holds_alternative<graph::Linear>(node.op) ||
        std::holds_alternative<graph::Contract>(node.op))
      folds.layers[node.layer] = reuses[random() % std::size(reuses)];
    if (const auto* scan = std::get_if<graph::Scan>(&node.op))
      fold_layers(*scan->body, random, folds);
  }
}

hardware::Batch random_inputs(const graph::Graph& graph, testing::RandomGraphs& random) {
  std::vector<std::vector<numeric::IntTensor>> rows;
  for (int i = 0; i < testing::samples; ++i) rows.push_back(random.inputs(graph, i == 0));
  return testing::batch_of(graph, rows);
}

void expect_cycles(const graph::Graph& graph, hardware::Design design, std::uint64_t seed) {
  const auto target = schedule::load_target("xcup").value();
  const double clock_ns = 3.0 + static_cast<double>(seed % 4);
  design = schedule::with_least_intervals(std::move(design), target, clock_ns);
  const auto made = schedule::pipeline(design, target, clock_ns);
  if (!made) return;  // an operation that is slower than the clock
  testing::RandomGraphs random(seed);
  const hardware::Batch inputs = random_inputs(graph, random);
  const hardware::Batch expected = hardware::run_design(design, inputs);
  const schedule::Traffic busy{at_random(seed, 60), at_random(seed + 1, 50)};
  for (const schedule::Traffic& traffic : {schedule::Traffic{}, busy}) {
    const auto timing = schedule::time_network(design, *made, testing::samples, traffic);
    ASSERT_EQ(timing.deadlock, "");
    const auto trace = schedule::simulate(design, *made, inputs, traffic);
    for (const auto& [name, tensor] : expected) EXPECT_EQ(trace.outputs.at(name).data, tensor.data);
    EXPECT_EQ(timing.times, trace.times);
  }
}

/// 1 where the graph has hardware.
int folded_at_random(std::uint64_t seed) {
  const graph::Graph graph = passes::run_passes(random_graph(seed), {}).value().graph;
  std::mt19937_64 choices(seed);
  lowering::Folds folds{.reuse = 1 + static_cast<std::int64_t>(choices() % 30), .layers = {}};
  fold_layers(graph, choices, folds);
  testing::RandomGraphs random(seed);
  const auto design = testing::compared(graph, random, folds);
  if (design && !::testing::Test::HasFailure()) expect_cycles(graph, *design, seed);
  return design ? 1 : 0;
}

/// From a seed that no run had before.
void fold_new_graphs(double seconds) {
  const auto begin = std::chrono::steady_clock::now();
  const std::chrono::duration<double> budget(seconds);
  std::uint64_t seed = std::random_device{}();
  while (!::testing::Test::HasFailure() &&
         (seconds == 0 || std::chrono::steady_clock::now() - begin < budget)) {
    SCOPED_TRACE(seed);
    std::cout << "seed " << seed << std::endl;  // what a crash or an endless run leaves
    folded_at_random(seed++);
  }
}

TEST(RandomFolds, OfRandomGraphsInWordsAndCycles) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= standing_graphs; ++seed) {
    SCOPED_TRACE(seed);
    lowered += folded_at_random(seed);
  }
  EXPECT_GT(lowered, 70);
  for (const std::uint64_t seed : found) {
    SCOPED_TRACE(seed);
    EXPECT_EQ(folded_at_random(seed), 1);
  }
  if (const char* seconds = std::getenv("GATEFOLD_FUZZ_SECONDS"))
    fold_new_graphs(std::strtod(seconds, nullptr));
}

}  // namespace
}  // namespace gatefold
