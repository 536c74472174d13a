// Every diagnostic of the import, by its exact text.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "tests/support/foreign_models.h"

#include "gatefold/layers/import_model.h"

namespace gatefold {
namespace {

using namespace testing;  // NOLINT: the model builders
using ::testing::HasSubstr;

std::string problems(const ForeignModel& model, const layers::ImportOptions& options = {}) {
  const auto graph = layers::import_model(model, options);
  return graph ? "" : to_string(graph.errors());
}

ForeignNode with(ForeignNode node, const std::string& name, frontends::Attribute value) {
  node.attributes[name] = std::move(value);
  return node;
}

ForeignModel with_array(ForeignModel model, const std::string& name, ForeignArray array) {
  model.arrays[name] = std::move(array);
  return model;
}

TEST(LayerErrors, SoundModelHasNone) {
  EXPECT_EQ(problems(model({node("MatMul", {"q", "w"}, "y")})), "");
}

TEST(LayerErrors, UnsupportedLayer) {
  EXPECT_THAT(problems(model({node("Erf", {"q"}, "y")})),
              HasSubstr("error[UnsupportedLayer]: layer 'y_layer': operator Erf is not supported"));
}

TEST(LayerErrors, AllProblemsAtOnce) {
  const std::string text = problems(
      model({node("Erf", {"q"}, "a"), node("Gelu", {"a"}, "b"), node("Relu", {"b"}, "y")}));
  EXPECT_THAT(text, HasSubstr("operator Erf"));
  EXPECT_THAT(text, HasSubstr("operator Gelu"));
}

TEST(LayerErrors, ConstantLayer) {
  EXPECT_THAT(problems(model({node("Softmax", {"w"}, "c"), node("MatMul", {"q", "c"}, "y")})),
              HasSubstr("error[ConstantLayer]: layer 'c_layer': operator Softmax on constants"));
}

TEST(LayerErrors, ConstantArithmeticThatIsNotFloat32OrDoubleIsRefused) {
  ForeignModel counts = with_array(
      model({node("Div", {"n", "n"}, "c"), node("Add", {"q", "c"}, "y")}), "n", integers({7, 2}));
  EXPECT_THAT(problems(counts), HasSubstr("error[ConstantLayer]: layer 'c_layer': operator Div"));
  ForeignNode cast = with(node("Cast", {"w"}, "c"), "to", std::int64_t{7});
  EXPECT_THAT(problems(model({cast, node("MatMul", {"q", "c"}, "y")})),
              HasSubstr("error[ConstantLayer]: layer 'c_layer': operator Cast"));
  ForeignArray half = array({2, 2}, {1, 2, 3, 4});
  half.kind = ElementKind::Float16;
  EXPECT_THAT(
      problems(with_array(model({quant("w", "c"), node("MatMul", {"q", "c"}, "y")}), "w", half)),
      HasSubstr("error[ConstantLayer]: layer 'c_layer': operator Quant"));
}

TEST(LayerErrors, ConstantOutput) {
  EXPECT_THAT(problems(model({node("Add", {"w", "w"}, "y")})), HasSubstr("error[ConstantOutput]"));
}

TEST(LayerErrors, ExtraOutput) {
  ForeignNode dropout = node("Dropout", {"q"}, "d");
  dropout.outputs.push_back("mask");
  EXPECT_THAT(problems(model({dropout, node("Mul", {"mask", "d"}, "y")})),
              HasSubstr("Dropout has a second output 'mask' that is read"));
  ForeignModel masked = model({dropout, node("Identity", {"d"}, "y")});
  masked.outputs.push_back({"mask", ElementKind::Float32, {-1, 2}});
  EXPECT_THAT(problems(masked), HasSubstr("error[ExtraOutput]: layer 'd_layer'"));
}

TEST(LayerErrors, NeedsConstant) {
  EXPECT_THAT(problems(model({node("Gemm", {"q", "q"}, "y")})),
              HasSubstr("error[NeedsConstant]: layer 'y_layer': Gemm needs a constant matrix"));
}

TEST(LayerErrors, ConstantOperand) {
  EXPECT_THAT(problems(with_array(model({node("Div", {"w", "q"}, "y")}), "w", scalar(3))),
              HasSubstr("error[NeedsConstant]"));
  ForeignNode norm = node("BatchNormalization", {"w", "g", "g", "g", "q"}, "y");
  EXPECT_THAT(problems(with_array(model({norm}), "g", array({2}, {1, 1}))),
              HasSubstr("error[ConstantOperand]: layer 'y_layer': input 0 of BatchNormalization"));
  ForeignNode turned = quant("w", "y");
  turned.inputs[1] = "q";
  EXPECT_THAT(problems(model({turned})),
              HasSubstr("error[ConstantOperand]: layer 'y_layer': input 0 of Quant"));
}

TEST(LayerErrors, MissingInput) {
  EXPECT_THAT(problems(model({node("Add", {"q"}, "y")})),
              HasSubstr("error[MissingInput]: layer 'y_layer': Add lacks input 1"));
}

TEST(LayerErrors, MissingAttribute) {
  for (const std::string name : {"signed", "narrow"}) {
    ForeignNode bare = quant("q", "y");
    bare.attributes.erase(name);
    EXPECT_THAT(problems(model({bare})),
                HasSubstr("error[MissingAttribute]: layer 'y_layer': Quant lacks the attribute '" +
                          name + "', for which its definition has no default"));
  }
  EXPECT_THAT(problems(model({node("Concat", {"q", "q"}, "y")})),
              HasSubstr("Concat lacks the attribute 'axis'"));
}

TEST(LayerErrors, BadAttribute) {
  EXPECT_THAT(problems(model({with(node("Gemm", {"q", "w"}, "y"), "transB", std::string("yes"))})),
              HasSubstr("error[BadAttribute]: layer 'y_layer': attribute 'transB' of Gemm has the "
                        "wrong kind or value"));
}

TEST(LayerErrors, BadAttributeOfAConstantLayer) {
  const std::vector<std::int64_t> twice = {0, 0};
  ForeignNode transpose = with(node("Transpose", {"w"}, "c"), "perm", twice);
  EXPECT_THAT(problems(model({transpose, node("MatMul", {"q", "c"}, "y")})),
              HasSubstr("error[BadAttribute]: layer 'c_layer': attribute 'perm'"));
  ForeignNode flatten = with(node("Flatten", {"w"}, "c"), "axis", std::int64_t{3});
  EXPECT_THAT(problems(model({flatten, node("MatMul", {"q", "c"}, "y")})),
              HasSubstr("error[BadAttribute]: layer 'c_layer': attribute 'axis'"));
}

TEST(LayerErrors, NoCountOfBestValues) {
  for (const std::int64_t count : {0, 3, -1})
    EXPECT_THAT(problems(model({with(node("TopK", {"q"}, "y"), "k", count)})),
                HasSubstr("error[BadAttribute]: layer 'y_layer': attribute 'k'"));
  EXPECT_THAT(problems(model({node("TopK", {"q", "q"}, "y")})), HasSubstr("error[NeedsConstant]"));
}

TEST(LayerErrors, UnsupportedForm) {
  EXPECT_THAT(problems(model({with(node("Gemm", {"q", "w"}, "y"), "transA", std::int64_t{1})})),
              HasSubstr("error[UnsupportedForm]: layer 'y_layer': Gemm with a transposed input"));
  EXPECT_THAT(problems(model({node("Softmax", {"q"}, "s"), node("Mul", {"s", "scale"}, "y")})),
              HasSubstr("Softmax with layers behind it is not supported"));
  EXPECT_THAT(problems(model({node("MatMul", {"q", "q"}, "y")})),
              HasSubstr("MatMul with computed operands that are no matrices"));
  const ForeignNode place = with(node("ArgMax", {"q"}, "y"), "axis", std::int64_t{1});
  EXPECT_THAT(problems(model({with(place, "select_last_index", std::int64_t{1})})),
              HasSubstr("ArgMax with the last of equal values instead of the first"));
  const ForeignNode best = with(node("TopK", {"q"}, "y"), "k", std::int64_t{1});
  EXPECT_THAT(problems(model({with(best, "sorted", std::int64_t{0})})),
              HasSubstr("TopK with sorted = 0, results in no order that the file would settle"));
  ForeignModel cube = model({node("Gemm", {"q", "w"}, "y")});
  cube.inputs.front().shape = {-1, 3, 2};
  EXPECT_THAT(problems(cube), HasSubstr("Gemm with an input of more than two axes"));
  ForeignNode silent = node("Relu", {"q"}, "r");
  silent.outputs.clear();
  EXPECT_THAT(problems(model({silent, node("Relu", {"q"}, "y")})),
              HasSubstr("layer 'r_layer': Relu with no output is not supported"));
}

TEST(LayerErrors, ArithmeticWithTheSizeOfTheBatch) {
  const std::vector<ForeignNode> nodes = {
      node("Shape", {"x"}, "s"), with(node("Gather", {"s", "first"}, "n"), "axis", std::int64_t{0}),
      with(node("Cast", {"n"}, "real"), "to", std::int64_t{1}), node("Div", {"q", "real"}, "y")};
  EXPECT_THAT(problems(with_array(model(nodes), "first", integers({0}))),
              HasSubstr("layer 'real_layer': Cast with the size of the batch is not supported"));
}

TEST(LayerErrors, BadBroadcast) {
  EXPECT_THAT(
      problems(with_array(model({node("Add", {"q", "c"}, "y")}), "c", array({3}, {1, 2, 3}))),
      HasSubstr("error[BadBroadcast]"));
  ForeignModel reshaped =
      model({node("Reshape", {"w", "s"}, "c"), node("MatMul", {"q", "c"}, "y")});
  EXPECT_THAT(problems(with_array(reshaped, "s", integers({-2, -2}))),
              HasSubstr("error[BadBroadcast]: layer 'c_layer'"));
}

TEST(LayerErrors, NonFiniteConstant) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(problems(with_array(model({node("MatMul", {"q", "w"}, "y")}), "w",
                                  array({2, 2}, {1, nan, 1, 1}))),
              HasSubstr("error[NonFiniteConstant]: constant 'w' holds NaN or infinity"));
}

TEST(LayerErrors, NonFiniteAttributes) {
  for (const double value : {std::nan(""), HUGE_VAL}) {
    const ForeignNode leaky = with(node("LeakyRelu", {"q"}, "y"), "alpha", value);
    EXPECT_THAT(problems(model({leaky})),
                HasSubstr("error[NonFiniteConstant]: layer 'y_layer': constant 'alpha' holds"));
    const ForeignNode gemm = with(node("Gemm", {"q", "w"}, "y"), "beta", value);
    EXPECT_THAT(problems(model({gemm})), HasSubstr("constant 'beta' holds NaN or infinity"));
  }
}

TEST(LayerErrors, ConstantsThatLeaveFloat32) {
  const ForeignArray large = array({2, 2}, {3e38f, 1, 1, 1});
  EXPECT_THAT(
      problems(with_array(model({node("Add", {"w", "w"}, "c"), node("MatMul", {"q", "c"}, "y")}),
                          "w", large)),
      HasSubstr("error[NonFiniteConstant]: layer 'c_layer': constant 'c' holds"));
  ForeignArray doubles = array({2, 2}, {1e300, 1, 1, 1});
  doubles.kind = ElementKind::Float64;
  const ForeignNode cast = with(node("Cast", {"w"}, "c"), "to", std::int64_t{1});
  EXPECT_THAT(problems(with_array(model({cast, node("MatMul", {"q", "c"}, "y")}), "w", doubles)),
              HasSubstr("error[NonFiniteConstant]: layer 'c_layer'"));
}

TEST(LayerErrors, DivisionByZero) {
  EXPECT_THAT(problems(model({node("Div", {"q", "zero"}, "y")})),
              HasSubstr("error[DivisionByZero]: layer 'y_layer'"));
}

TEST(LayerErrors, BatchAxis) {
  EXPECT_THAT(
      problems(model({with(node("Flatten", {"q"}, "y"), "axis", std::int64_t{0})})),
      HasSubstr("error[BatchAxis]: layer 'y_layer': Flatten moves or merges the batch axis"));
  EXPECT_THAT(problems(model({node("Transpose", {"q"}, "y")})), HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(
      problems(with_array(model({node("Reshape", {"q", "to"}, "y")}), "to", integers({-1}))),
      HasSubstr("error[BatchAxis]"));
}

TEST(LayerErrors, ReshapeOfTheBatch) {
  const auto reshaped = [](std::int64_t batch, std::vector<std::int64_t> target) {
    ForeignModel made =
        with_array(model({node("Reshape", {"q", "to"}, "y")}), "to", integers(std::move(target)));
    made.inputs.front().shape = {batch, 3, 2};
    return problems(made);
  };
  EXPECT_EQ(reshaped(-1, {-1, 6}) + reshaped(-1, {0, -1}) + reshaped(1, {1, -1}), "");
  EXPECT_EQ(reshaped(4, {4, -1}) + reshaped(4, {0, 2, 3}), "");
  for (const auto& refused : {reshaped(-1, {1, -1}), reshaped(-1, {6, -1}), reshaped(4, {8, -1}),
                              reshaped(-1, {-1, -1}), reshaped(4, {2, 12})})
    EXPECT_THAT(refused, HasSubstr("error[BatchAxis]"));
}

TEST(LayerErrors, BatchMeetsAnotherAxis) {
  ForeignModel mixed = model({});
  mixed.inputs = {{"x", ElementKind::Float32, {-1, 2}}, {"v", ElementKind::Float32, {-1, 3, 2}}};
  mixed.nodes = {quant("x", "q"), quant("v", "r"), node("Add", {"q", "r"}, "y")};
  EXPECT_THAT(problems(mixed), HasSubstr("error[BatchAxis]: layer 'y_layer'"));
  for (auto& port : mixed.inputs) port.shape.front() = 1;
  EXPECT_EQ(problems(mixed), "");
}

TEST(LayerErrors, OpsetTooOld) {
  ForeignModel old = model({node("MatMul", {"q", "w"}, "y")});
  old.opsets[""] = 6;
  EXPECT_THAT(problems(old), HasSubstr("error[OpsetTooOld]: the file uses version 6 of the ONNX "
                                       "operators, and their meaning is read from version 7 on"));
  old.opsets[""] = 7;
  EXPECT_EQ(problems(old), "");
}

TEST(LayerErrors, PortUnused) {
  ForeignModel two = model({node("MatMul", {"q", "w"}, "y")});
  two.inputs.push_back({"u", ElementKind::Float32, {-1, 2}});
  EXPECT_THAT(problems(two),
              HasSubstr("error[PortUnused]: layer 'u': no layer reads the model's input"));
}

TEST(LayerErrors, PortBatches) {
  ForeignModel two = model({});
  two.inputs = {{"x", ElementKind::Float32, {1, 2}}, {"v", ElementKind::Float32, {4, 2}}};
  two.nodes = {quant("x", "q"), quant("v", "r"), node("Add", {"q", "r"}, "y")};
  EXPECT_THAT(problems(two),
              HasSubstr("error[PortBatches]: layer 'v': the input has a batch of 4 and another "
                        "input one of 1"));
}

TEST(LayerErrors, Ports) {
  ForeignModel of_integers = model({node("MatMul", {"q", "w"}, "y")});
  of_integers.inputs.front().kind = ElementKind::Integer;
  EXPECT_THAT(problems(of_integers), HasSubstr("error[PortNotReal]: layer 'x'"));
  ForeignModel without_batch = model({node("MatMul", {"q", "w"}, "y")});
  without_batch.inputs.front().shape = {2};
  EXPECT_THAT(problems(without_batch), HasSubstr("error[PortWithoutBatch]: layer 'x'"));
  ForeignModel dynamic = model({node("MatMul", {"q", "w"}, "y")});
  dynamic.inputs.front().shape = {-1, -1};
  EXPECT_THAT(problems(dynamic), HasSubstr("error[DynamicExtent]: layer 'x'"));
}

TEST(LayerErrors, PortNotQuantized) {
  const ForeignModel plain = model({node("MatMul", {"x", "w"}, "y")});
  EXPECT_THAT(problems(plain),
              HasSubstr("error[PortNotQuantized]: layer 'y_layer': reads the model's "
                        "input 'x' before any quantizer"));
  layers::ImportOptions options;
  options.input_types["*"] = *numeric::FixedType::parse("fixed<8,3>");
  EXPECT_THAT(problems(plain, options), HasSubstr("error[PortQuantizedTwice]"));
}

TEST(LayerErrors, PortQuantizedTwice) {
  ForeignNode second = quant("x", "r");
  second.inputs[1] = "half";
  EXPECT_THAT(
      problems(with_array(model({second, node("Add", {"q", "r"}, "y")}), "half", scalar(0.5))),
      HasSubstr("error[PortQuantizedTwice]: layer 'r_layer'"));
}

TEST(LayerErrors, PortQuantizerAfterWiring) {
  ForeignModel wired = model({});
  wired.arrays["scale"] = array({1, 2}, {0.25, 0.5});
  wired.arrays["to"] = integers({-1, 2, 1});
  wired.nodes = {node("Reshape", {"x", "to"}, "r"), node("Flatten", {"r"}, "f"), quant("f", "y")};
  EXPECT_THAT(problems(wired), HasSubstr("error[PortQuantizerAfterWiring]"));
}

TEST(LayerErrors, ActivationNeedsQuantizer) {
  EXPECT_THAT(problems(model({node("Sigmoid", {"q"}, "s"), node("MatMul", {"s", "w"}, "y")})),
              HasSubstr("error[ActivationNeedsQuantizer]: layer 's_layer'"));
  const ForeignModel final = model({node("Tanh", {"q"}, "y")});
  EXPECT_THAT(problems(final), HasSubstr("error[ActivationNeedsQuantizer]"));
  layers::ImportOptions host;
  host.final_activation_on_host = true;
  EXPECT_EQ(problems(final, host), "");
}

TEST(LayerErrors, UnquantizedWeights) {
  EXPECT_THAT(
      problems(with_array(model({node("MatMul", {"q", "w"}, "y")}), "w",
                          array({2, 2}, {0.1f, 0.7f, 1e-9f, 3.3f}))),
      HasSubstr("error[UnquantizedWeights]: layer 'y_layer': the weights are floats that need "
                "more than 24 bits"));
}

TEST(LayerErrors, WeightNotLoadable) {
  const ForeignModel file = model({node("MatMul", {"q", "w"}, "y")});
  const auto with = [&](std::vector<double> weights) {
    return with_array(file, "w", array({2, 2}, std::move(weights)));
  };
  layers::ImportOptions options;
  options.reloadable = {"*"};
  options.settled["y_layer"].resize(1);
  graph::Linear& settled = options.settled["y_layer"].front();
  settled.weights.shape = {1, 2, 2};
  settled.multiplier = numeric::PerAxis<numeric::Rational>(numeric::Rational(1, 4));
  settled.reloadable = graph::Reloadable{{-8, 7, 0}, {0, 0, 0}, {}};
  EXPECT_EQ(problems(with({0.25, -2.0, 1.75, 0.0}), options), "");
  for (const double wrong : {0.125, 2.0, -2.25})
    EXPECT_THAT(problems(with({0.25, wrong, 0.0, 0.0}), options),
                HasSubstr("error[WeightNotLoadable]: layer 'y_layer': the weight " +
                          numeric::to_string(numeric::exact(wrong)) +
                          " is not what the project's memories hold, multiples of 1/4 from -2 to "
                          "7/4"));
}

TEST(LayerErrors, BadQuantizer) {
  const ForeignModel sound = model({node("Identity", {"q"}, "y")});
  EXPECT_THAT(
      problems(with_array(sound, "scale", scalar(0))),
      HasSubstr("error[BadQuantizer]: layer 'q_layer': the quantizer's scale is not positive"));
  EXPECT_THAT(problems(with_array(sound, "bits", scalar(2.5))),
              HasSubstr("bit width is no integer from 1 to 32"));
  EXPECT_THAT(problems(with_array(sound, "bits", scalar(40))), HasSubstr("error[BadQuantizer]"));
}

TEST(LayerErrors, UnknownRounding) {
  ForeignModel odd = model({node("Identity", {"q"}, "y")});
  odd.nodes.front().attributes["rounding_mode"] = std::string("BANKERS");
  EXPECT_THAT(problems(odd), HasSubstr("error[UnknownRounding]: layer 'q_layer': the quantizer's "
                                       "rounding mode 'BANKERS' is unknown"));
}

TEST(LayerErrors, SoftmaxNotAligned) {
  ForeignNode negative = node("Mul", {"q", "sign"}, "m");
  EXPECT_THAT(problems(with_array(model({negative, node("Softmax", {"m"}, "y")}), "sign",
                                  array({1, 2}, {1, -1}))),
              HasSubstr("error[SoftmaxNotAligned]: layer 'y_layer'"));
}

TEST(LayerErrors, BadInputType) {
  const auto type = layers::parse_input_type("float32");
  ASSERT_FALSE(type.ok());
  EXPECT_THAT(to_string(type.errors()),
              HasSubstr("error[BadInputType]: 'float32' is no fixed-point type"));
}

}  // namespace
}  // namespace gatefold
