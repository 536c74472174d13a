#include "gatefold/driver/vectors.h"

#include <random>

#include "gatefold/support/interrupt.h"

namespace gatefold::driver {
namespace {

using numeric::Interval;

/// Uniform in the interval's multiples; the same numbers on every platform.
std::int64_t draw(const Interval& range, std::mt19937_64& random) {
  const auto count = static_cast<std::uint64_t>((range.high - range.low) >> range.zeros) + 1;
  return range.low + (static_cast<std::int64_t>(random() % count) << range.zeros);
}

/// The k-th corner of the box of ranges: all low, all high, then random corners.
std::int64_t corner(const Interval& range, std::int64_t k, std::mt19937_64& random) {
  const bool high = k == 0 ? false : k == 1 ? true : (random() >> 63) != 0;
  return high ? range.high : range.low;
}

}  // namespace

Result<Vectors> make_vectors(const graph::Graph& graph, const emulate::RawBatch& real,
                             std::int64_t random, std::int64_t extreme, std::uint64_t seed) {
  Vectors vectors;
  vectors.counts.random = random;
  vectors.counts.extreme = extreme;
  std::mt19937_64 generator(seed);
  for (const graph::NodeId id : graph.inputs()) {
    const auto& input = std::get<graph::Input>(graph.node(id).op);
    const graph::TensorType& type = graph.node(id).outputs.front();
    numeric::IntTensor tensor;
    if (const auto given = real.find(input.name); given != real.end()) tensor = given->second;
    vectors.counts.real = tensor.size() / type.size();
    for (std::int64_t k = 0; k < random && !interrupted(); ++k)
      for (std::int64_t i = 0; i < type.size(); ++i)
        tensor.data.push_back(draw(type.range(i), generator));
    for (std::int64_t k = 0; k < extreme && !interrupted(); ++k)
      for (std::int64_t i = 0; i < type.size(); ++i)
        tensor.data.push_back(corner(type.range(i), k, generator));
    tensor.shape = type.shape;
    tensor.shape.insert(tensor.shape.begin(), vectors.counts.total());
    vectors.inputs[input.name] = std::move(tensor);
  }
  GATEFOLD_CHECK(check_interrupt());
  return vectors;
}

}  // namespace gatefold::driver
