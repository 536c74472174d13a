// The bundled models as designs: every output word equals the graph's.
#include <gtest/gtest.h>
#include <random>

#include "gatefold/frontends/read_model.h"
#include "gatefold/graph/run.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/layers/import_model.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/passes/run_passes.h"

namespace gatefold {
namespace {

graph::Graph import(const std::string& path) {
  return *layers::import_model(
      *frontends::read_model(std::string(GATEFOLD_SOURCE_DIR) + "/models/" + path));
}

/// Random rows, the first two all low and all high.
numeric::IntTensor random_rows(const graph::TensorType& type, std::int64_t rows) {
  std::mt19937_64 random(7);
  numeric::IntTensor tensor{{rows, type.size()}, {}};
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t i = 0; i < type.size(); ++i) {
      const auto& range = type.range(i);
      const auto count = static_cast<std::uint64_t>(range.high - range.low) + 1;
      tensor.data.push_back(row == 0   ? range.low
                            : row == 1 ? range.high
                                       : range.low + static_cast<std::int64_t>(random() % count));
    }
  return tensor;
}

void expect_equal(const graph::Graph& graph, const hardware::Design& design) {
  ASSERT_EQ(hardware::verify(design), "");
  const auto& node = graph.node(graph.inputs().front());
  const auto& type = node.outputs.front();
  const auto rows = random_rows(type, 60);
  const auto outputs = hardware::run_design(design, {{design.inputs.front().name, rows}});
  const auto& got = outputs.at(design.outputs.front().name);
  for (std::int64_t row = 0; row < 60; ++row) {
    const auto first = rows.data.begin() + row * type.size();
    const numeric::IntTensor sample{type.shape, {first, first + type.size()}};
    const auto expected = graph::run_reference(graph, {&sample, 1}).front();
    for (std::int64_t j = 0; j < expected.size(); ++j)
      ASSERT_EQ(got[row * expected.size() + j], expected[j]) << "row " << row << " output " << j;
  }
}

TEST(LowerModels, EveryOutputWordEqualsTheGraph) {
  for (const char* file : {"jet_tagger/jet_tagger.onnx", "digits/digits.onnx"}) {
    const graph::Graph graph = import(file);
    const auto design = lowering::lower(graph);
    ASSERT_TRUE(design.ok()) << to_string(design.errors());
    expect_equal(graph, *design);
    expect_equal(graph, hardware::simplify(*design));
  }
}

TEST(LowerModels, ConstantsOfQuantizersAreTermsOfTheMatrix) {
  const auto design =
      lowering::lower(passes::run_passes(import("jet_tagger/jet_tagger.onnx"), {})->graph);
  ASSERT_TRUE(design.ok()) << to_string(design.errors());
  int clamps = 0;
  for (const auto& operation : design->processes.front().body) {
    const auto& layer = design->layers[static_cast<std::size_t>(operation.layer)].name;
    if (!layer.starts_with("relu")) continue;
    EXPECT_FALSE(std::holds_alternative<hardware::Add>(operation.kind)) << layer;
    clamps += std::holds_alternative<hardware::Clamp>(operation.kind) ? 1 : 0;
  }
  EXPECT_EQ(clamps, 126);
}

}  // namespace
}  // namespace gatefold
