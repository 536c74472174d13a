// Random graphs as designs: every output word of the interpreted hardware equals the graph's.
#include <gtest/gtest.h>

#include "tests/random_recurrences.h"

#include "gatefold/graph/run.h"
#include "gatefold/hardware/simplify.h"
#include "gatefold/lowering/lower.h"
#include "gatefold/passes/unroll_scans.h"

namespace gatefold {
namespace {

/// The design of the graph, whose scans are unrolled.
Result<hardware::Design> lowered(const graph::Graph& graph,
                                 const lowering::LoweringOptions& options) {
  GATEFOLD_TRY(const graph::Graph unrolled, passes::unroll_scans(graph));
  return lowering::lower(unrolled, options);
}

hardware::Batch one_row(const graph::Graph& graph, const std::vector<numeric::IntTensor>& inputs) {
  hardware::Batch batch;
  std::size_t port = 0;
  for (const graph::NodeId id : graph.inputs()) {
    const numeric::IntTensor& x = inputs[port++];
    batch[std::get<graph::Input>(graph.node(id).op).name] = {{1, x.size()}, x.data};
  }
  return batch;
}

void expect_equal(const graph::Graph& graph, const hardware::Design& design,
                  const std::vector<numeric::IntTensor>& inputs) {
  const auto expected = graph::run_reference(graph, inputs);
  const auto got = hardware::run_design(design, one_row(graph, inputs));
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(got.at(graph.outputs()[i].name).data, expected[i].data) << graph::print(graph);
}

/// Whether the only refusals are those that the lowering announces.
bool is_announced(const Diagnostics& errors) {
  for (const Diagnostic& error : errors)
    if (error.id != DiagnosticId::QuantizerTooWide && error.id != DiagnosticId::WordTooWide)
      return false;
  return true;
}

int lower_and_compare(const graph::Graph& graph, testing::RandomGraphs& random,
                      const lowering::LoweringOptions& options = {}) {
  const auto design = lowered(graph, options);
  if (!design) {
    EXPECT_TRUE(is_announced(design.errors())) << to_string(design.errors());
    return 0;
  }
  EXPECT_EQ(hardware::verify(*design), "");
  const hardware::Design simple = hardware::simplify(*design);
  for (const bool extreme : {false, false, true, true}) {
    const auto inputs = random.inputs(graph, extreme);
    expect_equal(graph, *design, inputs);
    expect_equal(graph, simple, inputs);
  }
  return 1;
}

TEST(LoweringProperty, RandomPerceptrons) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    testing::RandomGraphs random(seed);
    EXPECT_EQ(lower_and_compare(random.mlp(), random), 1) << "seed " << seed;
  }
}

/// Words too wide for a table, through functions that are no line: steps found by bisection.
TEST(LoweringProperty, WideWordsThroughActivations) {
  const graph::RealFunction functions[] = {graph::Elementary::Sigmoid, graph::Elementary::Tanh,
                                           graph::LeakyRelu{numeric::Rational(1, 10)}};
  for (const graph::RealFunction& function : functions)
    for (const int sign : {1, -1}) {
      graph::Graph graph;
      graph::Quantize port;
      port.grid = numeric::make_grid(24, true, numeric::power_of_two(-20));
      auto x = *graph.add(graph::Input{"x", {2}, port}, {}, "in");
      const graph::Affine turn{numeric::Rational(sign), numeric::Rational(1, 3)};
      for (const graph::RealFunction& next : {graph::RealFunction(turn), function})
        x = *graph.add(graph::Map{next}, {x}, "curve");
      graph::Quantize quantize;
      quantize.grid = numeric::make_grid(5, true, numeric::Rational(1, 12), 1);
      graph.add_output("y", *graph.add(quantize, {x}, "curve"));
      testing::RandomGraphs random(static_cast<std::uint64_t>(sign + 2));
      EXPECT_EQ(lower_and_compare(graph, random), 1);
    }
}

TEST(LoweringProperty, RandomGraphsOverAllOps) {
  int lowered = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    testing::RandomGraphs random(seed);
    lowered += lower_and_compare(random.general(), random);
  }
  EXPECT_GT(lowered, 30);
}

TEST(LoweringProperty, RandomGraphsWithTablesOfBits) {
  int lowered = 0;
  lowering::LoweringOptions options;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    testing::RandomGraphs random(seed);
    options.adder_costs = seed % 2 == 0 ? adder_graph::lut6_carry() : adder_graph::lut4_carry(1);
    lowered += lower_and_compare(random.general(), random, options);
  }
  EXPECT_GT(lowered, 10);
}

int multiplications(const hardware::Design& design) {
  int count = 0;
  for (const auto& operation : design.processes.front().body)
    count += std::holds_alternative<hardware::Multiply>(operation.kind) ? 1 : 0;
  return count;
}

TEST(LoweringProperty, RandomRecurrencesStepAfterStep) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    testing::RandomRecurrences random(seed);
    const graph::Graph graph = seed % 3 == 0 ? random.nested() : random.recurrence();
    compared += lower_and_compare(graph, random);
  }
  EXPECT_EQ(compared, 60);
}

TEST(LoweringProperty, ProductsOfAnyWidthAreSumsOfPartialProducts) {
  int split = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    for (const int product_bits : {0, 5, 9}) {
      testing::RandomGraphs random(seed);
      const graph::Graph graph = random.general();
      lowering::LoweringOptions options;
      options.product_bits = product_bits;
      lower_and_compare(graph, random, options);
      const auto whole = lowered(graph, {});
      const auto parts = lowered(graph, options);
      if (whole && parts) split += multiplications(*whole) != multiplications(*parts) ? 1 : 0;
    }
  }
  EXPECT_GT(split, 10);
}

/// What a multiplication of the design in a DSP takes: both factors as signed words.
std::vector<std::pair<int, int>> dsp_factors(const hardware::Design& design) {
  std::vector<std::pair<int, int>> factors;
  const hardware::Process& process = design.processes.front();
  const auto width = [&](hardware::ValueId id) {
    const numeric::Interval& range = process.operation(id).range;
    return numeric::width_of(range) + (range.low >= 0 ? 1 : 0);
  };
  for (const auto& operation : process.body)
    if (const auto* product = std::get_if<hardware::Multiply>(&operation.kind);
        product != nullptr && product->in_dsp)
      factors.push_back(std::minmax({width(product->a), width(product->b)}));
  return factors;
}

TEST(LoweringProperty, ProductsInDspsFitThem) {
  std::size_t in_dsps = 0, parts_in_dsps = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    for (const lowering::DspFactors dsp : {lowering::DspFactors{7, 4, 0}, {27, 18, 6}}) {
      testing::RandomGraphs random(seed);
      const graph::Graph graph = random.general();
      lowering::LoweringOptions options;
      options.dsp = dsp;
      options.product_bits = 8;
      lower_and_compare(graph, random, options);
      const auto design = lowered(graph, options);
      if (!design) continue;
      for (const auto& [shorter, longer] : dsp_factors(*design)) {
        EXPECT_LE(shorter, dsp.short_bits);
        EXPECT_LE(longer, dsp.long_bits);
        ++(dsp.long_bits == 7 ? parts_in_dsps : in_dsps);
      }
    }
  EXPECT_GT(in_dsps, 5u);
  EXPECT_GT(parts_in_dsps, 5u);
}

}  // namespace
}  // namespace gatefold
