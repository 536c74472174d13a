// The bundled models in the emulator: every row of their test sets against the outputs that
// models/common/onnx_double.py recorded, and some bit by bit against the graph's own meaning.
#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "gatefold/emulate/emulator.h"
#include "gatefold/frontends/read_model.h"
#include "gatefold/graph/run.h"
#include "gatefold/layers/import_model.h"
#include "gatefold/layers/softmax.h"
#include "gatefold/support/npy.h"

namespace gatefold {
namespace {

using numeric::IntTensor;

const std::string models = std::string(GATEFOLD_SOURCE_DIR) + "/models/";

graph::Graph import(const std::string& path) {
  return *layers::import_model(*frontends::read_model(models + path));
}

numeric::RealTensor read_reals(const std::string& path) {
  const NpyArray array = *read_npy(models + path);
  return {array.shape, std::get<std::vector<double>>(array.data)};
}

double largest_error(const graph::Graph& graph, int threads, const std::string& features,
                     const std::string& reference) {
  const emulate::Emulator emulator(graph, threads);
  const auto outputs = emulator.predict({{emulator.inputs()[0].name, read_reals(features)}});
  EXPECT_TRUE(outputs.ok());
  const auto& got = outputs->begin()->second;
  const numeric::RealTensor wanted = read_reals(reference);
  EXPECT_EQ(got.shape, wanted.shape);
  double largest = 0;
  for (std::size_t i = 0; i < wanted.data.size(); ++i)
    largest = std::max(largest, std::abs(got.data[i] - wanted.data[i]));
  return largest;
}

// Ends of every port's range in the first samples, then random integers.
IntTensor extremes_of(const graph::TensorType& type, std::int64_t samples) {
  std::mt19937 random(3);
  IntTensor batch{type.shape, {}};
  batch.shape.insert(batch.shape.begin(), samples);
  for (std::int64_t s = 0; s < samples; ++s)
    for (std::int64_t i = 0; i < type.size(); ++i) {
      const auto& r = type.range(i);
      const std::int64_t any = std::uniform_int_distribution<std::int64_t>(r.low, r.high)(random);
      const std::int64_t end = any % 2 == 0 ? r.low : r.high;
      batch.data.push_back(s == 0 ? r.low : s == 1 ? r.high : s < samples / 2 ? end : any);
    }
  return batch;
}

void expect_own_meaning(const graph::Graph& graph) {
  const std::int64_t samples = 33;
  const emulate::Emulator emulator(graph, 2);
  const IntTensor inputs = extremes_of(graph.node(graph.inputs()[0]).outputs[0], samples);
  const auto outputs = emulator.run({{emulator.inputs()[0].name, inputs}});
  ASSERT_TRUE(outputs.ok());
  const auto row = [&](const IntTensor& batch, std::int64_t s) {
    const std::int64_t size = batch.size() / samples;
    return IntTensor{{batch.shape.begin() + 1, batch.shape.end()},
                     {batch.data.begin() + s * size, batch.data.begin() + (s + 1) * size}};
  };
  for (std::int64_t s = 0; s < samples; ++s) {
    const IntTensor one = row(inputs, s);
    EXPECT_EQ(row(outputs->begin()->second, s), graph::run_reference(graph, {&one, 1})[0]) << s;
  }
}

TEST(EmulateModels, JetTagger) {
  const graph::Graph graph = import("jet_tagger/jet_tagger.onnx");
  for (const int threads : {1, 2})
    EXPECT_LT(
        largest_error(graph, threads, "jet_tagger/test_features.npy", "jet_tagger/reference.npy"),
        1e-12);
  expect_own_meaning(graph);
}

TEST(EmulateModels, Digits) {
  const graph::Graph graph = import("digits/digits.onnx");
  EXPECT_LT(largest_error(graph, 0, "digits/features.npy", "digits/reference.npy"),
            layers::softmax_bound(10));
  expect_own_meaning(graph);
}

}  // namespace
}  // namespace gatefold
