#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/support/onnx_files.h"
#include "tests/support/temp_folder.h"

#include "gatefold/frontends/read_model.h"

namespace gatefold {
namespace {

using frontends::read_model;
using onnx::AttributeProto;
using testing::add_array;
using testing::add_attribute;
using testing::add_input;
using testing::add_node;
using testing::add_output;
using testing::messages;
using testing::read;
using testing::small_model;
using testing::TempFolder;

std::string messages_of_file(const std::string& name, std::string_view content) {
  const TempFolder folder;
  const std::string text = messages(read_model(folder.write(name, content)));
  const std::size_t place = text.find(folder.path().string() + "/");
  return place == std::string::npos
             ? text
             : std::string(text).erase(place, folder.path().string().size() + 1);
}

TEST(UnknownFormat, SaysWhatTheFileLooksLike) {
  const std::pair<const char*, std::string> cases[] = {
      {"m.keras", "PK\x03\x04rest"},
      {"m.pt2", "PK\x03\x04rest"},
      {"m.pth", "PK\x03\x04rest"},
      {"m.zip", "PK\x03\x04rest"},
      {"m.h5", "\x89HDF\r\n\x1a\nrest"},
      {"m.tflite", std::string("\x1c\0\0\0TFL3", 8)},
      {"m.pt", "\x80\x02}q"},
      {"m.npy", "\x93NUMPY\x01"},
      {"m.gz", "\x1f\x8b\x08"},
      {"m.onnx", "version https://git-lfs.github.com/"},
      {"a.onnx", "not a model\n"},
      {"b.onnx", ""},
      {"m.bin", std::string("\xff\xff\x00\x01", 4)},
  };
  std::string lines;
  for (const auto& [name, content] : cases) lines += messages_of_file(name, content) + "\n";
  EXPECT_EQ(lines,
            "error[UnknownFormat]: 'm.keras' looks like a Keras model (zip archive)\n"
            "error[UnknownFormat]: 'm.pt2' looks like a PyTorch export (zip archive)\n"
            "error[UnknownFormat]: 'm.pth' looks like a PyTorch model (zip archive)\n"
            "error[UnknownFormat]: 'm.zip' looks like a zip archive\n"
            "error[UnknownFormat]: 'm.h5' looks like an HDF5 file (Keras .h5)\n"
            "error[UnknownFormat]: 'm.tflite' looks like a TFLite model\n"
            "error[UnknownFormat]: 'm.pt' looks like a Python pickle (PyTorch)\n"
            "error[UnknownFormat]: 'm.npy' looks like a NumPy array\n"
            "error[UnknownFormat]: 'm.gz' looks like a gzip archive\n"
            "error[UnknownFormat]: 'm.onnx' looks like a Git LFS pointer, not the file itself\n"
            "error[UnknownFormat]: 'a.onnx' looks like a text file\n"
            "error[UnknownFormat]: 'b.onnx' looks like an empty file\n"
            "error[UnknownFormat]: 'm.bin' looks like binary data of a kind that gatefold does not "
            "know\n");
}

TEST(UnknownFormat, NamesFolders) {
  const TempFolder folder;
  EXPECT_EQ(messages(read_model(folder.path())),
            fmt::format("error[UnknownFormat]: '{}' looks like a folder", folder.path().string()));
  folder.write("saved_model.pb", "x");
  EXPECT_EQ(messages(read_model(folder.path())),
            fmt::format("error[UnknownFormat]: '{}' looks like a TensorFlow SavedModel",
                        folder.path().string()));
}

TEST(OnnxMalformed, TruncatedFile) {
  const std::string whole = small_model().SerializeAsString();
  EXPECT_EQ(messages_of_file("m.onnx", whole.substr(0, whole.size() - 3)),
            "error[OnnxMalformed]: 'm' is not a complete ONNX file");
}

TEST(OnnxNoGraph, FileWithoutGraph) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  EXPECT_EQ(messages(read(model)), "error[OnnxNoGraph]: 'm' holds no graph");
}

TEST(OnnxBadName, NamesThatCannotBeShown) {
  auto model = small_model();
  add_array(model, "", {0});
  add_array(model, "bell\x07", {0});
  add_input(model, "\xff", {1});
  add_output(model, "", {1});
  model.mutable_graph()->mutable_node(0)->set_name("line\nbreak");
  add_node(model, "", "untyped", {}, {"z"});
  add_node(model, "Relu", "act", {"\xc0\x80"}, {"\xed\xa0\x80"}).set_domain("\x1b[2J");
  add_attribute(*model.mutable_graph()->mutable_node(1), "", AttributeProto::INT);
  model.add_opset_import()->set_domain("\xf8");
  EXPECT_EQ(
      messages(read(model)),
      "error[OnnxBadName]: the domain of an operator set is empty or not readable text\n"
      "error[OnnxBadName]: the name of initializer 2 is empty or not readable text\n"
      "error[OnnxBadName]: the name of initializer 3 is empty or not readable text\n"
      "error[OnnxBadName]: the name of an input is empty or not readable text\n"
      "error[OnnxBadName]: the name of an output is empty or not readable text\n"
      "error[OnnxBadName]: the name of node 0 is empty or not readable text\n"
      "error[OnnxBadName]: layer 'untyped': the type of node 2 is empty or not readable text\n"
      "error[OnnxBadName]: layer 'relu1': the name of an attribute is empty or not readable "
      "text\n"
      "error[OnnxBadName]: layer 'act': the domain is empty or not readable text\n"
      "error[OnnxBadName]: layer 'act': the name of an input is empty or not readable text\n"
      "error[OnnxBadName]: layer 'act': the name of an output is empty or not readable text");
}

TEST(OnnxOpset, TwoVersionsOfOneDomain) {
  auto model = small_model();
  auto& opset = *model.add_opset_import();
  opset.set_domain("ai.onnx");
  opset.set_version(14);
  EXPECT_EQ(messages(read(model)), "error[OnnxOpset]: domain '' is imported in versions 13 and 14");
}

TEST(OnnxSubgraph, ControlFlow) {
  auto model = small_model();
  auto& node = add_node(model, "If", "if1", {"x"}, {"z"});
  add_attribute(node, "then_branch", AttributeProto::GRAPH).set_g("opaque");
  EXPECT_EQ(messages(read(model)),
            "error[OnnxSubgraph]: layer 'if1': attribute 'then_branch' holds a subgraph");
}

TEST(OnnxAttribute, WhatIsNoPlainValue) {
  auto model = small_model();
  auto& node = add_node(model, "Foo", "foo", {"x"}, {"z"});
  add_attribute(node, "a", AttributeProto::UNDEFINED);
  add_attribute(node, "b", AttributeProto::TYPE_PROTO);
  add_attribute(node, "c", AttributeProto::STRING).set_s("\xff");
  add_attribute(node, "d", AttributeProto::STRINGS).add_strings("\xff");
  add_attribute(node, "e", AttributeProto::INT).set_ref_attr_name("alpha");
  add_attribute(node, "f", AttributeProto::INT);
  add_attribute(node, "f", AttributeProto::INT);
  EXPECT_EQ(
      messages(read(model)),
      "error[OnnxAttribute]: layer 'foo': attribute 'a' has no type\n"
      "error[OnnxAttribute]: layer 'foo': attribute 'b' is a list of tensors, a sparse tensor "
      "or a type\n"
      "error[OnnxAttribute]: layer 'foo': attribute 'c' is not UTF-8 text\n"
      "error[OnnxAttribute]: layer 'foo': attribute 'd' is not UTF-8 text\n"
      "error[OnnxAttribute]: layer 'foo': attribute 'e' refers to an attribute of a function\n"
      "error[OnnxAttribute]: layer 'foo': attribute 'f' is given twice");
}

TEST(OnnxAttribute, ConstantOfText) {
  auto model = small_model();
  auto& node = add_node(model, "Constant", "c", {}, {"z"});
  add_attribute(node, "value_string", AttributeProto::STRING).set_s("text");
  EXPECT_EQ(messages(read(model)),
            "error[OnnxAttribute]: layer 'c': attribute 'value_string' holds no numbers");
}

TEST(OnnxFunctionCall, FunctionOfTheFile) {
  auto model = small_model();
  model.add_functions()->set_name("Relu");
  EXPECT_EQ(messages(read(model)),
            "error[OnnxFunctionCall]: layer 'relu1': 'Relu' is a function that the file itself "
            "defines");
}

TEST(OnnxConstant, NoValueOrNoOutput) {
  auto model = small_model();
  add_node(model, "Constant", "c1", {}, {"z"});
  auto& two = add_node(model, "Constant", "c2", {}, {"u", "v"});
  add_attribute(two, "value_int", AttributeProto::INT);
  EXPECT_EQ(
      messages(read(model)),
      "error[OnnxConstant]: layer 'c1': the constant has 0 values and 1 outputs instead of one "
      "value and one output\n"
      "error[OnnxConstant]: layer 'c2': the constant has 1 values and 2 outputs instead of one "
      "value and one output");
}

TEST(OnnxPortShape, WithoutShapeOrWithBadExtent) {
  auto model = small_model();
  add_input(model, "a", {-1, 3});
  add_input(model, "b0", {0});
  add_input(model, "c", {}).mutable_type()->mutable_tensor_type()->clear_shape();
  EXPECT_EQ(messages(read(model)),
            "error[OnnxPortShape]: port 'a' has the extent -1\n"
            "error[OnnxPortShape]: port 'b0' has the extent 0\n"
            "error[OnnxPortShape]: port 'c' has no shape");
}

TEST(ModelNoPorts, NothingGoesInOrOut) {
  auto model = small_model();
  model.mutable_graph()->clear_output();
  EXPECT_EQ(messages(read(model)), "error[ModelNoPorts]: the graph has no outputs");
  auto& x = add_array(model, "x", {1, 3});
  for (int i = 0; i < 3; ++i) x.add_float_data(1);
  EXPECT_EQ(messages(read(model)),
            "error[ModelNoPorts]: the graph has no inputs\n"
            "error[ModelNoPorts]: the graph has no outputs");
}

TEST(ValueDefinedTwice, EveryPair) {
  auto model = small_model();
  add_array(model, "h", {0});
  add_node(model, "Relu", "relu2", {"h"}, {"y"});
  add_input(model, "x", {1});
  add_output(model, "y", {1});
  EXPECT_EQ(messages(read(model)),
            "error[ValueDefinedTwice]: value 'y' is defined twice: by an output and by another "
            "output\n"
            "error[ValueDefinedTwice]: value 'x' is defined twice: by an input and by an input\n"
            "error[ValueDefinedTwice]: value 'h' is defined twice: by an array and by node 'fc1'\n"
            "error[ValueDefinedTwice]: value 'y' is defined twice: by node 'relu1' and by node "
            "'relu2'");
}

TEST(ValueDefinedTwice, ArraysAndConstants) {
  auto model = small_model();
  add_array(model, "w", {0});
  auto& node = add_node(model, "Constant", "c", {}, {"b"});
  add_attribute(node, "value_float", AttributeProto::FLOAT).set_f(1);
  EXPECT_EQ(messages(read(model)),
            "error[ValueDefinedTwice]: value 'w' is defined twice: by an array and by an array\n"
            "error[ValueDefinedTwice]: value 'b' is defined twice: by an array and by node 'c'");
}

TEST(ValueUndefined, InputsAndOutputs) {
  auto model = small_model();
  add_node(model, "Relu", "relu2", {"nowhere"}, {"z"});
  add_output(model, "nothing", {1});
  EXPECT_EQ(messages(read(model)),
            "error[ValueUndefined]: layer 'relu2': input 'nowhere' is defined nowhere in the file\n"
            "error[ValueUndefined]: output 'nothing' is defined nowhere in the file");
}

TEST(ModelCyclic, NamesTheCircle) {
  auto model = small_model();
  add_node(model, "Relu", "after", {"c"}, {"z"});
  add_node(model, "Add", "n1", {"x", "c"}, {"a"});
  add_node(model, "Relu", "n2", {"a"}, {"b1"});
  add_node(model, "Relu", "n3", {"b1"}, {"c"});
  EXPECT_EQ(messages(read(model)),
            "error[ModelCyclic]: layer 'n1': nodes feed one another in a circle: 'n1' -> 'n2' -> "
            "'n3' -> 'n1'");
}

TEST(ModelCyclic, ShortensALongCircle) {
  auto model = small_model();
  for (int i = 0; i < 12; ++i) {
    add_node(model, "Relu", fmt::format("r{}", i), {fmt::format("v{}", i)},
             {fmt::format("v{}", (i + 1) % 12)});
  }
  EXPECT_EQ(messages(read(model)),
            "error[ModelCyclic]: layer 'r1': nodes feed one another in a circle: 'r1' -> 'r2' -> "
            "'r3' -> 'r4' -> 'r5' -> 'r6' -> 'r7' -> 'r8' -> 4 more -> 'r1'");
}

}  // namespace
}  // namespace gatefold
