#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

#include "tests/support/onnx_files.h"
#include "tests/support/temp_folder.h"

#include "gatefold/frontends/read_model.h"

namespace gatefold::frontends {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;
using testing::add_array;
using testing::add_attribute;
using testing::add_input;
using testing::add_node;
using testing::read;
using testing::small_model;
using testing::TempFolder;
using Reals = std::vector<double>;
using Integers = std::vector<std::int64_t>;

template <typename T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

TEST(ReadOnnx, SmallModel) {
  const auto model = read(small_model());
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  EXPECT_EQ(model->name, "m");
  EXPECT_EQ(model->format, "onnx");
  EXPECT_EQ(model->opsets, (std::map<std::string, std::int64_t>{{"", 13}}));
  EXPECT_EQ(model->inputs, (std::vector<ForeignPort>{{"x", ElementKind::Float32, {1, 3}}}));
  EXPECT_EQ(model->outputs, (std::vector<ForeignPort>{{"y", ElementKind::Float32, {1, 2}}}));
  const ForeignArray w{ElementKind::Float32, {3, 2}, {1, -2, 0.5, 0.25, 3, 0}, {}};
  const ForeignArray b{ElementKind::Float32, {2}, {0.125, -1}, {}};
  EXPECT_EQ(model->arrays, (std::map<std::string, ForeignArray>{{"b", b}, {"w", w}}));
  EXPECT_EQ(model->nodes, (std::vector<ForeignNode>{
                              {"fc1", "", "", "Gemm", {"x", "w", "b"}, {"h"}, {}},
                              {"relu1", "", "", "Relu", {"h"}, {"y"}, {}},
                          }));
}

struct ArrayCase {
  int data_type;
  std::string raw_data;
  std::vector<std::int64_t> typed;
  ElementKind kind;
  Integers expected;
};

class IntegerArrays : public ::testing::TestWithParam<ArrayCase> {};

TEST_P(IntegerArrays, RawAndTypedDataAgree) {
  const ArrayCase& c = GetParam();
  const auto count = static_cast<std::int64_t>(c.expected.size());
  auto file = small_model();
  add_array(file, "raw", {count}, c.data_type).set_raw_data(c.raw_data);
  auto& typed = add_array(file, "typed", {count}, c.data_type);
  for (const std::int64_t value : c.typed) {
    if (c.data_type == TensorProto::INT64) {
      typed.add_int64_data(value);
    } else if (c.data_type == TensorProto::UINT32 || c.data_type == TensorProto::UINT64) {
      typed.add_uint64_data(static_cast<std::uint64_t>(value));
    } else {
      typed.add_int32_data(static_cast<std::int32_t>(value));
    }
  }
  const auto model = read(file);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  const ForeignArray expected{c.kind, {count}, {}, c.expected};
  EXPECT_EQ(model->arrays.at("raw"), expected);
  EXPECT_EQ(model->arrays.at("typed"), expected);
}

ArrayCase integer_case(int data_type, std::string bytes, const Integers& values) {
  return {data_type, std::move(bytes), values, ElementKind::Integer, values};
}

INSTANTIATE_TEST_SUITE_P(
    Onnx, IntegerArrays,
    ::testing::Values(
        integer_case(TensorProto::INT8, raw<std::int8_t>({-128, 127}), {-128, 127}),
        integer_case(TensorProto::UINT8, raw<std::uint8_t>({0, 255}), {0, 255}),
        integer_case(TensorProto::INT16, raw<std::int16_t>({-32768, 5}), {-32768, 5}),
        integer_case(TensorProto::UINT16, raw<std::uint16_t>({65535}), {65535}),
        integer_case(TensorProto::INT32, raw<std::int32_t>({INT32_MIN, 1}), {INT32_MIN, 1}),
        integer_case(TensorProto::INT64, raw<std::int64_t>({INT64_MIN, INT64_MAX}),
                     {INT64_MIN, INT64_MAX}),
        integer_case(TensorProto::UINT32, raw<std::uint32_t>({UINT32_MAX}), {UINT32_MAX}),
        integer_case(TensorProto::UINT64, raw<std::uint64_t>({INT64_MAX}), {INT64_MAX}),
        ArrayCase{
            TensorProto::BOOL, raw<std::uint8_t>({0, 1}), {0, 1}, ElementKind::Boolean, {0, 1}}));

TEST(ReadOnnx, FloatsOfEveryWidth) {
  auto file = small_model();
  add_array(file, "f16", {4}, TensorProto::FLOAT16)
      .set_raw_data(raw<std::uint16_t>({0x3555, 0x0001, 0xfbff, 0x7c00}));
  auto& typed = add_array(file, "f16_typed", {2}, TensorProto::FLOAT16);
  typed.add_int32_data(0xbc00);
  typed.add_int32_data(0x03ff);
  add_array(file, "bf16", {2}, TensorProto::BFLOAT16)
      .set_raw_data(raw<std::uint16_t>({0x3f80, 0xc2f7}));
  add_array(file, "f64", {1}, TensorProto::DOUBLE).add_double_data(0.1);
  add_array(file, "f64_raw", {1}, TensorProto::DOUBLE).set_raw_data(raw<double>({-0.1}));
  add_array(file, "f32_raw", {}, TensorProto::FLOAT).set_raw_data(raw<float>({0.1F}));
  const auto model = read(file);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  const auto& arrays = model->arrays;
  EXPECT_EQ(arrays.at("f16").reals, (Reals{0.333251953125, std::ldexp(1, -24), -65504, INFINITY}));
  EXPECT_EQ(arrays.at("f16_typed").reals, (Reals{-1, std::ldexp(1023, -24)}));
  EXPECT_EQ(arrays.at("bf16").reals, (Reals{1, -123.5}));
  EXPECT_EQ(arrays.at("f64").reals, Reals{0.1});
  EXPECT_EQ(arrays.at("f64_raw").reals, Reals{-0.1});
  EXPECT_EQ(arrays.at("f32_raw"),
            (ForeignArray{ElementKind::Float32, {}, {0.100000001490116119384765625}, {}}));
  EXPECT_EQ(arrays.at("f16").kind, ElementKind::Float16);
  EXPECT_EQ(arrays.at("bf16").kind, ElementKind::BFloat16);
  EXPECT_EQ(arrays.at("f64").kind, ElementKind::Float64);
}

TEST(ReadOnnx, EmptyArrays) {
  auto file = small_model();
  add_array(file, "roi", {0, 4});
  EXPECT_EQ(read(file)->arrays.at("roi"), (ForeignArray{ElementKind::Float32, {0, 4}, {}, {}}));
}

TEST(ReadOnnx, AttributesOfEveryKind) {
  auto file = small_model();
  auto& node = *file.mutable_graph()->mutable_node(0);
  add_attribute(node, "alpha", AttributeProto::FLOAT).set_f(0.1F);
  add_attribute(node, "zero", AttributeProto::FLOAT);
  add_attribute(node, "transB", AttributeProto::INT).set_i(-1);
  add_attribute(node, "mode", AttributeProto::STRING).set_s("ROUND µ");
  add_attribute(node, "pads", AttributeProto::INTS).add_ints(2);
  add_attribute(node, "scales", AttributeProto::FLOATS).add_floats(0.5F);
  add_attribute(node, "names", AttributeProto::STRINGS).add_strings("a");
  auto& tensor = *add_attribute(node, "t", AttributeProto::TENSOR).mutable_t();
  testing::set_shape(tensor, {1}, TensorProto::INT64);
  tensor.add_int64_data(7);
  const auto model = read(file);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  const std::map<std::string, Attribute> expected = {
      {"alpha", double{0.1F}},
      {"zero", 0.0},
      {"transB", std::int64_t{-1}},
      {"mode", std::string("ROUND µ")},
      {"pads", Integers{2}},
      {"scales", Reals{0.5}},
      {"names", std::vector<std::string>{"a"}},
      {"t", ForeignArray{ElementKind::Integer, {1}, {}, {7}}},
  };
  EXPECT_EQ(model->nodes[0].attributes, expected);
}

TEST(ReadOnnx, ConstantNodesBecomeArrays) {
  auto file = small_model();
  auto constant = [&](const char* output, const char* key, AttributeProto::AttributeType type) {
    return &add_attribute(add_node(file, "Constant", "", {}, {output}), key, type);
  };
  constant("a", "value_float", AttributeProto::FLOAT)->set_f(1.5F);
  constant("bb", "value_floats", AttributeProto::FLOATS)->add_floats(2.5F);
  constant("c", "value_int", AttributeProto::INT)->set_i(3);
  constant("d", "value_ints", AttributeProto::INTS)->add_ints(4);
  auto& tensor = *constant("e", "value", AttributeProto::TENSOR)->mutable_t();
  testing::set_shape(tensor, {}, TensorProto::BOOL);
  tensor.add_int32_data(1);
  file.mutable_graph()->mutable_node(2)->set_domain("ai.onnx");
  const auto model = read(file);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  EXPECT_EQ(model->nodes.size(), 2u);
  EXPECT_EQ(model->arrays.at("a"), (ForeignArray{ElementKind::Float32, {}, {1.5}, {}}));
  EXPECT_EQ(model->arrays.at("bb"), (ForeignArray{ElementKind::Float32, {1}, {2.5}, {}}));
  EXPECT_EQ(model->arrays.at("c"), (ForeignArray{ElementKind::Integer, {}, {}, {3}}));
  EXPECT_EQ(model->arrays.at("d"), (ForeignArray{ElementKind::Integer, {1}, {}, {4}}));
  EXPECT_EQ(model->arrays.at("e"), (ForeignArray{ElementKind::Boolean, {}, {}, {1}}));
}

TEST(ReadOnnx, NodesOfUnknownDomainsAreKept) {
  auto file = small_model();
  add_node(file, "Constant", "mine", {}, {"z"}).set_domain("my.domain");
  const auto model = read(file);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->nodes.back().domain, "my.domain");
}

