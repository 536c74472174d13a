// Convolutional models keep their meaning through the passes, and end up channels-last.
#include <gtest/gtest.h>

#include "tests/random_graph.h"
#include "tests/support/conv_models.h"

#include "gatefold/graph/run.h"
#include "gatefold/layers/import_model.h"
#include "gatefold/passes/run_passes.h"

namespace gatefold::passes {
namespace {

constexpr int model_count = 150;

Graph imported(int seed) {
  auto g = layers::import_model(testing::ConvModels(static_cast<std::uint64_t>(seed)).write());
  GATEFOLD_ASSERT(g.ok(), to_string(g.errors()));
  return *std::move(g);
}

bool is_transpose(const graph::Node& node) {
  const auto* wiring = std::get_if<graph::Rearrange>(&node.op);
  return wiring != nullptr && std::holds_alternative<graph::Transpose>(wiring->wiring);
}

// A grouped convolution reorders the words of its windows.
bool moves_axes_of_windows(const Graph& g, const graph::Node& node) {
  return g.type(node.inputs[0]).shape.size() > 3;
}

bool is_output(const Graph& g, const graph::Node& node) {
  for (const auto& output : g.outputs())
    if (&g.node(output.value.node) == &node) return true;
  return false;
}

TEST(ConvPasses, KeepTheMeaning) {
  for (int seed = 0; seed < model_count; ++seed) {
    SCOPED_TRACE(seed);
    const Graph before = imported(seed);
    const auto after = run_passes(before);
    ASSERT_TRUE(after.ok()) << to_string(after.errors());
    testing::RandomGraphs random(static_cast<std::uint64_t>(seed));
    for (int sample = 0; sample < 4; ++sample) {
      const auto inputs = random.inputs(before, sample % 2 == 1);
      ASSERT_EQ(graph::run_reference(before, inputs), graph::run_reference(after->graph, inputs))
          << graph::print(before) << graph::print(after->graph);
    }
  }
}

TEST(ConvPasses, TransposeNextToPortsOnly) {
  int transposes = 0;
  for (int seed = 0; seed < model_count; ++seed) {
    SCOPED_TRACE(seed);
    const Graph g = run_passes(imported(seed))->graph;
    for (const auto& node : g.nodes()) {
      if (!is_transpose(node) || moves_axes_of_windows(g, node)) continue;
      ++transposes;
      const bool behind_input =
          std::holds_alternative<graph::Input>(g.node(node.inputs[0].node).op);
      EXPECT_TRUE(behind_input || is_output(g, node)) << graph::print(g);
    }
  }
  EXPECT_GT(transposes, 0);
}

}  // namespace
}  // namespace gatefold::passes
