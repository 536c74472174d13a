// The emulator equals the graph's own meaning on random graphs, batches and instruction sets.
#include "gatefold/emulate/emulator.h"

#include <gtest/gtest.h>
#include <random>

#include "gatefold/emulate/plan.h"
#include "gatefold/graph/run.h"

namespace gatefold::emulate {
namespace {

using graph::CombineKind;
using graph::Graph;
using graph::Quantize;
using graph::ReduceKind;
using graph::Value;
using numeric::IntTensor;
using numeric::PerAxis;
using numeric::Rational;
using numeric::Shape;

/// A graph of random ops on values of the shape [rows, columns].
class Author {
 public:
  explicit Author(unsigned seed) : random_(seed) {}

  Graph write() {
    shape_ = {pick(1, 3), pick(1, 6)};
    for (std::int64_t i = 0; i < pick(1, 2); ++i)
      values_.push_back(*graph_.add(
          graph::Input{"x" + std::to_string(i), shape_, quantize(shape_, pick(1, 10), false)}, {},
          "in"));
    for (int i = 0; i < 8; ++i) add_layer();
    graph_.add_output("y", values_.back());
    graph_.add_output("z", any());
    return std::move(graph_);
  }

 private:
  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
  }
  Value any() {
    return values_[static_cast<std::size_t>(
        pick(0, static_cast<std::int64_t>(values_.size()) - 1))];
  }
  Rational scale() { return Rational(pick(1, 40), 1 << pick(0, 8)); }

  Quantize quantize(const Shape& shape, std::int64_t width, bool by_channel) {
    Quantize q;
    const bool is_signed = pick(0, 1) == 1;
    std::vector<numeric::Grid> grids;
    const Rational zero_point = pick(0, 2) == 0 ? Rational(pick(-9, 9), 2) : Rational(0);
    for (std::int64_t i = 0; i < (by_channel ? shape.back() : 1); ++i)
      grids.push_back(numeric::make_grid(static_cast<int>(width), is_signed, scale(), zero_point));
    const int last = static_cast<int>(shape.size()) - 1;
    q.grid = by_channel ? PerAxis<numeric::Grid>(last, grids) : PerAxis<numeric::Grid>(grids[0]);
    q.rounding = static_cast<numeric::Rounding>(pick(0, 8));
    q.overflow = static_cast<numeric::Overflow>(pick(0, is_signed && width > 0 ? 4 : 3));
    return q;
  }

  void keep(const Result<Value>& added) {
    if (added.ok()) values_.push_back(*added);
  }

  void add_layer() {
    const Value x = any();
    const Shape shape = graph_.type(x).shape;
    const std::string layer = "l" + std::to_string(values_.size());
    switch (pick(0, 8)) {
      case 0:
      case 1:
        return linear(x, shape, layer);
      case 2:
      case 3:
        return keep(graph_.add(quantize(shape, pick(0, 12), pick(0, 1) == 1), {x}, layer));
      case 4:
        return keep(
            graph_.add(graph::Combine{static_cast<CombineKind>(pick(0, 7))}, {x, x}, layer));
      case 5:
        return keep(graph_.add(
            graph::Reduce{pick(0, 1) == 0 ? ReduceKind::Sum : ReduceKind::Maximum,
                          {static_cast<int>(pick(0, static_cast<std::int64_t>(shape.size()) - 1))},
                          true},
            {x}, layer));
      case 6:
        return table(x, layer);
      case 7:
        return keep(graph_.add(
            graph::Map{pick(0, 1) == 0
                           ? std::variant<graph::RealFunction, graph::Table, graph::Clamp>(
                                 graph::RealFunction(graph::Relu{}))
                           : graph::Clamp{pick(-9, 0), pick(1, 99)}},
            {x}, layer));
      default:
        return wire(x, shape, layer);
    }
  }

  void linear(Value x, const Shape& shape, const std::string& layer) {
    const std::int64_t outputs = pick(1, 6),
                       most = std::int64_t{1} << pick(0, pick(0, 3) == 0 ? 16 : 5);
    graph::Linear op;
    op.weights.shape = {1, shape.back(), outputs};
    for (std::int64_t i = 0; i < shape.back() * outputs; ++i)
      op.weights.data.push_back(pick(0, 2) == 0 ? 0 : pick(-most, most));
    const auto sum = graph_.add(op, {x}, layer);
    if (!sum.ok()) return;
    if (pick(0, 3) == 0) return values_.push_back(*sum);
    const Shape& to = graph_.type(*sum).shape;
    keep(graph_.add(quantize(to, pick(1, 10), true), {*sum}, layer));
  }

  void table(Value x, const std::string& layer) {
    const auto range = graph_.type(x).range();
    if (range.high - range.low > 4096) return;
    graph::Table op{range.low, {}, {}};
    std::vector<std::int64_t> entries;
    const std::int64_t most = std::int64_t{1} << pick(1, 34);
    for (std::int64_t i = range.low; i <= range.high; ++i) entries.push_back(pick(-most, most));
    op.entries = PerAxis<std::vector<std::int64_t>>(entries);
    keep(graph_.add(graph::Map{op}, {x}, layer));
  }

  void wire(Value x, const Shape& shape, const std::string& layer) {
    if (pick(0, 1) == 0)
      return keep(graph_.add(graph::Rearrange{graph::Transpose{{1, 0}}}, {x}, layer));
    graph::Pad pad{{pick(0, 1), pick(0, 1)}, {0, pick(0, 1)}, pick(-3, 70000)};
    if (shape.size() == 2) keep(graph_.add(graph::Rearrange{pad}, {x}, layer));
    if (pick(0, 1) == 0)
      keep(graph_.add(graph::Order{graph::OrderKind::Sort, 1, pick(0, 1) == 1}, {x}, layer));
  }

