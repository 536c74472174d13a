#include <gtest/gtest.h>

#include "gatefold/graph/graph.h"

namespace gatefold::graph {
namespace {

using numeric::Shape;

constexpr const char* text_remedy =
    "\n  remedy: write the graph as `gatefold compile --dump` prints it";
constexpr const char* scale_remedy =
    "\n  remedy: put a quantizer with one positive scale (and no zero point) before this layer";

Quantize quantizer(int width, const Rational& scale = 1, const Rational& zero_point = 0) {
  Quantize q;
  q.grid = numeric::make_grid(width, true, scale, zero_point);
  return q;
}

Value port(Graph& g, Shape shape, int width = 8, const Rational& scale = 1,
           const Rational& zero_point = 0) {
  return *g.add(Input{"x", std::move(shape), quantizer(width, scale, zero_point)}, {}, "input");
}

template <typename T>
std::string error_of(const Result<T>& result) {
  return result.ok() ? "" : result.errors().front().to_string();
}

Linear dense(std::int64_t inputs, std::int64_t outputs, std::int64_t weight = 1) {
  const auto size = static_cast<std::size_t>(inputs * outputs);
  return {{{1, inputs, outputs}, std::vector<std::int64_t>(size, weight)}, Rational(1), {}};
}

TEST(GraphErrors, ShapeMismatch) {
  Graph g;
  const Value x = port(g, {3});
  EXPECT_EQ(error_of(g.add(dense(4, 2), {x}, "fc1")),
            "error[ShapeMismatch]: layer 'fc1': linear does not fit: [3] with weights [1,4,2]\n"
            "  remedy: check the shapes of this layer and of the layers before it");
  EXPECT_EQ(error_of(g.add(Rearrange{Reshape{{2, 2}}}, {x}, "flat")),
            "error[ShapeMismatch]: layer 'flat': reshape does not fit: [3]\n"
            "  remedy: check the shapes of this layer and of the layers before it");
}

TEST(GraphErrors, TensorTooLarge) {
  Graph g;
  const Value x = port(g, {4096, 8192});
  EXPECT_EQ(error_of(g.add(Rearrange{Repeat{{1, 2}}}, {x}, "up")),
            "error[TensorTooLarge]: layer 'up': [4096,16384] has over 33554432 elements\n"
            "  remedy: split the layer or reduce its size");
}

TEST(GraphErrors, NeedsQuantizer) {
  Graph g;
  const Value r = *g.add(Map{RealFunction(Relu{})}, {port(g, {3})}, "relu");
  EXPECT_EQ(error_of(g.add(dense(3, 2), {r}, "fc2")),
            "error[NeedsQuantizer]: layer 'fc2': linear cannot compute exactly on values with a "
            "pending relu\n  remedy: put a quantizer before this layer");
}

TEST(GraphErrors, ScaleMismatch) {
  Graph g;
  const Value a = port(g, {2}), b = port(g, {2}, 8, Rational(1, 3));
  EXPECT_EQ(error_of(g.add(Combine{}, {a, b}, "merge")),
            "error[ScaleMismatch]: layer 'merge': add cannot compute on integers: the inputs "
            "differ in scale" +
                std::string(scale_remedy));
  const Value n = *g.add(Map{RealFunction(Affine{Rational(-1), Rational(0)})}, {a}, "bn");
  EXPECT_EQ(error_of(g.add(Order{}, {n}, "argmax")),
            "error[ScaleMismatch]: layer 'argmax': order cannot compute on integers: the scale of "
            "an input is not positive" +
                std::string(scale_remedy));
  const Value z = port(g, {2, 2}, 8, 1, 3);
  EXPECT_EQ(error_of(g.add(Contract{}, {z, z}, "dot")),
            "error[ScaleMismatch]: layer 'dot': contract cannot compute on integers: an input has "
            "a zero point or an offset" +
                std::string(scale_remedy));
}

TEST(GraphErrors, WordTooWide) {
  Graph g;
  const Value x = port(g, {2}, 60);
  EXPECT_EQ(error_of(g.add(dense(2, 1, 100), {x}, "fc")),
            "error[WordTooWide]: layer 'fc': a value of linear needs over 62 bits\n"
            "  remedy: quantize the inputs or weights of this layer to fewer bits");
  EXPECT_EQ(error_of(g.add(Combine{CombineKind::Multiply}, {x, x}, "square")),
            "error[WordTooWide]: layer 'square': a value of multiply needs over 62 bits\n"
            "  remedy: quantize the inputs or weights of this layer to fewer bits");
}

TEST(GraphErrors, OutsideDomain) {
  Graph g;
  const Value r = *g.add(Map{RealFunction(Elementary::Reciprocal)}, {port(g, {3})}, "inverse");
  EXPECT_EQ(error_of(g.add(quantizer(4), {r}, "act")),
            "error[OutsideDomain]: layer 'act': an activation is not defined, or too large to "
            "compute, on all of [3] s8 *1 reciprocal\n"
            "  remedy: clip the input of the activation with a quantizer before it");
}

TEST(GraphErrors, MalformedReloadable) {
  Graph g;
  const Value x = port(g, {3});
  const auto error = [&](const graph::Reloadable& reloadable) {
    graph::Linear linear;
    linear.weights = {{1, 3, 2}, {1, 2, 3, 4, 5, 6}};
    linear.reloadable = reloadable;
    const auto added = g.add(linear, {x}, "l");
    return added ? std::string() : added.errors().front().text;
  };
  EXPECT_EQ(error({{-8, 7, 0}, {-1, 5, 0}, {5, -1}}), "");
  EXPECT_EQ(error({{1, 7, 0}, {0, 0, 0}, {}}), "linear is malformed: a range without 0");
  EXPECT_EQ(error({{-8, 5, 0}, {0, 0, 0}, {}}),
            "linear is malformed: a weight outside of its range");
  EXPECT_EQ(error({{-8, 7, 0}, {0, 3, 0}, {4, 0}}),
            "linear is malformed: an addend outside of its range");
  EXPECT_EQ(error({{-8, 7, 0}, {0, 3, 0}, {1}}),
            "linear is malformed: one addend for each output channel");
}

TEST(GraphErrors, MalformedOp) {
  Graph g;
  const Value x = port(g, {3});
  const auto expect = [&](Op op, std::vector<Value> inputs, const std::string& text) {
    EXPECT_EQ(error_of(g.add(std::move(op), std::move(inputs), "l")),
              "error[MalformedOp]: layer 'l': " + text + text_remedy);
  };
  expect(Combine{}, {x}, "combine is malformed: it does not take 1 inputs");
  expect(Map{Clamp{5, 2}}, {x}, "map is malformed: the low bound is above the high bound");
  expect(Map{Table{0, std::vector<std::int64_t>{1, 2}, {}}}, {x},
         "map is malformed: the table does not reach over its input's range");
  expect(Order{OrderKind::TopValues, 4, true}, {x}, "order is malformed: top 4 of 3 values");
  expect(Scan{}, {x}, "scan is malformed: it has no body");
  Quantize negative = quantizer(4);
  negative.grid.values[0].scale = -1;
  expect(negative, {x}, "quantize is malformed: the scale of a grid is not positive");
  expect(Constant{{{2}, {1}}, {}}, {}, "constant is malformed: the values do not fill the shape");
}

TEST(GraphErrors, StatefulScans) {
  auto body = std::make_shared<Graph>();
  const Value x = port(*body, {2}), h = port(*body, {2});
  body->add_output("y", x);
  body->add_output("h", h);
  Graph g;
  const Value sequence = port(g, {3, 2}), state = port(g, {2});
  const Value known = *g.add(Constant{{{2}, {1, -1}}, {}}, {}, "h0");
  Scan scan{body, 1, 1, false, true};
  EXPECT_EQ(error_of(g.add(scan, {sequence, known}, "rnn")), "");
  EXPECT_EQ(error_of(g.add(scan, {sequence, state}, "rnn")),
            "error[MalformedOp]: layer 'rnn': scan is malformed: an initial state of a stateful "
            "scan is no constant" +
                std::string(text_remedy));
  auto outer = std::make_shared<Graph>();
  const Value in = port(*outer, {3, 2});
  const Value start = *outer->add(Constant{{{2}, {0, 0}}, {}}, {}, "h0");
  outer->add_output("y", *outer->add(scan, {in, start}, "rnn"));
  const Value all = port(g, {4, 3, 2});
  EXPECT_EQ(error_of(g.add(Scan{outer, 1, 1}, {all}, "outer")),
            "error[MalformedOp]: layer 'outer': scan is malformed: its body holds a stateful scan: "
            "make the states those of the outer one" +
                std::string(text_remedy));
}

TEST(GraphErrors, TextForm) {
  const auto expect = [](const std::string& text, const std::string& reason) {
    EXPECT_EQ(error_of(parse(text)), "error[TextForm]: " + reason + text_remedy);
  };
  const std::string head = "graph \"g\" {\n";
  const std::string input = "%0 = input() \"x\" {2} grid (s8 1 0 -128..127) TRN SAT @\"in\" : ";
  expect("", "line 1: 'graph' is missing");
  expect(head, "line 2: '}' is missing");
  expect(head + "%1 = input()", "line 2: this node has the number 0");
  expect(head + "%0 = pool()", "line 2: 'pool' is not an op");
  expect(head + "%0 = map(%0) relu", "line 2: %0.0 is not defined");
  expect(head + input + "[2] s9 *1\n}", "line 2: the type is [2] s8 *1, not [2] s9 *1");
  expect(head + input + "[2] s8 *1\n}\n}", "line 4: there is text after the graph");
  EXPECT_EQ(error_of(parse(
                head + input +
                "[2] s8 *1\n%1 = linear(%0) multiplier 1 bias {} weights [1,-2,3]{} @\"fc\" : ")),
            "error[ShapeMismatch]: layer 'fc': a tensor does not fit: [1,-2,3]\n"
            "  remedy: check the shapes of this layer and of the layers before it");
  expect(head + "%0 = input() \"x\" {99999999999999999999}",
         "line 2: '99999999999999999999' is not an integer of 64 bits");
}

}  // namespace
}  // namespace gatefold::graph
