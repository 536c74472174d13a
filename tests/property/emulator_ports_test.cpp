// Floats at the ports of the emulator: the same integers as exact rounding gives, the nearest
// doubles of what the integers stand for.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "gatefold/emulate/emulator.h"
#include "gatefold/emulate/kernels.h"
#include "gatefold/graph/quantize_step.h"

namespace gatefold::emulate {
namespace {

using numeric::Grid;
using numeric::Rational;

constexpr std::int64_t channels = 3;

Rational scale_of(std::mt19937& random) {
  std::uniform_int_distribution<int> kind(0, 2), exponent(-12, 6);
  const Rational power = numeric::power_of_two(exponent(random));
  if (kind(random) == 0) return power;
  const float any = std::uniform_real_distribution<float>(0.001f, 3.0f)(random);
  return kind(random) == 0 ? numeric::exact(static_cast<double>(any)) : power * Rational(5, 7);
}

graph::Quantize quantizer(std::mt19937& random) {
  std::uniform_int_distribution<int> width(1, 30), rounding(0, 8), overflow(0, 3), zero(-40, 40);
  graph::Quantize q;
  std::vector<Grid> grids;
  for (std::int64_t i = 0; i < channels; ++i)
    grids.push_back(
        numeric::make_grid(width(random), random() % 2 == 0, scale_of(random),
                           random() % 2 == 0 ? Rational(zero(random), 3) : Rational(0)));
  q.grid = random() % 2 == 0 ? numeric::PerAxis<Grid>(grids.front())
                             : numeric::PerAxis<Grid>(0, std::move(grids));
  q.rounding = static_cast<numeric::Rounding>(rounding(random));
  q.overflow = random() % 2 == 0 ? numeric::Overflow::Saturate
                                 : static_cast<numeric::Overflow>(overflow(random));
  if (random() % 4 == 0)
    q.source = graph::Encoding{scale_of(random), Rational(zero(random), 7), {}};
  if (random() % 8 == 0) q.source = graph::Encoding{Rational(-1, 3), Rational(1), {graph::Relu{}}};
  return q;
}

graph::Graph wire(const graph::Quantize& port) {
  graph::Graph g;
  g.add_output("y", *g.add(graph::Input{"x", {channels}, port}, {}, "in"));
  return g;
}

/// What the port's source makes of a float, then its grid.
std::int64_t exactly(const graph::Quantize& q, double x, std::int64_t channel) {
  Rational real = numeric::exact(x);
  if (q.source) {
    real = q.source->scale.values[0] * real + q.source->offset.values[0];
    if (!q.source->functions.empty() && real < 0) real = 0;
  }
  return numeric::quantize(real, q.grid.at(channel, {channels}), q.rounding, q.overflow,
                           q.saturated_bits);
}

/// Floats near the decisions of a grid: ties, levels, their neighbours, ends, and far away.
std::vector<float> floats_for(const graph::Quantize& q, std::int64_t samples,
                              std::mt19937& random) {
  std::vector<float> floats;
  for (std::int64_t i = 0; i < samples * channels; ++i) {
    const Grid& grid = q.grid.at(i % channels, {channels});
    const std::int64_t most = random() % 3 == 0 ? 8 : grid.type.max_raw() + 3;
    std::uniform_int_distribution<std::int64_t> level(-2 * most, 2 * most);
    const Rational place = (Rational(level(random), 2) - grid.zero_point) * grid.scale;
    auto x = static_cast<float>(numeric::to_double(place));
    if (random() % 3 == 0) x = std::nextafter(x, random() % 2 == 0 ? -1e30f : 1e30f);
    if (random() % 9 == 0) x = std::ldexp(x, static_cast<int>(random() % 200) - 100);
    if (random() % 50 == 0) x = random() % 2 == 0 ? 1e-45f : -0.0f;
    floats.push_back(x);
  }
  return floats;
}

TEST(EmulatorPorts, RoundAndDecodeExactly) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const graph::Quantize q = quantizer(random);
    const graph::Graph g = wire(q);
    const graph::TensorType& type = g.type(g.outputs()[0].value);
    const std::int64_t samples = 40;
    const std::vector<float> floats = floats_for(q, samples, random);
    const std::vector<double> doubles(floats.begin(), floats.end());
    for (const Kernels* kernels : usable_kernels()) {
      const Emulator emulator(g, 1, *kernels);
      std::vector<double> from_floats(floats.size()), from_doubles(floats.size());
      const float* f = floats.data();
      const double* d = doubles.data();
      double* out = from_floats.data();
      ASSERT_TRUE(emulator.predict({&f, 1}, samples, {&out, 1}).ok());
      out = from_doubles.data();
      ASSERT_TRUE(emulator.predict({&d, 1}, samples, {&out, 1}).ok());
      const auto raws = emulator.quantize({{"x", {{samples, channels}, doubles}}});
      ASSERT_TRUE(raws.ok());
      for (std::size_t i = 0; i < doubles.size(); ++i) {
        const auto channel = static_cast<std::int64_t>(i) % channels;
        const std::int64_t raw = exactly(q, doubles[i], channel);
        ASSERT_EQ(raws->at("x").data[i], raw) << kernels->name << " " << doubles[i];
        const double real = graph::decode(type.encoding, raw, channel, type.shape);
        ASSERT_EQ(from_floats[i], real) << kernels->name << " " << doubles[i];
        ASSERT_EQ(from_doubles[i], real) << kernels->name << " " << doubles[i];
      }
    }
  }
}

