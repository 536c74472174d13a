// reduce: balanced trees.
#include <algorithm>

#include "gatefold/lowering/lowerer.h"

namespace gatefold::lowering {
namespace {

using graph::ReduceKind;
using hardware::LogicKind;

template <typename Join>
ValueId tree(Words words, Join join) {
  while (words.size() > 1) {
    Words next;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
      next.push_back(join(words[i], words[i + 1]));
    if (words.size() % 2 == 1) next.push_back(words.back());
    words = std::move(next);
  }
  return words.front();
}

}  // namespace

ValueId reduce_words(Lowerer& lowerer, ReduceKind kind, const Words& x) {
  const auto logic = [&](LogicKind of) {
    return tree(x, [&](ValueId a, ValueId b) {
      return lowerer.emit(hardware::Logic{of, a, b},
                          numeric::hull(lowerer.range(a), lowerer.range(b)));
    });
  };
  switch (kind) {
    case ReduceKind::Sum:
      return lowerer.matrix(x, std::vector<std::int64_t>(x.size(), 1), 1).front();
    case ReduceKind::Maximum:
      return tree(x, [&](ValueId a, ValueId b) { return lowerer.larger(a, b); });
    case ReduceKind::Minimum:
      return tree(x, [&](ValueId a, ValueId b) { return lowerer.smaller(a, b); });
    case ReduceKind::And:
      return logic(LogicKind::And);
    case ReduceKind::Or:
      return logic(LogicKind::Or);
  }
  GATEFOLD_ASSERT(false, "every kind is handled");
}

namespace {

/// Elements of each result, in order of the flat output index.
std::vector<std::vector<std::size_t>> groups(const numeric::Shape& shape, std::vector<int> axes) {
  const auto reduced = [&](std::size_t axis) {
    return std::find(axes.begin(), axes.end(), static_cast<int>(axis)) != axes.end();
  };
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    if (!reduced(axis)) count *= shape[axis];
  std::vector<std::vector<std::size_t>> result(static_cast<std::size_t>(count));
  for (std::int64_t flat = 0; flat < numeric::element_count(shape); ++flat) {
    std::int64_t rest = flat, target = 0, stride = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (!reduced(axis)) {
        target += (rest % shape[axis]) * stride;
        stride *= shape[axis];
      }
      rest /= shape[axis];
    }
    result[static_cast<std::size_t>(target)].push_back(static_cast<std::size_t>(flat));
  }
  return result;
}

}  // namespace

Words lower_reduce(Lowerer& lowerer, const graph::Reduce& reduce, const graph::Node& node) {
  const Words& x = lowerer.words(node.inputs.front());
  Words result;
  for (const auto& group : groups(lowerer.type(node.inputs.front()).shape, reduce.axes)) {
    Words members;
    for (const std::size_t flat : group) members.push_back(x[flat]);
    result.push_back(reduce_words(lowerer, reduce.kind, members));
  }
  return result;
}

}  // namespace gatefold::lowering
