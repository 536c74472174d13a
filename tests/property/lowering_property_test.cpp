// Random graphs as designs: every output word of the interpreted hardware equals the graph's.
#include <gtest/gtest.h>

#include "tests/random_graph.h"

#include "gatefold/graph/run.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/lowering/lower.h"

namespace gatefold {
namespace {

hardware::Batch one_row(const graph::Graph& graph, const std::vector<numeric::IntTensor>& inputs) {
  hardware::Batch batch;
  std::size_t port = 0;
  for (const graph::NodeId id : graph.inputs()) {
    const numeric::IntTensor& x = inputs[port++];
    batch[std::get<graph::Input>(graph.node(id).op).name] = {{1, x.size()}, x.data};
  }
  return batch;
}

void expect_equal(const graph::Graph& graph, const hardware::Design& design,
                  const std::vector<numeric::IntTensor>& inputs) {
  const auto expected = graph::run_reference(graph, inputs);
  const auto got = hardware::run_design(design, one_row(graph, inputs));
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(got.at(graph.outputs()[i].name).data, expected[i].data) << graph::print(graph);
}

/// Whether the only refusals are those that the lowering announces.
bool is_announced(const Diagnostics& errors) {
  for (const Diagnostic& error : errors)
    if (error.id != DiagnosticId::NoHardware && error.id != DiagnosticId::QuantizerTooWide)
      return false;
  return true;
}

int lower_and_compare(const graph::Graph& graph, testing::RandomGraphs& random) {
  const auto design = lowering::lower(graph);
  if (!design) {
    EXPECT_TRUE(is_announced(design.errors())) << to_string(design.errors());
    return 0;
  }
  EXPECT_EQ(hardware::verify(*design), "");
  const hardware::Design simple = hardware::simplify(*design);
  for (const bool extreme : {false, false, true, true}) {
    const auto inputs = random.inputs(graph, extreme);
    expect_equal(graph, *design, inputs);
    expect_equal(graph, simple, inputs);
  }
  return 1;
}

TEST(LoweringProperty, RandomPerceptrons) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    testing::RandomGraphs random(seed);
    EXPECT_EQ(lower_and_compare(random.mlp(), random), 1) << "seed " << seed;
  }
}

TEST(LoweringProperty, RandomGraphsOverAllOps) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    testing::RandomGraphs random(seed);
    lowered += lower_and_compare(random.general(), random);
  }
  EXPECT_GT(lowered, 30);
}

}  // namespace
}  // namespace gatefold
