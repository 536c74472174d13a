// The bundled models, imported and run sample by sample, against outputs that
// models/common/onnx_double.py computed from the same files in double precision.
#include <cmath>
#include <gtest/gtest.h>

#include "gatefold/frontends/read_model.h"
#include "gatefold/graph/quantize_step.h"
#include "gatefold/graph/run.h"
#include "gatefold/layers/import_model.h"
#include "gatefold/layers/softmax.h"
#include "gatefold/support/npy.h"

namespace gatefold {
namespace {

const std::string models = std::string(GATEFOLD_SOURCE_DIR) + "/models/";

struct Reals {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

Reals read_reals(const std::string& path) {
  const NpyArray array = *read_npy(models + path);
  return {array.shape, std::get<std::vector<double>>(array.data)};
}

graph::Graph import(const std::string& path) {
  const auto model = frontends::read_model(models + path);
  EXPECT_TRUE(model.ok()) << (model ? "" : to_string(model.errors()));
  const auto graph = layers::import_model(*model);
  EXPECT_TRUE(graph.ok()) << (graph ? "" : to_string(graph.errors()));
  return *graph;
}

numeric::IntTensor quantized_row(const graph::Graph& graph, const Reals& x, std::int64_t row) {
  const auto& node = graph.node(graph.inputs().front());
  const auto& port = std::get<graph::Input>(node.op).port;
  const auto& shape = node.outputs.front().shape;
  numeric::IntTensor raw{shape, {}};
  for (std::int64_t i = 0; i < x.shape[1]; ++i)
    raw.data.push_back(
        numeric::quantize(numeric::exact(x.values[static_cast<std::size_t>(row * x.shape[1] + i)]),
                          port.grid.at(i, shape), port.rounding, port.overflow));
  return raw;
}

/// The largest |output - reference| over every `stride`-th row.
double largest_error(const graph::Graph& graph, const Reals& x, const Reals& y,
                     std::int64_t stride) {
  double largest = 0;
  for (std::int64_t row = 0; row < x.shape[0]; row += stride) {
    const auto raw = quantized_row(graph, x, row);
    const auto outputs = graph::run_reference(graph, {&raw, 1});
    const auto& type = graph.type(graph.outputs().front().value);
    for (std::int64_t j = 0; j < type.size(); ++j) {
      const double got = graph::decode(type.encoding, outputs.front()[j], j, type.shape);
      largest = std::max(largest,
                         std::abs(got - y.values[static_cast<std::size_t>(row * y.shape[1] + j)]));
    }
  }
  return largest;
}

TEST(ImportModels, JetTaggerEqualsDoublePrecision) {
  const auto graph = import("jet_tagger/jet_tagger.onnx");
  EXPECT_LT(largest_error(graph, read_reals("jet_tagger/test_features.npy"),
                          read_reals("jet_tagger/reference.npy"), 25),
            1e-12);
}

TEST(ImportModels, DigitsSoftmaxStaysInItsBound) {
  const auto x = read_reals("digits/features.npy"), y = read_reals("digits/reference.npy");
  for (const char* file : {"digits/digits.onnx", "digits/digits_torchscript.onnx"})
    EXPECT_LT(largest_error(import(file), x, y, 25), layers::softmax_bound(10)) << file;
}

TEST(ImportModels, BothExportsOfDigitsAreOneNet) {
  auto a = import("digits/digits.onnx");
  auto b = import("digits/digits_torchscript.onnx");
  b.name = a.name;
  EXPECT_EQ(graph::print(a), graph::print(b));
}

}  // namespace
}  // namespace gatefold