  std::mt19937 random_;
  Graph graph_;
  Shape shape_;
  std::vector<Value> values_;
};

/// Integers of every port: the ends of the ranges, then random ones.
RawBatch inputs_of(const Graph& graph, std::int64_t samples, std::mt19937& random) {
  RawBatch batch;
  for (const graph::NodeId id : graph.inputs()) {
    const graph::TensorType& type = graph.node(id).outputs[0];
    IntTensor tensor{type.shape, {}};
    tensor.shape.insert(tensor.shape.begin(), samples);
    for (std::int64_t s = 0; s < samples; ++s)
      for (std::int64_t i = 0; i < type.size(); ++i) {
        const auto& r = type.range(i);
        const std::int64_t any = std::uniform_int_distribution<std::int64_t>(r.low, r.high)(random);
        tensor.data.push_back(s == 0 ? r.low : s == 1 ? r.high : s < 6 && any % 2 ? r.high : any);
      }
    batch[std::get<graph::Input>(graph.node(id).op).name] = std::move(tensor);
  }
  return batch;
}

IntTensor sample_of(const IntTensor& batch, std::int64_t sample) {
  IntTensor one{Shape(batch.shape.begin() + 1, batch.shape.end()), {}};
  const std::int64_t size = numeric::element_count(one.shape);
  one.data.assign(batch.data.begin() + sample * size, batch.data.begin() + (sample + 1) * size);
  return one;
}

std::vector<IntTensor> reference(const Graph& graph, const RawBatch& batch, std::int64_t sample) {
  std::vector<IntTensor> inputs;
  for (const graph::NodeId id : graph.inputs())
    inputs.push_back(sample_of(batch.at(std::get<graph::Input>(graph.node(id).op).name), sample));
  return graph::run_reference(graph, inputs);
}

void expect_reference(const Graph& graph, const RawBatch& inputs, const RawBatch& outputs,
                      std::int64_t samples) {
  for (std::int64_t s = 0; s < samples; ++s) {
    const auto wanted = reference(graph, inputs, s);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      ASSERT_EQ(sample_of(outputs.at(graph.outputs()[i].name), s), wanted[i]) << s << "\n"
                                                                              << print(graph);
  }
}

class RandomGraphs : public testing::TestWithParam<int> {};

TEST_P(RandomGraphs, EqualTheirMeaning) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = Author(seed * 1000 + static_cast<unsigned>(GetParam())).write();
    std::mt19937 random(seed);
    const std::int64_t samples = std::vector<std::int64_t>{1, 2, 31, 33, 65}[seed % 5];
    const RawBatch inputs = inputs_of(graph, samples, random);
    const auto outputs = Emulator(graph, GetParam()).run(inputs);
    ASSERT_TRUE(outputs.ok()) << to_string(outputs.errors());
    expect_reference(graph, inputs, *outputs, samples);
  }
}

TEST_P(RandomGraphs, AgreeOnEveryInstructionSet) {
  for (unsigned seed = 0; seed < 12; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = Author(seed * 1000 + 500 + static_cast<unsigned>(GetParam())).write();
    std::mt19937 random(seed);
    const RawBatch inputs = inputs_of(graph, 12, random);
    for (const Kernels* kernels : usable_kernels()) {
      SCOPED_TRACE(kernels->name);
      const auto outputs = Emulator(graph, 1, *kernels).run(inputs);
      ASSERT_TRUE(outputs.ok());
      expect_reference(graph, inputs, *outputs, 12);
    }
  }
}

TEST_P(RandomGraphs, TraceEveryNode) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = Author(seed * 1000 + 700 + static_cast<unsigned>(GetParam())).write();
    std::mt19937 random(seed);
    const RawBatch inputs = inputs_of(graph, 3, random);
    const auto traces = Emulator(graph, GetParam()).trace(inputs);
    ASSERT_TRUE(traces.ok());
    for (std::int64_t s = 0; s < 3; ++s) {
      std::vector<IntTensor> ports;
      for (const graph::NodeId id : graph.inputs())
        ports.push_back(sample_of(inputs.at(std::get<graph::Input>(graph.node(id).op).name), s));
      const auto all = graph::run_all(graph, ports);
      for (const Trace& trace : *traces) {
        const auto node = static_cast<std::size_t>(trace.value.node.index);
        const auto output = static_cast<std::size_t>(trace.value.output);
        ASSERT_EQ(sample_of(trace.raw, s), all[node][output]) << trace.name;
      }
    }
  }
}

// Large enough for several blocks and, with two threads, for both of them.
TEST_P(RandomGraphs, BlocksAndThreadsDoNotMatter) {
  for (unsigned seed = 0; seed < 5; ++seed) {
    SCOPED_TRACE(seed);
    const Graph graph = Author(seed * 1000 + 900).write();
    std::mt19937 random(seed);
    const std::int64_t samples = 65537;
    const RawBatch inputs = inputs_of(graph, samples, random);
    const auto outputs = Emulator(graph, GetParam()).run(inputs);
    ASSERT_TRUE(outputs.ok());
    for (const std::int64_t s : {0, 31, 32, 511, 512, 513, 32767, 32768, 33280, 65535, 65536}) {
      const auto wanted = reference(graph, inputs, s);
      for (std::size_t i = 0; i < wanted.size(); ++i)
        ASSERT_EQ(sample_of(outputs->at(graph.outputs()[i].name), s), wanted[i]) << s;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, RandomGraphs, testing::Values(1, 2));

}  // namespace
}  // namespace gatefold::emulate
