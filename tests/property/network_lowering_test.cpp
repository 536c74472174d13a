// Random graphs as networks of processes, streamed over positions and folded over weights: every
// output word of the interpreted hardware equals the graph's.
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "tests/compare_networks.h"
#include "tests/random_recurrences.h"
#include "tests/random_streams.h"

#include "gatefold/hardware/simplify.h"
#include "gatefold/lowering/folded_matrix.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/lowering/network.h"
#include "gatefold/passes/run_passes.h"

namespace gatefold {
namespace {

using testing::lower_and_compare;
using testing::RandomGraphs;

constexpr std::int64_t reuses[] = {1, 2, 3, 4, 7, 16, 1000};

TEST(NetworkLowering, RandomPerceptronsAtEveryReuse) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    for (const std::int64_t reuse : reuses) {
      RandomGraphs random(seed);
      const graph::Graph graph = random.mlp();
      EXPECT_EQ(lower_and_compare(graph, random, reuse), 1) << "seed " << seed;
    }
}

TEST(NetworkLowering, RandomStreamsAtEveryReuse) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    for (const std::int64_t reuse : {1, 5, 64}) {
      testing::RandomStreams random(seed);
      const graph::Graph graph = random.stream();
      lowered += lower_and_compare(graph, random, reuse);
    }
  EXPECT_GT(lowered, 100);
}

bool streams_windows(const graph::Graph& graph, std::int64_t reuse) {
  const auto design = lowering::lower_network(graph, {}, {.reuse = reuse, .layers = {}});
  if (!design) return false;
  return std::ranges::any_of(design->processes, [](const hardware::Process& process) {
    return std::ranges::any_of(process.loops,
                               [](const auto& loop) { return loop.name == "tap_column"; });
  });
}

TEST(NetworkLowering, RandomConvolutionsAtEveryReuse) {
  int lowered = 0, streamed = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed)
    for (const std::int64_t reuse : {3, 12, 64, 5000}) {
      testing::RandomStreams random(seed);
      const graph::Graph graph = random.convolutions();
      lowered += lower_and_compare(graph, random, reuse);
      streamed += streams_windows(graph, reuse) ? 1 : 0;
    }
  EXPECT_GT(lowered, 200);
  EXPECT_GT(streamed, 100);
}

TEST(NetworkLowering, RandomRecurrencesAtEveryReuse) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    for (const std::int64_t reuse : {1, 3, 8, 1000}) {
      testing::RandomRecurrences random(seed);
      const graph::Graph simple = passes::run_passes(random.recurrence(), {}).value().graph;
      lowered += lower_and_compare(simple, random, reuse);
    }
  EXPECT_GT(lowered, 200);
}

/// What does not come from the inputs goes through the time steps as well.
TEST(NetworkLowering, ASequenceOfConstantsInARecurrence) {
  graph::Quantize port;
  port.grid = numeric::make_grid(5, true, 1);
  for (const bool reverse : {false, true}) {
    const auto body = std::make_shared<graph::Graph>();
    const auto x = *body->add(graph::Input{"x", {2}, port}, {}, "cell");
    const auto h = *body->add(graph::Input{"h", {2}, port}, {}, "cell");
    const auto sum = *body->add(graph::Combine{graph::CombineKind::Add}, {x, h}, "cell");
    const auto next = *body->add(port, {sum}, "cell");
    body->add_output("y", next);
    body->add_output("h", next);
    graph::Graph graph;
    graph.name = "constants";
    const auto first = *graph.add(graph::Input{"h", {2}, port}, {}, "in");
    const auto steps = *graph.add(graph::Constant{{{3, 2}, {1, -2, 7, 4, -9, 5}}, {}}, {}, "in");
    graph.add_output("y", *graph.add(graph::Scan{body, 1, 1, reverse}, {steps, first}, "cell"));
    RandomGraphs random(reverse ? 1 : 2);
    EXPECT_EQ(lower_and_compare(graph, random, 1), 1);
  }
}

TEST(NetworkLowering, RandomStatefulRecurrencesAtEveryReuse) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    for (const std::int64_t reuse : {1, 3, 8, 1000}) {
      testing::RandomRecurrences random(seed);
      const graph::Graph simple = passes::run_passes(random.recurrence(true), {}).value().graph;
      lowered += lower_and_compare(simple, random, reuse);
    }
  EXPECT_GT(lowered, 200);
}

