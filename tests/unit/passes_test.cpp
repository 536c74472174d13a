// What each pass does to a small graph written as text.
#include <filesystem>
#include <gtest/gtest.h>

#include "gatefold/passes/run_passes.h"

namespace gatefold::passes {
namespace {

using graph::Node;

Graph parsed(const std::string& nodes) {
  auto g = graph::parse("graph \"g\" {\n" + nodes + "}\n");
  GATEFOLD_ASSERT(g.ok(), to_string(g.errors()));
  return *g;
}

const PassDef& pass_named(std::string_view name) {
  for (const PassDef& pass : pipeline())
    if (pass.name == name) return pass;
  GATEFOLD_ASSERT(false, name);
}

Graph after(std::string_view name, const Graph& g) { return *run_pass(pass_named(name), g, {}); }
Graph after_all(const Graph& g) { return run_passes(g)->graph; }

const Node& producer(const Graph& g) { return g.node(g.outputs()[0].value.node); }

const std::string input =
    "%0 = input() \"x\" {3} grid (s4 1/4 0 -8..7) RND_CONV SAT @\"in\" : [3] s4 *1/4\n";

TEST(Passes, FoldConstants) {
  const Graph g = parsed(
      "%0 = constant() [2]{1 2} as (1/2 0) @\"c\" : [2] u2 *1/2\n"
      "%1 = linear(%0) multiplier 1 bias {} weights [1,2,1]{3 4} @\"fc\" : [1] u4 *1/2\n"
      "output \"y\" %1\n");
  const Graph h = after("fold_constants", g);
  const auto* constant = std::get_if<graph::Constant>(&producer(h).op);
  ASSERT_NE(constant, nullptr);
  EXPECT_EQ(constant->value.data, std::vector<std::int64_t>{11});
}

TEST(Passes, SimplifyWiring) {
  const Graph g = parsed(input +
                         "%1 = rearrange(%0) reshape {3 1} @\"a\" : [3,1] s4 *1/4\n"
                         "%2 = rearrange(%1) reshape {3} @\"b\" : [3] s4 *1/4\n"
                         "%3 = map(%2) clamp -8 none @\"c\" : [3] s4 *1/4\n"
                         "output \"y\" %3\n");
  EXPECT_EQ(graph::name_of(producer(after("simplify_wiring", g)).op), "input");
}

TEST(Passes, AbsorbEncodings) {
  const Graph g =
      parsed(input +
             "%1 = map(%0) affine(2 1/3) @\"bn\" : [3] s4 *1/2 +1/3\n"
             "%2 = map(%1) relu @\"relu\" : [3] s4 *1/2 +1/3 relu\n"
             "%3 = quantize(%2) grid (u3 1/2 0 0..7) RND_CONV SAT @\"q\" : [3] u3 *1/2\n"
             "output \"y\" %3\n");
  const Graph h = after("absorb_encodings", g);
  const Node& q = producer(h);
  EXPECT_EQ(q.inputs[0].node.index, 0);
  EXPECT_EQ(std::get<graph::Quantize>(q.op).source, g.nodes()[2].outputs[0].encoding);
}

TEST(Passes, FuseDropsAQuantizerThatKeepsEveryInteger) {
  const Graph g = parsed(input +
                         "%1 = quantize(%0) grid (s6 1/4 0 -32..31) TRN WRAP @\"q\" : [3] s4 *1/4\n"
                         "output \"y\" %1\n");
  EXPECT_EQ(graph::name_of(producer(after("fuse_quantizers", g)).op), "input");
}

TEST(Passes, FuseJoinsFloorsButNotDoubleRoundings) {
  const std::string wide =
      "%0 = input() \"x\" {1} grid (s8 1/16 0 -128..127) TRN SAT @\"in\" : [1] s8 *1/16\n";
  const Graph floors =
      parsed(wide +
             "%1 = quantize(%0) grid (s8 1/4 0 -128..127) TRN SAT @\"a\" : [1] s6 *1/4\n"
             "%2 = quantize(%1) grid (s8 1 0 -128..127) TRN SAT @\"b\" : [1] s4 *1\n"
             "output \"y\" %2\n");
  EXPECT_EQ(producer(after("fuse_quantizers", floors)).inputs[0].node.index, 0);
  const Graph nearest =
      parsed(wide +
             "%1 = quantize(%0) grid (s8 1/4 0 -128..127) RND SAT @\"a\" : [1] s7 *1/4\n"
             "%2 = quantize(%1) grid (s8 1 0 -128..127) RND SAT @\"b\" : [1] s5 *1\n"
             "output \"y\" %2\n");
  EXPECT_EQ(producer(after("fuse_quantizers", nearest)).inputs[0].node.index, 1);
}

TEST(Passes, EliminateCommonSubexpressions) {
  const Graph g = parsed(input +
                         "%1 = map(%0) clamp 0 none @\"a\" : [3] u3 *1/4\n"
                         "%2 = map(%0) clamp 0 none @\"b\" : [3] u3 *1/4\n"
                         "%3 = combine(%1 %2) add @\"sum\" : [3] u4 *1/4\n"
                         "output \"y\" %3\n");
  const Graph h = after("eliminate_common_subexpressions", g);
  EXPECT_EQ(h.nodes().size(), 3U);
  EXPECT_EQ(producer(h).inputs[0], producer(h).inputs[1]);
}

TEST(Passes, TypeIntervalsNarrowsSaturationAndDropsUnreachedWraps) {
  const Graph g =
      parsed(input +
             "%1 = quantize(%0) grid (s8 1/8 0 -128..127) TRN WRAP @\"q\" : [3] s5 *1/8\n"
             "output \"y\" %1\n");
  const Graph h = after("type_intervals", g);
  const auto& q = std::get<graph::Quantize>(producer(h).op);
  EXPECT_EQ(q.overflow, numeric::Overflow::Saturate);
  EXPECT_EQ(q.grid.values[0].bounds, (numeric::Interval{-16, 14, 0}));
}

// The middle neuron has no weights and the last no reader: one neuron is left, and the middle one's
// saturated constant moves into the bias.
TEST(Passes, RemoveDeadShrinksHiddenNeurons) {
  const Graph g =
      parsed(input +
             "%1 = linear(%0) multiplier 1 bias {0 3 0} weights [1,3,3]{1 0 1 2 0 1 3 0 1} "
             "@\"fc1\" : [3] s7 *1/4 +(axis 0)\n"
             "%2 = quantize(%1) grid (u4 1/4 0 0..15) RND_CONV SAT @\"act\" : [3] u4 *1/4\n"
             "%3 = linear(%2) multiplier 1 bias {} weights [1,3,1]{5 7 0} @\"fc2\" : [1] u8 *1/4\n"
             "%4 = quantize(%3) grid (u8 1/2 0 0..255) RND_CONV SAT @\"out\" : [1] u7 *1/2\n"
             "output \"y\" %4\n");
  const Graph h = after_all(g);
  const auto& last = std::get<graph::Linear>(h.node(producer(h).inputs[0].node).op);
  EXPECT_EQ(last.weights, (numeric::IntTensor{{1, 1, 1}, {5}}));
  EXPECT_EQ(last.bias, std::vector<numeric::Rational>{21});
  const auto& first = std::get<graph::Linear>(h.nodes()[1].op);
  EXPECT_EQ(first.weights, (numeric::IntTensor{{1, 3, 1}, {1, 2, 3}}));
}

TEST(Passes, RunnerStopsBisectsSkipsAndDumps) {
  const Graph g = parsed(input + "output \"y\" %0\n");
  RunOptions options;
  options.stop_after = "absorb_encodings";
  EXPECT_EQ(run_passes(g, options)->records.size(), 4U);
  options = {};
  options.bisect_limit = 3;
  EXPECT_EQ(run_passes(g, options)->records.back().name, "simplify_wiring");
  options = {};
  options.skip = {"simplify_wiring"};
  options.dump = std::filesystem::temp_directory_path() / "gatefold_passes_test";
  EXPECT_EQ(run_passes(g, options)->records.size(), pipeline().size() - 1);
  EXPECT_TRUE(std::filesystem::exists(options.dump / "01-fold_constants.gfg"));
  EXPECT_TRUE(std::filesystem::exists(options.dump / "03-absorb_encodings.gfg"));
  std::filesystem::remove_all(options.dump);
}

TEST(Passes, DescribePipelineListsEveryPass) {
  const std::string text = describe_pipeline();
  EXPECT_TRUE(text.starts_with("01  fold_constants "));
  for (const PassDef& pass : pipeline()) {
    EXPECT_NE(text.find(pass.name), std::string::npos);
    EXPECT_NE(text.find(pass.summary), std::string::npos);
  }
}

}  // namespace
}  // namespace gatefold::passes
