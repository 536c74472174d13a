// Every stage that can take long hears Ctrl-C.
#include "gatefold/support/interrupt.h"

#include <chrono>
#include <csignal>
#include <gtest/gtest.h>
#include <random>

#include "tests/random_graph.h"

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/driver/verify.h"
#include "gatefold/schedule/cycle_simulator.h"

namespace gatefold {
namespace {

/// A signal has come.
class Interrupts : public ::testing::Test {
 protected:
  Interrupts() : graph_(testing::RandomGraphs(3).mlp()), design_(*lowering::lower(graph_)) {
    target_ = *schedule::load_target("unit");
    schedule_ = *schedule::pipeline(design_, target_, 3);
    install_interrupt_handler();
    std::raise(SIGINT);
  }
  ~Interrupts() override { install_interrupt_handler(); }  // lowers the flag

  /// Samples of zeros for the graph's input.
  emulate::RawBatch samples(std::int64_t count) const {
    const graph::NodeId input = graph_.inputs().front();
    const auto& type = graph_.node(input).outputs.front();
    numeric::IntTensor tensor{{count, type.size()}, {}};
    tensor.data.assign(static_cast<std::size_t>(tensor.shape[0] * tensor.shape[1]), 0);
    return {{std::get<graph::Input>(graph_.node(input).op).name, tensor}};
  }

  template <typename T>
  static bool stopped(const Result<T>& result) {
    return !result.ok() && result.errors().front().id == DiagnosticId::Interrupted;
  }

  graph::Graph graph_;
  hardware::Design design_;
  schedule::Target target_;
  schedule::Schedule schedule_;
};

adder_graph::Problem large_matrix() {
  std::mt19937 random(1);
  adder_graph::Problem problem;
  problem.inputs = problem.outputs = 64;
  problem.ranges.assign(64, {-128, 127, 0});
  for (int i = 0; i < 64 * 64; ++i)
    problem.weights.push_back(static_cast<std::int64_t>(random() % 255) - 127);
  return problem;
}

TEST_F(Interrupts, EndTheSearchForAdderGraphsEarly) {
  const auto start = std::chrono::steady_clock::now();
  const auto graph = adder_graph::solve(large_matrix());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_TRUE(adder_graph::equals(graph, large_matrix()));
}

TEST_F(Interrupts, EndTheStagesOfTheCompiler) {
  EXPECT_TRUE(stopped(passes::run_passes(graph_, {})));
  EXPECT_TRUE(stopped(lowering::lower(graph_)));
  EXPECT_TRUE(stopped(schedule::pipeline(design_, target_, 3)));
}

TEST_F(Interrupts, EndTheEmulator) {
  const emulate::Emulator emulator(graph_);
  EXPECT_TRUE(stopped(emulator.run(samples(10))));
  EXPECT_TRUE(stopped(emulator.trace(samples(10))));
  emulate::RealBatch reals;
  for (const auto& [name, tensor] : samples(10000))
    reals[name] = {tensor.shape, std::vector<double>(tensor.data.begin(), tensor.data.end())};
  EXPECT_TRUE(stopped(emulator.quantize(reals)));
  EXPECT_TRUE(stopped(emulator.predict(reals)));
}

TEST_F(Interrupts, EndTheInterpreters) {
  EXPECT_TRUE(hardware::run_design(design_, samples(10)).empty());
  EXPECT_TRUE(schedule::simulate(design_, schedule_, samples(10), {}).times.outputs[0].empty());
}

TEST_F(Interrupts, EndTheComparison) {
  driver::Compilation compilation;
  compilation.imported = compilation.graph = graph_;
  compilation.design = design_;
  compilation.schedule = schedule_;
  EXPECT_TRUE(stopped(driver::verify(compilation, {}, "/nonexistent")));
}

}  // namespace
}  // namespace gatefold
