// input, constant, rearrange: words without arithmetic.
#include "gatefold/lowering/lowerer.h"

namespace gatefold::lowering {

Words lower_input(Lowerer& lowerer, const graph::Input& input, const graph::Node& node) {
  const graph::TensorType& type = node.outputs.front();
  std::vector<Interval> ranges;
  for (std::int64_t i = 0; i < type.size(); ++i) ranges.push_back(type.range(i));
  const auto channel = lowerer.add_channel(input.name, ranges);
  lowerer.process().takes.push_back({channel, {}});
  lowerer.design().inputs.push_back({input.name, channel, type.shape});
  Words words;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    words.push_back(lowerer.emit(hardware::Receive{channel, static_cast<int>(i)}, ranges[i]));
  return words;
}

Words lower_constant(Lowerer& lowerer, const graph::Constant& constant) {
  Words words;
  for (const std::int64_t value : constant.value.data) words.push_back(lowerer.constant(value));
  return words;
}

Words lower_rearrange(Lowerer& lowerer, const graph::Rearrange& op, const graph::Node& node) {
  std::vector<graph::TensorType> types;
  for (const graph::Value& input : node.inputs) types.push_back(lowerer.type(input));
  Words words;
  for (const graph::Source& source : graph::sources(op.wiring, types))
    words.push_back(source.input < 0 ? lowerer.constant(source.value)
                                     : lowerer.words(node.inputs[static_cast<std::size_t>(
                                           source.input)])[static_cast<std::size_t>(source.flat)]);
  return words;
}

}  // namespace gatefold::lowering
