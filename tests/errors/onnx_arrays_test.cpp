#include "gatefold/frontends/onnx/onnx_arrays.h"

#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/support/onnx_files.h"
#include "tests/support/temp_folder.h"

namespace gatefold {
namespace {

namespace fs = std::filesystem;
using onnx::AttributeProto;
using onnx::TensorProto;
using testing::add_array;
using testing::add_attribute;
using testing::add_input;
using testing::add_node;
using testing::messages;
using testing::read;
using testing::small_model;
using testing::TempFolder;

TEST(OnnxElementType, NoPlainNumbers) {
  auto model = small_model();
  add_array(model, "s", {1}, TensorProto::STRING).add_string_data("text");
  add_array(model, "q", {2}, TensorProto::INT4);
  add_array(model, "f8", {1}, TensorProto::FLOAT8E4M3FN);
  add_array(model, "u", {1}, TensorProto::UNDEFINED);
  add_array(model, "n", {1}, -5);
  add_input(model, "text", {1}, TensorProto::STRING);
  EXPECT_EQ(messages(read(model)),
            "error[OnnxElementType]: array 's' has elements of type string\n"
            "error[OnnxElementType]: array 'q' has elements of type int4\n"
            "error[OnnxElementType]: array 'f8' has elements of type float8e4m3fn\n"
            "error[OnnxElementType]: array 'u' has elements of type undefined\n"
            "error[OnnxElementType]: array 'n' has elements of type number -5\n"
            "error[OnnxElementType]: port 'text' has elements of type string");
}

TEST(OnnxArrayShape, NegativeExtent) {
  auto model = small_model();
  add_array(model, "a", {2, -3});
  EXPECT_EQ(messages(read(model)), "error[OnnxArrayShape]: array 'a' has the extent -3");
}

TEST(OnnxArraySize, DataThatDoesNotFitTheShape) {
  auto model = small_model();
  add_array(model, "a", {2, 2}).add_float_data(1);
  add_array(model, "b2", {100, 1000, 1000});
  add_array(model, "c", {1}).set_raw_data("12345");
  add_array(model, "d", {2}, TensorProto::INT64).add_int32_data(1);
  add_array(model, "e", {0}).add_float_data(1);
  auto& node = add_node(model, "Foo", "foo", {"x"}, {"z"});
  testing::set_shape(*add_attribute(node, "t", AttributeProto::TENSOR).mutable_t(), {3},
                     TensorProto::BOOL);
  EXPECT_EQ(
      messages(read(model)),
      "error[OnnxArraySize]: array 'a' of shape [2,2] needs 4 numbers, and the file holds 1\n"
      "error[OnnxArraySize]: array 'b2' of shape [100,1000,1000] needs 100000000 numbers, and "
      "the file holds 0\n"
      "error[OnnxArraySize]: array 'c' of shape [1] needs 4 bytes, and the file holds 5\n"
      "error[OnnxArraySize]: array 'd' of shape [2] needs 2 numbers, and the file holds 0\n"
      "error[OnnxArraySize]: array 'e' of shape [0] needs 0 numbers, and the file holds 1\n"
      "error[OnnxArraySize]: layer 'foo': attribute 't' of shape [3] needs 3 numbers, and the "
      "file holds 0");
}

TEST(OnnxArrayValue, BeyondItsType) {
  auto model = small_model();
  add_array(model, "i8", {1}, TensorProto::INT8).add_int32_data(128);
  add_array(model, "u8", {1}, TensorProto::UINT8).add_int32_data(-1);
  add_array(model, "b1", {1}, TensorProto::BOOL).add_int32_data(2);
  add_array(model, "h", {1}, TensorProto::FLOAT16).add_int32_data(65536);
  add_array(model, "u64", {1}, TensorProto::UINT64).add_uint64_data(1ull << 63);
  EXPECT_EQ(messages(read(model)),
            "error[OnnxArrayValue]: array 'i8' holds 128, which is beyond int8\n"
            "error[OnnxArrayValue]: array 'u8' holds -1, which is beyond uint8\n"
            "error[OnnxArrayValue]: array 'b1' holds 2, which is beyond bool\n"
            "error[OnnxArrayValue]: array 'h' holds 65536, which is beyond float16\n"
            "error[OnnxArrayValue]: array 'u64' holds 9223372036854775808, which is beyond int64");
}

TEST(OnnxArrayStorage, SeveralFieldsSegmentsSparse) {
  auto model = small_model();
  auto& both = add_array(model, "a", {1});
  both.add_float_data(1);
  both.set_raw_data("1234");
  add_array(model, "s", {0}).set_segment("");
  model.mutable_graph()->add_sparse_initializer("opaque");
  EXPECT_EQ(messages(read(model)),
            "error[OnnxArrayStorage]: array 'a' is stored in several fields at once\n"
            "error[OnnxArrayStorage]: array 's' is stored in segments\n"
            "error[OnnxArrayStorage]: an initializer is stored as a sparse tensor");
}

TEST(ModelTooLarge, ClaimedShapes) {
  auto model = small_model();
  add_array(model, "a", {1 << 20, 1 << 20});
  add_array(model, "o", {0, INT64_MAX, INT64_MAX});
  EXPECT_EQ(messages(read(model)),
            "error[ModelTooLarge]: the arrays hold more than 134217728 numbers\n"
            "error[ModelTooLarge]: the arrays hold more than 134217728 numbers");
}

TEST(ModelTooLarge, SumOverSharedExternalData) {
  const TempFolder folder;
  folder.write("d.bin", std::string(400, 'x'));
  onnx::TensorProto tensor;
  testing::set_shape(tensor, {100}, TensorProto::FLOAT);
  tensor.set_data_location(TensorProto::EXTERNAL);
  auto& entry = *tensor.add_external_data();
  entry.set_key("location");
  entry.set_value("d.bin");
  frontends::ArrayReader reader(folder.path(), 250);
  EXPECT_TRUE(reader.read(tensor, {"", "array 'a'"}).ok());
  EXPECT_TRUE(reader.read(tensor, {"", "array 'b'"}).ok());
  const auto third = reader.read(tensor, {"", "array 'c'"});
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.errors().front().text, "the arrays hold more than 250 numbers");
}

/// Reads an array of two floats with this external data.
std::string external(const fs::path& folder,
                     const std::vector<std::pair<std::string, std::string>>& data) {
  auto model = small_model();
  auto& tensor = add_array(model, "a", {2});
  tensor.set_data_location(TensorProto::EXTERNAL);
  for (const auto& [key, value] : data) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
  return messages(read(model, folder));
}

TEST(ExternalDataEntry, BadNumbersOrLength) {
  const TempFolder folder;
  folder.write("d.bin", "0123456789");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}, {"length", "8"}}), "no error");
  EXPECT_EQ(external(folder.path(), {}),
            "error[ExternalDataEntry]: array 'a' has external data with no location");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}, {"offset", "-1"}}),
            "error[ExternalDataEntry]: array 'a' has external data with the offset '-1'");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}, {"length", "8 "}}),
            "error[ExternalDataEntry]: array 'a' has external data with the length '8 '");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}, {"offset", "99999999999999999999"}}),
            "error[ExternalDataEntry]: array 'a' has external data with the offset "
            "'99999999999999999999'");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}, {"length", "4"}}),
            "error[ExternalDataEntry]: array 'a' has external data with 4 bytes instead of 8");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}}),
            "error[ExternalDataEntry]: array 'a' has external data with 10 bytes instead of 8");
}

