#include "gatefold/frontends/read_model.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace gatefold::frontends {
namespace {

namespace fs = std::filesystem;

fs::path shared_models() { return fs::path(GATEFOLD_SOURCE_DIR) / ".." / "shared" / "models"; }

std::vector<fs::path> files_of(const std::string& folder, const std::string& extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(shared_models() / folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// What a ForeignModel promises, checked without the reader's own tools.
void expect_promises(const ForeignModel& model) {
  std::set<std::string> values, names;
  for (const ForeignPort& port : model.inputs) EXPECT_TRUE(values.insert(port.name).second);
  for (const auto& [name, array] : model.arrays) EXPECT_TRUE(values.insert(name).second) << name;
  for (const ForeignNode& node : model.nodes) {
    EXPECT_TRUE(names.insert(node.name).second) << node.name;
    EXPECT_FALSE(node.name.empty());
    for (const std::string& input : node.inputs) {
      EXPECT_TRUE(input.empty() || values.contains(input)) << node.name << " reads " << input;
    }
    for (const std::string& output : node.outputs) {
      EXPECT_TRUE(output.empty() || values.insert(output).second) << output;
    }
  }
  for (const ForeignPort& port : model.outputs) EXPECT_TRUE(values.contains(port.name));
  EXPECT_FALSE(model.inputs.empty());
  EXPECT_FALSE(model.outputs.empty());
}

class SharedModels : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!fs::exists(shared_models() / GetParam())) GTEST_SKIP() << "../shared/models is not here";
  }
};

TEST_P(SharedModels, ReadWithoutErrors) {
  const std::vector<fs::path> files = files_of(GetParam(), ".onnx");
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    const auto model = read_model(file);
    ASSERT_TRUE(model.ok()) << to_string(model.errors());
    expect_promises(*model);
  }
}

INSTANTIATE_TEST_SUITE_P(Onnx, SharedModels, testing::Values("qonnx", "finn", "zoo"));

using OtherFormats = SharedModels;

TEST_P(OtherFormats, AreNamed) {
  for (const auto& [extension, words] :
       {std::pair(".tflite", "a TFLite model"), std::pair(".h5", "an HDF5 file (Keras .h5)")}) {
    for (const fs::path& file : files_of(GetParam(), extension)) {
      const auto model = read_model(file);
      ASSERT_FALSE(model.ok()) << file;
      EXPECT_EQ(model.errors().front().id, DiagnosticId::UnknownFormat);
      EXPECT_EQ(model.errors().front().text,
                fmt::format("'{}' looks like {}", file.string(), words));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tiny, OtherFormats, testing::Values("tiny"));

}  // namespace
}  // namespace gatefold::frontends
