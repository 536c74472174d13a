// Every diagnostic of layers on images and sequences, by its exact text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/foreign_models.h"

#include "gatefold/layers/import_model.h"

namespace gatefold {
namespace {

using namespace testing;  // NOLINT: the model builders
using ::testing::HasSubstr;
using Integers = std::vector<std::int64_t>;

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

ForeignModel images(std::vector<ForeignNode> nodes) {
  ForeignModel made = model(std::move(nodes));
  made.inputs.front().shape = {-1, 2, 4, 5};
  made.arrays["k"] = array({2, 2, 3, 3}, std::vector<double>(36, 0.5));
  return made;
}

TEST(SpatialLayerErrors, KernelMismatch) {
  EXPECT_THAT(problems(images({with(node("Conv", {"q", "k"}, "y"), "group", std::int64_t{2})})),
              HasSubstr("error[KernelMismatch]: layer 'y_layer': a kernel of shape [2,2,3,3] in 2 "
                        "groups does not fit the input's shape [2,4,5]"));
  EXPECT_THAT(problems(images({node("Conv", {"q", "w"}, "y")})), HasSubstr("[KernelMismatch]"));
}

TEST(SpatialLayerErrors, PadNotRepresentable) {
  const ForeignNode pad = node("Pad", {"q", "pads", "value"}, "y");
  ForeignModel third = with_array(images({pad}), "value", scalar(0.3));
  third.arrays["pads"] = integers({0, 0, 1, 1, 0, 0, 0, 0});
  EXPECT_THAT(problems(third),
              HasSubstr("error[PadNotRepresentable]: layer 'y_layer': Pad pads with"));
}

TEST(SpatialLayerErrors, WindowsThatDoNotFit) {
  const Integers twos = {2, 2}, fives = {6, 6}, ones = {1, 1, 1, 1}, wide = {2, 2, 2, 2};
  ForeignNode pool = with(node("MaxPool", {"q"}, "y"), "kernel_shape", fives);
  EXPECT_THAT(problems(images({pool})), HasSubstr("error[ShapeMismatch]: layer 'y_layer'"));
  EXPECT_THAT(problems(images({node("MaxPool", {"q"}, "y")})),
              HasSubstr("error[MissingAttribute]"));
  pool = with(with(node("MaxPool", {"q"}, "y"), "kernel_shape", twos), "pads", wide);
  EXPECT_THAT(problems(images({pool})), HasSubstr("MaxPool with a window on pads alone"));
  pool = with(node("MaxPool", {"q"}, "y"), "kernel_shape", ones);
  EXPECT_THAT(problems(images({pool})), HasSubstr("attribute 'kernel_shape' of MaxPool"));
  EXPECT_THAT(problems(model({with(node("MaxPool", {"q"}, "y"), "kernel_shape", twos)})),
              HasSubstr("MaxPool with an input without position axes"));
  const ForeignNode same = with(node("Conv", {"q", "k"}, "y"), "auto_pad", std::string("SOME"));
  EXPECT_THAT(problems(images({same})), HasSubstr("attribute 'auto_pad' of Conv"));
}

TEST(SpatialLayerErrors, ProductOfTwoComputedTensors) {
  EXPECT_THAT(problems(images({node("MatMul", {"q", "q"}, "y")})),
              HasSubstr("error[UnsupportedForm]: layer 'y_layer': MatMul with computed operands"));
}

TEST(SpatialLayerErrors, WiringOfTheBatchAxis) {
  const auto list = [](ForeignNode node, Integers values) {
    return problems(with_array(images({std::move(node)}), "list", integers(std::move(values))));
  };
  EXPECT_THAT(list(node("Unsqueeze", {"q", "list"}, "y"), {0}), HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(list(node("ReduceSum", {"q", "list"}, "y"), {0, 1}), HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(list(node("Gather", {"q", "list"}, "y"), {0}), HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(list(node("Pad", {"q", "list"}, "y"), {1, 0, 0, 0, 0, 0, 0, 0}),
              HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(problems(images({node("ReduceMax", {"q"}, "y")})), HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(problems(images({node("ArgMax", {"q"}, "y")})), HasSubstr("error[BatchAxis]"));
  EXPECT_THAT(problems(images({node("Split", {"q"}, "y")})), HasSubstr("error[BatchAxis]"));
}

TEST(SpatialLayerErrors, FormsOfWiring) {
  const auto list = [](ForeignNode node, Integers values) {
    return problems(with_array(images({std::move(node)}), "list", integers(std::move(values))));
  };
  EXPECT_THAT(list(node("Squeeze", {"q", "list"}, "y"), {1}), HasSubstr("attribute 'axes'"));
  EXPECT_THAT(list(with(node("Gather", {"q", "list"}, "y"), "axis", std::int64_t{1}), {2}),
              HasSubstr("attribute 'indices' of Gather"));
  EXPECT_THAT(list(with(node("Split", {"q", "list"}, "y"), "axis", std::int64_t{2}), {3}),
              HasSubstr("attribute 'split' of Split"));
  EXPECT_THAT(list(node("Pad", {"q", "list"}, "y"), {0, 0, -1, 0, 0, 0, 0, 0}),
              HasSubstr("Pad with negative pads is not supported"));
  EXPECT_THAT(list(with(node("Pad", {"q", "list"}, "y"), "mode", std::string("reflect")),
                   {0, 0, 9, 0, 0, 0, 0, 0}),
              HasSubstr("Pad with a pad larger than the tensor is not supported"));
  EXPECT_THAT(list(with(node("Slice", {"q", "list", "list"}, "y"), "axes", Integers{2}), {1}),
              HasSubstr("Slice with an empty result is not supported"));
  EXPECT_THAT(
      list(with(node("Resize", {"q", "", "list"}, "y"), "mode", std::string("linear")), {1}),
      HasSubstr("Resize with mode linear is not supported"));
  EXPECT_THAT(
      problems(images({with(node("DepthToSpace", {"q"}, "y"), "blocksize", std::int64_t{3})})),
      HasSubstr("attribute 'blocksize' of DepthToSpace"));
}

}  // namespace
}  // namespace gatefold
