#include "gatefold/graph/graph.h"

#include <gtest/gtest.h>

#include "gatefold/graph/run.h"

namespace gatefold::graph {
namespace {

using numeric::IntTensor;

Quantize fixed(int width, bool is_signed, Rational scale, Rational zero_point = 0) {
  Quantize q;
  q.grid = numeric::make_grid(width, is_signed, std::move(scale), std::move(zero_point));
  return q;
}

// Quant -> MatMul -> BatchNormalization -> Relu -> Quant on two inputs and two outputs.
Graph dense() {
  Graph g;
  g.name = "dense";
  const Value x = *g.add(Input{"x", {2}, fixed(8, true, Rational(1, 4))}, {}, "input");
  const Value y = *g.add(
      Linear{{{1, 2, 2}, {3, -1, 0, 2}}, Rational(1, 8), {Rational(1, 2), Rational(0)}}, {x}, "fc");
  const Value n = *g.add(
      Map{RealFunction(Affine{{0, {Rational(2), Rational(-1)}}, Rational(1, 3)})}, {y}, "bn");
  const Value r = *g.add(Map{RealFunction(Relu{})}, {n}, "relu");
  const Value q = *g.add(fixed(4, false, Rational(1, 2)), {r}, "act");
  g.add_output("y", q);
  return g;
}

TEST(Graph, LinearHasExactRangesPerChannel) {
  const Graph g = dense();
  const TensorType& y = g.nodes()[1].outputs[0];
  EXPECT_EQ(y.ranges, (std::vector<Interval>{{-384, 381, 0}, {-383, 382, 0}}));
  EXPECT_EQ(y.encoding.scale, PerAxis<Rational>(Rational(1, 32)));
  EXPECT_EQ(y.encoding.offset, (PerAxis<Rational>(0, {Rational(1, 2), Rational(0)})));
}

TEST(Graph, AffineComposesAndReluWaits) {
  const Graph g = dense();
  const Encoding& e = g.nodes()[3].outputs[0].encoding;
  EXPECT_EQ(e.scale, (PerAxis<Rational>(0, {Rational(1, 16), Rational(-1, 32)})));
  EXPECT_EQ(e.offset, (PerAxis<Rational>(0, {Rational(4, 3), Rational(1, 3)})));
  EXPECT_EQ(e.functions, std::vector<RealFunction>{Relu{}});
}

TEST(Graph, EvaluatesADenseLayerByHand) {
  const Graph g = dense();
  // x = (2.5, -1): y = (2.5 * 3/8 + 1/2, -2.5/8 - 2/8) = (1.4375, -0.5625);
  // bn = (2 * 1.4375 + 1/3, 0.5625 + 1/3) = (3.208, 0.896); quantized by 1/2: (6, 2).
  const auto out = run_reference(g, std::vector<IntTensor>{{{2}, {10, -4}}});
  EXPECT_EQ(out[0].data, (std::vector<std::int64_t>{6, 2}));
  EXPECT_EQ(decode(g.type(g.outputs()[0].value).encoding, 6, 0, {2}), 3.0);
}

TEST(Graph, PrintsAndParses) {
  const Graph g = dense();
  const auto back = parse(print(g));
  ASSERT_TRUE(back.ok()) << to_string(back.errors()) << print(g);
  EXPECT_TRUE(*back == g);
  EXPECT_EQ(verify(g), "");
}

}  // namespace
}  // namespace gatefold::graph