TEST(ReadOnnx, InitializersListedAsInputsAreNoPorts) {
  auto file = small_model();
  add_input(file, "w", {3, 2});
  const auto model = read(file);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  EXPECT_EQ(model->inputs.size(), 1u);
}

TEST(ReadOnnx, DynamicExtentsAndOpenOutputs) {
  auto file = small_model();
  auto& shape = *file.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
  shape.mutable_shape()->mutable_dim(0)->set_dim_param("batch");
  shape.mutable_shape()->mutable_dim(1)->clear_value();
  file.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  const auto model = read(file);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  EXPECT_EQ(model->inputs[0].shape, (Integers{dynamic_extent, dynamic_extent}));
  EXPECT_TRUE(model->inputs[0].has_shape);
  EXPECT_FALSE(model->outputs[0].has_shape);
}

TEST(ReadOnnx, ExternalDataAtAnOffset) {
  const TempFolder folder;
  folder.write("data/w.bin", "head" + raw<float>({1.5F, -2.5F}) + "tail");
  auto file = small_model();
  auto& tensor = add_array(file, "a", {2});
  tensor.set_data_location(TensorProto::EXTERNAL);
  for (const auto& [key, value] :
       {std::pair("location", "data/w.bin"), std::pair("offset", "4"), std::pair("length", "8"),
        std::pair("checksum", "not looked at")}) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
  const auto path = folder.write("model.onnx", file.SerializeAsString());
  const auto model = read_model(path);
  ASSERT_TRUE(model.ok()) << to_string(model.errors());
  EXPECT_EQ(model->name, "model");
  EXPECT_EQ(model->arrays.at("a").reals, (Reals{1.5, -2.5}));
}

TEST(ReadModel, KnowsOnnxByItsContent) {
  const TempFolder folder;
  EXPECT_TRUE(read_model(folder.write("net.model", small_model().SerializeAsString())).ok());
}

}  // namespace
}  // namespace gatefold::frontends
