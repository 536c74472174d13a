// linear: an adder graph per group, used at every position. contract: multipliers and sums.
#include "gatefold/lowering/lowerer.h"

namespace gatefold::lowering {

Words lower_linear(Lowerer& lowerer, const graph::Linear& linear, graph::NodeId id) {
  const graph::Value sums{id, 0};
  const graph::Node& node = lowerer.graph().node(id);
  const Words& x = lowerer.words(node.inputs.front());
  if (const auto* reader = lowerer.only_reader(sums))
    lowerer.carry(sums, addends_of(*reader, lowerer.type(sums)));
  const auto groups = static_cast<std::size_t>(linear.weights.shape[0]);
  const auto inputs = static_cast<std::size_t>(linear.weights.shape[1]);
  const auto outputs = static_cast<std::size_t>(linear.weights.shape[2]);
  Words result;
  for (std::size_t start = 0; start < x.size(); start += inputs) {
    const auto group = (start / inputs) % groups;
    const auto weights =
        linear.weights.data.begin() + static_cast<std::ptrdiff_t>(group * inputs * outputs);
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(start);
    std::vector<std::int64_t> addends;
    if (const auto& all = lowerer.addends(sums); !all.empty()) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(result.size());
      addends.assign(begin, begin + static_cast<std::ptrdiff_t>(outputs));
    }
    const Words part =
        lowerer.matrix({first, first + static_cast<std::ptrdiff_t>(inputs)},
                       {weights, weights + static_cast<std::ptrdiff_t>(inputs * outputs)},
                       static_cast<int>(outputs), addends);
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