TEST(ExternalDataOutside, ClimbsOutOfTheFolder) {
  const TempFolder folder;
  const auto secret = folder.write("secret", "01234567");
  folder.write("model/inside", "01234567");
  fs::create_symlink(secret, folder / "model/link");
  fs::create_directory_symlink("..", folder / "model/up");
  fs::create_symlink("inside", folder / "model/fine");
  for (const std::string& location :
       {std::string("../secret"), secret.string(), std::string("link"), std::string("up/secret"),
        std::string("model/../../secret")}) {
    EXPECT_EQ(
        external(folder / "model", {{"location", location}}),
        fmt::format("error[ExternalDataOutside]: array 'a' has external data in '{}', which is "
                    "outside the model's folder",
                    location));
  }
  EXPECT_EQ(external(folder / "model", {{"location", "fine"}}), "no error");
}

TEST(ExternalDataMissing, NoFile) {
  const TempFolder folder;
  fs::create_directory(folder / "sub");
  for (const std::string location : {"w.bin", "sub"}) {
    EXPECT_EQ(
        external(folder.path(), {{"location", location}}),
        fmt::format("error[ExternalDataMissing]: array 'a' has external data in '{}', which is "
                    "not there",
                    location));
  }
}

TEST(ExternalDataShort, FileEndsTooEarly) {
  const TempFolder folder;
  folder.write("d.bin", "0123456789");
  EXPECT_EQ(external(folder.path(), {{"location", "d.bin"}, {"offset", "4"}}),
            "error[ExternalDataShort]: array 'a' needs 8 bytes from 4 on of 'd.bin', which has 10");
  EXPECT_EQ(
      external(folder.path(), {{"location", "d.bin"}, {"offset", "400"}, {"length", "8"}}),
      "error[ExternalDataShort]: array 'a' needs 8 bytes from 400 on of 'd.bin', which has 10");
}

}  // namespace
}  // namespace gatefold