TEST(NetworkLowering, RandomGraphsOverAllOps) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    RandomGraphs random(seed);
    const graph::Graph simple = passes::run_passes(random.general(), {}).value().graph;
    lowered += lower_and_compare(simple, random, seed % 2 == 0 ? 1 : 6);
  }
  EXPECT_GT(lowered, 15);
}

/// More reuse never takes more multipliers, and enough of it leaves one a matrix.
void expect_monotone(const graph::Linear& linear, std::int64_t slices, bool is_recurrent) {
  const lowering::Layout inputs = lowering::wide_layout({linear.weights.shape[1]}, 0);
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t reuse = 1; reuse <= 120; ++reuse) {
    const auto fold = lowering::choose_fold(linear, inputs, {reuse, slices, is_recurrent});
    const auto matrix =
        lowering::fold_matrix(linear, lowering::layout_for(inputs, fold.banks), fold);
    EXPECT_LE(matrix.steps(), reuse);
    const std::int64_t count = fold.multipliers;
    EXPECT_LE(matrix.multipliers(), count);
    EXPECT_LE(count, before);
    before = count;
  }
  EXPECT_EQ(before, 1);
}

TEST(NetworkLowering, ReuseIsMonotone) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    testing::RandomStreams random(seed);
    const graph::Linear linear = random.matrix({1 + static_cast<std::int64_t>(seed) % 13});
    const std::int64_t outputs = linear.weights.shape[2];
    for (const bool is_recurrent : {false, true}) {
      expect_monotone(linear, 1, is_recurrent);
      expect_monotone(linear, outputs, is_recurrent);
      if (outputs % 2 == 0) expect_monotone(linear, 2, is_recurrent);
    }
  }
}

/// Slices of equal beats, the last of which may have free lanes: with four gates of 17 units three
/// quarters more of the reuse take fewer multipliers.
TEST(NetworkLowering, SlicesOfPrimeSizeHaveManyFolds) {
  testing::RandomStreams random(5);
  graph::Linear linear = random.matrix({8});
  linear.weights = {{1, 8, 68}, std::vector<std::int64_t>(8 * 68, 1)};
  linear.multiplier = numeric::PerAxis<numeric::Rational>(numeric::Rational(1));
  linear.bias.clear();
  const lowering::Layout inputs = lowering::wide_layout({8}, 0);
  std::set<std::size_t> lanes;
  for (std::int64_t reuse = 1; reuse <= 8 * 68; ++reuse) {
    const auto fold = lowering::choose_fold(linear, inputs, {reuse, 4});
    EXPECT_TRUE(fold.lanes % 4 == 0 || 4 % fold.lanes == 0) << fold.lanes;
    lanes.insert(fold.lanes);
    const auto matrix =
        lowering::fold_matrix(linear, lowering::layout_for(inputs, fold.banks), fold);
    std::set<std::int64_t> outputs;
    for (const auto& group : matrix.outputs) outputs.insert(group.begin(), group.end());
    outputs.erase(-1);
    EXPECT_EQ(outputs.size(), 68);
  }
  EXPECT_GT(lanes.size(), 6);
}

/// Lane and bank pairs of each matrix that is folded, by its node; none of the weights is 0.
std::map<int, std::int64_t> multipliers_of(const graph::Graph& graph, std::int64_t reuse) {
  const auto plan = lowering::plan_network(graph, {.reuse = reuse, .layers = {}});
  std::map<int, std::int64_t> counts;
  for (const lowering::ProcessPlan& process : plan->processes)
    if (const auto* fold = std::get_if<lowering::FoldFront>(&process.front)) {
      const lowering::FoldedMatrix& matrix = fold->matrix;
      counts[process.front_values.front().node.index] =
          matrix.order == lowering::FoldedMatrix::Order::Blocks
              ? matrix.multipliers()
              : static_cast<std::int64_t>(matrix.banks * matrix.lanes);
    }
  return counts;
}

TEST(NetworkLowering, MoreReuseOfConvolutionsTakesNoMoreMultipliers) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    testing::RandomStreams random(seed);
    const graph::Graph graph = random.convolutions(1 << 20);
    std::map<int, std::int64_t> before;
    for (std::int64_t reuse = 2; reuse <= 4000; reuse += 1 + reuse / 8)
      for (const auto& [node, count] : multipliers_of(graph, reuse)) {
        const auto found = before.try_emplace(node, count).first;
        EXPECT_LE(count, found->second) << "seed " << seed << " reuse " << reuse;
        found->second = count;
      }
    for (const auto& [node, count] : before) EXPECT_EQ(count, 1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace gatefold
