// What has no parallel hardware is refused by the layer's name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gatefold/lowering/lower.h"

namespace gatefold {
namespace {

using ::testing::HasSubstr;

graph::Value input(graph::Graph& graph, int width) {
  graph::Quantize port;
  port.grid = numeric::make_grid(width, true, 1);
  return *graph.add(graph::Input{"x", {4}, port}, {}, "in");
}

/// A matrix whose partial sums leave the widest word.
graph::Value wide_sum(graph::Graph& graph, graph::Value x, int weight_bits,
                      const std::string& layer) {
  graph::Linear linear;
  linear.weights = {{1, 4, 1}, std::vector<std::int64_t>(4, std::int64_t{1} << weight_bits)};
  return *graph.add(linear, {x}, layer);
}

TEST(LoweringErrors, PartialSumsTooWide) {
  graph::Graph graph;
  graph.add_output("y", wide_sum(graph, input(graph, 33), 26, "fc1"));
  const auto design = lowering::lower(graph);
  ASSERT_FALSE(design.ok());
  EXPECT_THAT(to_string(design.errors()),
              HasSubstr("error[WordTooWide]: layer 'fc1': a value of linear needs over 62 bits"));
}

/// Weights that are loaded, behind inputs with this zero point.
Result<graph::Value> add_reloadable(graph::Graph& graph, const numeric::Rational& zero_point) {
  graph::Quantize port;
  port.grid = numeric::make_grid(4, true, 1, zero_point);
  const auto x = *graph.add(graph::Input{"x", {4}, port}, {}, "in");
  graph::Linear linear;
  linear.weights = {{1, 4, 1}, {1, 2, 3, 4}};
  linear.reloadable = graph::Reloadable{{-8, 7, 0}, {0, 0, 0}, {}};
  return graph.add(linear, {x}, "fc1");
}

TEST(LoweringErrors, NotReloadable) {
  graph::Graph graph;
  graph.add_output("y", *add_reloadable(graph, 0));
  const std::string adder_graph =
      "error[NotReloadable]: layer 'fc1': the weights cannot be reloadable: the matrix is an adder "
      "graph, in which each weight is hardware of its own (give the layer a reuse of at least 2)";
  EXPECT_THAT(to_string(lowering::lower(graph).errors()), HasSubstr(adder_graph));
  EXPECT_THAT(to_string(lowering::lower_network(graph, {}, {.reuse = 1, .layers = {}}).errors()),
              HasSubstr(adder_graph));
  EXPECT_TRUE(lowering::lower_network(graph, {}, {.reuse = 2, .layers = {}}).ok());
  graph::Graph shifted;
  EXPECT_THAT(to_string(add_reloadable(shifted, 3).errors()),
              HasSubstr("error[NotReloadable]: layer 'fc1': the weights cannot be reloadable: its "
                        "input has a zero point or an offset"));
}

/// A matrix and a quantizer too wide behind it.
graph::Value curve(graph::Graph& graph, graph::Value x, const std::string& layer) {
  graph::Linear linear;
  linear.weights = {{1, 4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
  const auto sum = *graph.add(linear, {x}, layer + "_sum");
  graph::Quantize quantize;
  quantize.grid = numeric::make_grid(16, true, numeric::power_of_two(-15));
  return *graph.add(quantize, {*graph.add(graph::Map{graph::Elementary::Tanh}, {sum}, layer)},
                    layer);
}

/// A sum over all of 2^15 words, which no process holds at once, and a maximum of it.
graph::Value sum(graph::Graph& graph, graph::Value x, const std::string& layer) {
  graph::Linear linear;
  linear.weights = {{1, 1 << 15, 1}, std::vector<std::int64_t>(1 << 15, 1)};
  const auto flat = *graph.add(graph::Rearrange{graph::Transpose{{1, 0}}}, {x}, layer);
  const auto row = *graph.add(graph::Rearrange{graph::Reshape{{1 << 15}}}, {flat}, layer);
  return *graph.add(linear, {row}, layer);
}

TEST(LoweringErrors, OfAllLayersThatCannotBePlannedAtOnce) {
  graph::Graph graph;
  graph::Quantize port;
  port.grid = numeric::make_grid(4, true, 1);
  const auto x = *graph.add(graph::Input{"x", {256, 128}, port}, {}, "in");
  const auto first = sum(graph, x, "first");
  graph.add_output("a", *graph.add(graph::Map{graph::Clamp{0, 9}}, {first}, "behind_first"));
  graph.add_output("b", sum(graph, x, "second"));
  const auto design = lowering::lower_network(graph, {}, {.reuse = 1, .layers = {}});
  ASSERT_FALSE(design.ok());
  const std::string text = to_string(design.errors());
  EXPECT_THAT(
      text, HasSubstr("error[NoHardware]: layer 'first': rearrange has no hardware of this form"));
  EXPECT_THAT(text, HasSubstr("error[NoHardware]: layer 'second'"));
  EXPECT_EQ(design.errors().size(), 2) << text;
}

TEST(LoweringErrors, OfAllProcessesOfANetworkAtOnce) {
  graph::Graph graph;
  const auto x = input(graph, 16);
  graph.add_output("a", curve(graph, curve(graph, x, "first"), "behind_first"));
  graph.add_output("b", curve(graph, x, "second"));
  const auto design = lowering::lower_network(graph, {}, {.reuse = 8, .layers = {}});
  ASSERT_FALSE(design.ok());
  const std::string text = to_string(design.errors());
  EXPECT_THAT(text, HasSubstr("error[QuantizerTooWide]: layer 'first'"));
  EXPECT_THAT(text, HasSubstr("error[QuantizerTooWide]: layer 'second'"));
  EXPECT_EQ(design.errors().size(), 2) << text;
}

TEST(LoweringErrors, QuantizerTooWide) {
  graph::Graph graph;
  const auto x = input(graph, 16);
  const auto curve = *graph.add(graph::Map{graph::Elementary::Tanh}, {x}, "curve");
  graph::Quantize quantize;
  quantize.grid = numeric::make_grid(16, true, numeric::power_of_two(-15));
  graph.add_output("y", *graph.add(quantize, {curve}, "curve"));

  const auto design = lowering::lower(graph);
  ASSERT_FALSE(design.ok());
  EXPECT_THAT(to_string(design.errors()),
              HasSubstr("error[QuantizerTooWide]: layer 'curve': no exact shift or table quantizes "
                        "an input of 16 bits (tables end at 14)"));
}

TEST(LoweringErrors, OfAllLayersAtOnce) {
  graph::Graph graph;
  const auto x = input(graph, 16);
  graph::Quantize quantize;
  quantize.grid = numeric::make_grid(16, true, numeric::power_of_two(-15));
  auto value = x;
  for (const std::string layer : {"first", "second"}) {
    value = *graph.add(graph::Map{graph::Elementary::Tanh}, {value}, layer);
    value = *graph.add(quantize, {value}, layer);
  }
  graph.add_output("y", wide_sum(graph, x, 43, "last"));
  const auto design = lowering::lower(graph);
  ASSERT_FALSE(design.ok());
  std::vector<std::string> layers;
  for (const Diagnostic& problem : design.errors()) layers.push_back(problem.layer);
  EXPECT_THAT(layers, ::testing::ElementsAre("first", "second", "last"));
}

}  // namespace
}  // namespace gatefold
