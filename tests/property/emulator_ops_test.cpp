// The emulator equals the graph's own meaning on random graphs over all ops: windows, reductions,
// scans, orders, and sums at many positions.
#include <gtest/gtest.h>

#include "tests/random_recurrences.h"
#include "tests/support/conv_models.h"

#include "gatefold/emulate/emulator.h"
#include "gatefold/graph/run.h"
#include "gatefold/layers/import_model.h"

namespace gatefold::emulate {
namespace {

using numeric::IntTensor;
using testing::RandomGraphs;

constexpr int sample_count = 5;

std::string port_name(const graph::Graph& g, std::size_t port) {
  return std::get<graph::Input>(g.node(g.inputs()[port]).op).name;
}

// Samples on top of one another.
RawBatch batch_of(const graph::Graph& g, const std::vector<std::vector<IntTensor>>& samples) {
  RawBatch batch;
  for (std::size_t port = 0; port < g.inputs().size(); ++port) {
    IntTensor all{samples[0][port].shape, {}};
    all.shape.insert(all.shape.begin(), std::ssize(samples));
    for (const auto& sample : samples)
      all.data.insert(all.data.end(), sample[port].data.begin(), sample[port].data.end());
    batch[port_name(g, port)] = std::move(all);
  }
  return batch;
}

std::vector<std::vector<IntTensor>> random_samples(const graph::Graph& g, RandomGraphs& random,
                                                   int count) {
  std::vector<std::vector<IntTensor>> samples;
  for (int i = 0; i < count; ++i) samples.push_back(random.inputs(g, i % 2 == 1));
  return samples;
}

void expect_reference(const graph::Graph& g, const std::vector<std::vector<IntTensor>>& samples,
                      const RawBatch& results, graph::KeptStates& kept) {
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto expected = graph::run_reference(g, samples[i], kept);
    for (std::size_t output = 0; output < expected.size(); ++output) {
      const IntTensor& all = results.at(g.outputs()[output].name);
      const auto first =
          all.data.begin() + static_cast<std::ptrdiff_t>(i) * expected[output].size();
      ASSERT_EQ(expected[output].data,
                std::vector<std::int64_t>(first, first + expected[output].size()))
          << graph::print(g);
    }
  }
}

void expect_reference(const graph::Graph& g, RandomGraphs& random) {
  if (g.inputs().empty()) return;
  const auto samples = random_samples(g, random, sample_count);
  const auto results = Emulator(g).run(batch_of(g, samples));
  ASSERT_TRUE(results.ok()) << to_string(results.errors());
  graph::KeptStates kept;
  expect_reference(g, samples, *results, kept);
}

/// Batches as one sequence: more samples than a block has, then few more from where that ended.
TEST(EmulatorOps, StatefulRecurrences) {
  for (std::uint64_t seed = 1; seed <= 60 && !::testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    testing::RandomRecurrences random(seed);
    const graph::Graph g = seed % 4 == 0 ? random.nested(true) : random.recurrence(true);
    const Emulator emulator(g, 4);
    graph::KeptStates kept;
    States states = emulator.initial_states();
    for (const int count : {seed % 10 == 0 ? 600 : 40, 3}) {
      const auto samples = random_samples(g, random, count);
      const auto results = emulator.run(batch_of(g, samples), states);
      ASSERT_TRUE(results.ok()) << to_string(results.errors());
      expect_reference(g, samples, *results, kept);
    }
    const auto samples = random_samples(g, random, 2);
    graph::KeptStates anew;
    expect_reference(g, samples, *emulator.run(batch_of(g, samples)), anew);
  }
}

TEST(EmulatorOps, GeneralGraphs) {
  for (int seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    RandomGraphs random(static_cast<std::uint64_t>(seed));
    const graph::Graph g = random.general();
    expect_reference(g, random);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST(EmulatorOps, Convolutions) {
  for (int seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    RandomGraphs random(static_cast<std::uint64_t>(seed));
    const auto model = testing::ConvModels(static_cast<std::uint64_t>(seed)).write();
    const auto g = layers::import_model(model);
    ASSERT_TRUE(g.ok()) << to_string(g.errors());
    expect_reference(*g, random);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace gatefold::emulate