TEST(EmulatorPorts, DecodeTheNearestDouble) {
  std::mt19937 random(8);
  std::uniform_int_distribution<std::int64_t> number(-(std::int64_t{1} << 40),
                                                     std::int64_t{1} << 40);
  for (int round = 0; round < 200; ++round) {
    graph::Quantize q;
    q.grid = numeric::make_grid(static_cast<int>(random() % 30 + 1), true, 1);
    graph::Graph g;
    const auto x = *g.add(graph::Input{"x", {1}, q}, {}, "in");
    const graph::Affine affine{Rational(number(random), std::abs(number(random)) + 1),
                               Rational(number(random), std::abs(number(random)) + 1)};
    g.add_output("y", *g.add(graph::Map{graph::RealFunction(affine)}, {x}, "affine"));
    const numeric::Interval range = g.type(x).range();
    numeric::IntTensor raws{{20, 1}, {}};
    for (int i = 0; i < 20; ++i)
      raws.data.push_back(
          std::uniform_int_distribution<std::int64_t>(range.low, range.high)(random));
    const RealBatch reals = Emulator(g, 1).decode({{"y", raws}});
    for (std::size_t i = 0; i < 20; ++i)
      ASSERT_EQ(reals.at("y").data[i],
                numeric::to_double(affine.scale.values[0] * numeric::from_int64(raws.data[i]) +
                                   affine.offset.values[0]));
  }
}

TEST(EmulatorPorts, HostFunctions) {
  graph::Quantize q;
  q.grid = numeric::make_grid(6, true, Rational(1, 8));
  graph::Graph g;
  const auto x = *g.add(graph::Input{"x", {3}, q}, {}, "in");
  g.add_output("p", x, graph::HostFunction::Softmax);
  g.add_output("s",
               *g.add(graph::Map{graph::RealFunction(graph::Elementary::Sigmoid)}, {x}, "sigmoid"));
  const auto outputs = Emulator(g, 1).predict({{"x", {{1, 3}, {1, -2, 0.5}}}});
  ASSERT_TRUE(outputs.ok());
  const double sum = std::exp(1.0) + std::exp(-2.0) + std::exp(0.5);
  EXPECT_DOUBLE_EQ(outputs->at("p").data[1], std::exp(-2.0) / sum);
  EXPECT_DOUBLE_EQ(outputs->at("s").data[0], 1 / (1 + std::exp(-1.0)));
}

TEST(EmulatorPorts, HugeFloatsSaturateAFunctionBeforeTheQuantizer) {
  graph::Quantize q;
  q.grid = numeric::make_grid(8, true, Rational(1, 64));
  q.rounding = numeric::Rounding::Floor;
  for (const auto function : {graph::Elementary::Sigmoid, graph::Elementary::Tanh}) {
    q.source = graph::Encoding{Rational(1), Rational(0), {function}};
    const numeric::RealTensor x{{2, channels}, {1e308, 1e6, 100, -1e308, -1e6, -100}};
    const auto outputs = Emulator(wire(q), 1).predict({{"x", x}});
    ASSERT_TRUE(outputs.ok());
    const double low = function == graph::Elementary::Sigmoid ? 0 : -1;
    EXPECT_EQ(outputs->begin()->second.data,
              (std::vector<double>{63.0 / 64, 63.0 / 64, 63.0 / 64, low, low, low}));
  }
}

TEST(EmulatorPorts, NanInTheLastSampleOfManyBlocks) {
  graph::Quantize q;
  q.grid = numeric::make_grid(6, true, Rational(1, 8));
  const Emulator emulator(wire(q), 2);
  numeric::RealTensor x{{1025, channels}, std::vector<double>(1025 * channels, 0.5)};
  EXPECT_TRUE(emulator.predict({{"x", x}}).ok());
  x.data.back() = std::numeric_limits<double>::quiet_NaN();
  const auto refused = emulator.predict({{"x", x}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.errors().front().text, "the input 'x' got nan at sample 1024, element 2");
}

}  // namespace
}  // namespace gatefold::emulate
