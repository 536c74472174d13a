// linear: an adder graph per group, used at every position. contract: multipliers and sums.
#include <cmath>
#include <vector>

#include "gatefold/lowering/lowerer.h"

namespace gatefold::lowering {
namespace {

/// One sum: a group's matrix [inputs, outputs], its words from `start` on, an addend an output.
struct Sums {
  std::vector<std::int64_t> weights, addends;
  std::size_t inputs, outputs, start;
};

bool has_room(const Sums& sums, const graph::TensorType& x) {
  for (std::size_t j = 0; j < sums.outputs; ++j) {
    double sum = sums.addends.empty() ? 0 : magnitude(Interval::constant(sums.addends[j]));
    for (std::size_t i = 0; i < sums.inputs; ++i)
      sum += magnitude(x.range(static_cast<std::int64_t>(sums.start + i))) *
             std::abs(static_cast<double>(sums.weights[i * sums.outputs + j]));
    if (!adders_have_room(sum)) return false;
  }
  return true;
}

std::vector<std::int64_t> slice(const std::vector<std::int64_t>& values, std::size_t start,
                                std::size_t count) {
  if (values.empty()) return {};
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(start);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

Result<Words> lower_linear(Lowerer& lowerer, const graph::Linear& linear, graph::NodeId id) {
  const graph::Value value{id, 0};
  const graph::Node& node = lowerer.graph().node(id);
  if (linear.reloadable)
    return diagnose(DiagnosticId::NotReloadable, node.layer,
                    "the matrix is an adder graph, in which each weight is hardware of its own "
                    "(give the layer a reuse of at least 2)");
  const Words& x = lowerer.words(node.inputs.front());
  if (const auto* reader = lowerer.only_reader(value))
    lowerer.carry(value, addends_of(*reader, lowerer.type(value)));
  const auto groups = static_cast<std::size_t>(linear.weights.shape[0]);
  const auto inputs = static_cast<std::size_t>(linear.weights.shape[1]);
  const auto outputs = static_cast<std::size_t>(linear.weights.shape[2]);
  Words result;
  for (std::size_t start = 0; start < x.size(); start += inputs) {
    const auto group = (start / inputs) % groups;
    const Sums sums{slice(linear.weights.data, group * inputs * outputs, inputs * outputs),
                    slice(lowerer.addends(value), result.size(), outputs), inputs, outputs, start};
    if (!has_room(sums, lowerer.type(node.inputs.front())))
      return diagnose(DiagnosticId::WordTooWide, node.layer, "linear");
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(start);
    const Words part = lowerer.matrix({first, first + static_cast<std::ptrdiff_t>(inputs)},
                                      sums.weights, static_cast<int>(outputs), sums.addends);
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

Words lower_contract(Lowerer& lowerer, const graph::Node& node) {
  const auto& a_shape = lowerer.type(node.inputs[0]).shape;
  const auto& b_shape = lowerer.type(node.inputs[1]).shape;
  const Words& a = lowerer.words(node.inputs[0]);
  const Words& b = lowerer.words(node.inputs[1]);
  const auto rows = static_cast<std::size_t>(a_shape[a_shape.size() - 2]);
  const auto inner = static_cast<std::size_t>(a_shape.back());
  const auto columns = static_cast<std::size_t>(b_shape.back());
  Words result;
  for (std::size_t batch = 0; batch * rows * inner < a.size(); ++batch)
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t j = 0; j < columns; ++j) {
        Words products;
        for (std::size_t k = 0; k < inner; ++k)
          products.push_back(lowerer.multiply(a[(batch * rows + i) * inner + k],
                                              b[(batch * inner + k) * columns + j]));
        const std::vector<std::int64_t> ones(products.size(), 1);
        result.push_back(lowerer.matrix(products, ones, 1).front());
      }
  return result;
}

}  // namespace gatefold::lowering
