// map and combine: one piece of hardware an element.
#include "gatefold/lowering/lowerer.h"
#include "gatefold/support/match.h"

namespace gatefold::lowering {
namespace {

using graph::CombineKind;
using hardware::Relation;

/// Flat index in an input that broadcasts to `shape`.
std::size_t broadcast_index(std::int64_t flat, const numeric::Shape& from,
                            const numeric::Shape& shape) {
  std::int64_t index = 0, stride = 1;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t extent = shape[shape.size() - 1 - i];
    const std::int64_t own = from[from.size() - 1 - i];
    if (own != 1) index += (flat % extent) * stride;
    stride *= own;
    flat /= extent;
  }
  return static_cast<std::size_t>(index);
}

Interval bounds_of(const graph::Clamp& clamp, const Interval& x) {
  return {clamp.low.value_or(x.low), clamp.high.value_or(x.high), 0};
}

}  // namespace

ValueId combine_words(Lowerer& lowerer, CombineKind kind, const Words& x) {
  switch (kind) {
    case CombineKind::Add:
      return lowerer.add(x[0], x[1]);
    case CombineKind::Subtract:
      return lowerer.add(x[0], x[1], 0, 0, true);
    case CombineKind::Multiply:
      return lowerer.multiply(x[0], x[1]);
    case CombineKind::Minimum:
      return lowerer.smaller(x[0], x[1]);
    case CombineKind::Maximum:
      return lowerer.larger(x[0], x[1]);
    case CombineKind::Less:
      return lowerer.compare(Relation::Less, x[0], x[1]);
    case CombineKind::LessEqual:
      return lowerer.compare(Relation::LessEqual, x[0], x[1]);
    case CombineKind::Equal:
      return lowerer.compare(Relation::Equal, x[0], x[1]);
    case CombineKind::Select:
      return lowerer.select(x[0], x[1], x[2]);
  }
  GATEFOLD_ASSERT(false, "every kind is handled");
}

Words lower_map(Lowerer& lowerer, const graph::Map& map, const graph::Node& node) {
  const Words& x = lowerer.words(node.inputs.front());
  const numeric::Shape& shape = node.outputs.front().shape;
  if (std::holds_alternative<graph::RealFunction>(map.function)) return x;
  Words result;
  for (std::size_t i = 0; i < x.size(); ++i)
    result.push_back(std::visit(
        Match{[&](const graph::RealFunction&) { return x[i]; },
              [&](const graph::Table& table) {
                return lowerer.lookup(x[i], table.first,
                                      table.entries.at(static_cast<std::int64_t>(i), shape));
              },
              [&](const graph::Clamp& clamp) {
                return lowerer.clamp(x[i], bounds_of(clamp, lowerer.range(x[i])));
              }},
        map.function));
  return result;
}

Words lower_combine(Lowerer& lowerer, const graph::Combine& combine, const graph::Node& node) {
  const graph::TensorType& type = node.outputs.front();
  Words result;
  for (std::int64_t i = 0; i < type.size(); ++i) {
    Words operands;
    for (const graph::Value& input : node.inputs)
      operands.push_back(
          lowerer.words(input)[broadcast_index(i, lowerer.type(input).shape, type.shape)]);
    result.push_back(combine_words(lowerer, combine.kind, operands));
  }
  return result;
}

}  // namespace gatefold::lowering
