#include <chrono>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/onnx_files.h"
#include "tests/support/temp_folder.h"

#include "gatefold/frontends/read_model.h"
#include "gatefold/support/npy.h"

namespace gatefold {
namespace {

namespace fs = std::filesystem;
using frontends::ForeignModel;
using testing::read;

/// Bytes flipped, cut out, doubled or cut off.
std::string damage(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const std::size_t flips = below(4);
  for (std::size_t i = 0; i < flips; ++i) {
    text[below(text.size())] = static_cast<char>(below(256));
  }
  switch (below(4)) {
    case 0:
      text.resize(below(text.size()));
      break;
    case 1:
      text.erase(below(text.size()), below(8));
      break;
    case 2:
      text.insert(below(text.size()), text.substr(below(text.size()), below(64)));
      break;
    default:
      break;
  }
  return text;
}

std::string rich_model() {
  auto model = testing::small_model();
  auto& node = testing::add_node(model, "Clip", "", {"h"}, {"z", ""});
  testing::add_attribute(node, "axes", onnx::AttributeProto::INTS).add_ints(-1);
  testing::add_attribute(node, "mode", onnx::AttributeProto::STRING).set_s("ROUND");
  auto& value = testing::add_attribute(testing::add_node(model, "Constant", "", {}, {"k"}), "value",
                                       onnx::AttributeProto::TENSOR);
  testing::set_shape(*value.mutable_t(), {2}, onnx::TensorProto::INT8);
  value.mutable_t()->add_int32_data(-5);
  value.mutable_t()->add_int32_data(5);
  auto& external = testing::add_array(model, "e", {1});
  external.set_data_location(onnx::TensorProto::EXTERNAL);
  auto& entry = *external.add_external_data();
  entry.set_key("location");
  entry.set_value("d.bin");
  return model.SerializeAsString();
}

void expect_promises(const ForeignModel& model) {
  std::set<std::string> values;
  for (const auto& port : model.inputs) ASSERT_TRUE(values.insert(port.name).second);
  for (const auto& [name, array] : model.arrays) {
    ASSERT_TRUE(values.insert(name).second);
    ASSERT_EQ(static_cast<std::int64_t>(array.reals.size() + array.integers.size()), array.size());
  }
  for (const auto& node : model.nodes) {
    for (const auto& input : node.inputs) ASSERT_TRUE(input.empty() || values.contains(input));
    for (const auto& output : node.outputs) {
      ASSERT_TRUE(output.empty() || values.insert(output).second);
    }
  }
}

TEST(DamagedOnnx, IsReadOrRefused) {
  const testing::TempFolder folder;
  folder.write("d.bin", "1234");
  const std::string whole = rich_model();
  ASSERT_TRUE(read(std::string_view(whole), folder.path()).ok());
  std::mt19937 random(3);
  int refused = 0;
  constexpr int rounds = 20000;
  for (int i = 0; i < rounds; ++i) {
    const auto model = read(std::string_view(damage(whole, random)), folder.path());
    if (model.ok()) {
      ASSERT_NO_FATAL_FAILURE(expect_promises(*model));
    } else {
      ASSERT_FALSE(model.errors().empty());
      ++refused;
    }
  }
  EXPECT_GT(refused, rounds / 4);
  EXPECT_LT(refused, rounds);
}

TEST(DamagedOnnx, EveryTruncationIsReadOrRefused) {
  const std::string whole = testing::small_model().SerializeAsString();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto model = read(std::string_view(whole).substr(0, length));
    EXPECT_TRUE(!model.ok() || length > whole.size() - 10) << length;
  }
}

/// The trained models of the repository, damaged for a second each.
TEST(DamagedOnnx, TrainedModels) {
  const fs::path models = fs::path(GATEFOLD_SOURCE_DIR) / "models";
  std::mt19937 random(4);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(models)) {
    if (entry.path().extension() != ".onnx") continue;
    ++files;
    const std::string whole = testing::content_of(entry.path());
    const auto stop = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (std::chrono::steady_clock::now() < stop) {
      const auto model = read(std::string_view(damage(whole, random)));
      if (!model.ok()) continue;
      ASSERT_NO_FATAL_FAILURE(expect_promises(*model));
    }
  }
  EXPECT_GT(files, 0);
}

TEST(DamagedNpy, IsReadOrRefused) {
  const NpyArray array{"float64", {2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6}};
  const std::string whole = to_npy(array);
  std::mt19937 random(5);
  int refused = 0;
  constexpr int rounds = 20000;
  for (int i = 0; i < rounds; ++i) {
    const std::string text = damage(whole, random);
    const auto parsed = parse_npy(std::as_bytes(std::span(text)), "x.npy");
    if (!parsed.ok()) {
      ++refused;
      continue;
    }
    std::int64_t count = 1;
    for (const std::int64_t extent : parsed->shape) count *= extent;
    const auto size = std::visit([](const auto& values) { return values.size(); }, parsed->data);
    ASSERT_EQ(static_cast<std::int64_t>(size), count);
  }
  EXPECT_GT(refused, rounds / 4);
  EXPECT_LT(refused, rounds);
}

}  // namespace
}  // namespace gatefold
