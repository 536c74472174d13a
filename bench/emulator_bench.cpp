// Inferences per second of the bundled jet tagger, from floats to floats: the mean
// (items_per_second) and the fastest call (best_per_second).
#include <algorithm>
#include <benchmark/benchmark.h>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "gatefold/emulate/emulator.h"
#include "gatefold/frontends/read_model.h"
#include "gatefold/layers/import_model.h"

namespace gatefold {
namespace {

const graph::Graph& jet_tagger() {
  static const graph::Graph graph = [] {
    const std::string file =
        std::string(GATEFOLD_SOURCE_DIR) + "/models/jet_tagger/jet_tagger.onnx";
    layers::ImportOptions options;
    options.final_activation_on_host = true;
    return *layers::import_model(*frontends::read_model(file), options);
  }();
  return graph;
}

void predict(benchmark::State& state) {
  const std::int64_t samples = state.range(0);
  const emulate::Emulator emulator(jet_tagger(), static_cast<int>(state.range(1)));
  const auto size = [&](const emulate::Port& port) {
    return static_cast<std::size_t>(samples * numeric::element_count(port.shape));
  };
  std::vector<float> inputs(size(emulator.inputs().front()));
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = 3 * std::sin(static_cast<float>(i));
  std::vector<double> outputs(size(emulator.outputs().front()));
  const float* rows = inputs.data();
  double* results = outputs.data();
  using Clock = std::chrono::steady_clock;
  auto best = Clock::duration::max();
  for (auto _ : state) {
    const auto start = Clock::now();
    const bool ok = emulator.predict({&rows, 1}, samples, {&results, 1}).ok();
    best = std::min(best, Clock::now() - start);
    if (!ok) state.SkipWithError("refused");
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * samples);
  const double seconds = std::chrono::duration<double>(best).count();
  state.counters["best_per_second"] = static_cast<double>(samples) / seconds;
}

BENCHMARK(predict)
    ->ArgNames({"batch", "threads"})
    ->ArgsProduct({{1, 1024, 65536}, {1, 2}})
    ->UseRealTime();

}  // namespace
}  // namespace gatefold
