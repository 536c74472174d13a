// Every pass keeps the integers and the meaning of every output, on random graphs over all ops.
#include <gtest/gtest.h>
#include <set>

#include "tests/random_recurrences.h"

#include "gatefold/graph/run.h"
#include "gatefold/passes/run_passes.h"

namespace gatefold::passes {
namespace {

using testing::RandomGraphs;

constexpr int graph_count = 300;
constexpr int sample_count = 8;

void expect_same(const Graph& before, const Graph& after, RandomGraphs& random,
                 const std::string& what) {
  ASSERT_EQ(graph::verify(after), "") << what;
  ASSERT_EQ(before.outputs().size(), after.outputs().size()) << what;
  graph::KeptStates kept_before, kept_after;
  for (int sample = 0; sample < sample_count; ++sample) {
    const auto inputs = random.inputs(before, sample % 2 == 1);
    const auto expected = graph::run_reference(before, inputs, kept_before);
    const auto actual = graph::run_reference(after, inputs, kept_after);
    ASSERT_EQ(expected, actual) << what << "\n" << graph::print(before) << graph::print(after);
  }
  for (std::size_t i = 0; i < before.outputs().size(); ++i)
    ASSERT_EQ(before.type(before.outputs()[i].value).encoding,
              after.type(after.outputs()[i].value).encoding)
        << what;
}

void check_passes(const Graph& g, RandomGraphs& random) {
  for (const PassDef& pass : pipeline()) {
    const auto changed = run_pass(pass, g, {});
    ASSERT_TRUE(changed.ok()) << pass.name << to_string(changed.errors()) << graph::print(g);
    expect_same(g, *changed, random, std::string(pass.name));
  }
  const auto all = run_passes(g);
  ASSERT_TRUE(all.ok()) << to_string(all.errors()) << graph::print(g);
  expect_same(g, all->graph, random, "all passes");
}

TEST(PassesProperty, KeepPerceptrons) {
  for (int seed = 0; seed < graph_count && !::testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomGraphs random(static_cast<std::uint64_t>(seed));
    check_passes(random.mlp(), random);
  }
}

TEST(PassesProperty, KeepGeneralGraphs) {
  for (int seed = 0; seed < graph_count && !::testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomGraphs random(static_cast<std::uint64_t>(seed));
    check_passes(random.general(), random);
  }
}

TEST(PassesProperty, KeepRecurrences) {
  for (int seed = 0; seed < graph_count / 3 && !::testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    testing::RandomRecurrences random(static_cast<std::uint64_t>(seed));
    const bool stateful = seed % 2 == 0;
    check_passes(seed % 3 == 0 ? random.nested(stateful) : random.recurrence(stateful), random);
  }
}

/// A stateful scan of constants is no constant: it counts.
TEST(PassesProperty, AStatefulScanOfConstantsIsNotFolded) {
  const auto counter = [](bool stateful) {
    graph::Quantize type;
    type.grid = numeric::make_grid(4, false, 1);
    type.overflow = numeric::Overflow::Wrap;
    auto body = std::make_shared<Graph>();
    const graph::Value x = *body->add(graph::Input{"x", {1}, type}, {}, "count");
    const graph::Value n = *body->add(graph::Input{"n", {1}, type}, {}, "count");
    const graph::Value sum = *body->add(graph::Combine{}, {x, n}, "count");
    body->add_output("n", *body->add(type, {sum}, "count"));
    Graph g;
    const graph::Value one = *g.add(graph::Constant{{{1, 1}, {1}}, {}}, {}, "one");
    const graph::Value zero = *g.add(graph::Constant{{{1}, {0}}, {}}, {}, "zero");
    g.add_output("y", *g.add(graph::Scan{body, 1, 0, false, stateful}, {one, zero}, "count"));
    return run_passes(g)->graph;
  };
  EXPECT_EQ(counter(false).nodes().size(), 1);
  const Graph counts = counter(true);
  graph::KeptStates kept;
  for (std::int64_t n = 1; n < 20; ++n)
    EXPECT_EQ(graph::run_reference(counts, {}, kept)[0].data, std::vector{n % 16});
}

TEST(GraphProperty, TextRoundTrips) {
  for (int seed = 0; seed < graph_count; ++seed) {
    const auto n = static_cast<std::uint64_t>(seed);
    const Graph g = seed % 4 == 0 ? testing::RandomRecurrences(n).nested(seed % 8 == 0)
                                  : RandomGraphs(n).general();
    const auto back = graph::parse(graph::print(g));
    ASSERT_TRUE(back.ok()) << to_string(back.errors()) << graph::print(g);
    ASSERT_TRUE(*back == g) << graph::print(g) << graph::print(*back);
  }
}

TEST(GraphProperty, RandomGraphsReachEveryOp) {
  std::set<std::string> names;
  for (int seed = 0; seed < graph_count; ++seed) {
    const Graph g = RandomGraphs(static_cast<std::uint64_t>(seed)).general();
    for (const auto& node : g.nodes()) names.insert(graph::name_of(node.op));
  }
  EXPECT_EQ(names.size(), std::variant_size_v<graph::Op>);
}

TEST(GraphProperty, DamagedTextIsRefusedOrParsed) {
  for (int seed = 0; seed < graph_count; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    std::string text = graph::print(RandomGraphs(static_cast<std::uint64_t>(seed)).general());
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = "0{}%9-/a ("[random() % 10];
    if (random() % 2 == 0) text.resize(random() % text.size());
    const auto parsed = graph::parse(text);
    if (parsed.ok()) {
      EXPECT_EQ(graph::verify(*parsed), "");
    }
  }
}

}  // namespace
}  // namespace gatefold::passes
