#include "gatefold/graph/variation.h"

#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

std::int64_t position(const Shape& shape, int axis, std::int64_t flat) {
  for (std::size_t i = shape.size(); i-- > static_cast<std::size_t>(axis) + 1;) flat /= shape[i];
  return flat % shape[static_cast<std::size_t>(axis)];
}

}  // namespace

void Variation::add(const Encoding& encoding) {
  add(encoding.scale);
  add(encoding.offset);
  for (const RealFunction& function : encoding.functions)
    std::visit(
        Match{[&](const Affine& f) {
                add(f.scale);
                add(f.offset);
              },
              [](const Relu&) {}, [&](const LeakyRelu& f) { add(f.slope); }, [](Elementary) {}},
        function);
}

std::int64_t Variation::period(const TensorType& type) const {
  if (axis_ == PerAxis<Rational>::by_element) return type.size();
  const auto ranges = static_cast<std::int64_t>(type.ranges.size());
  std::int64_t period = 1;
  for (int axis = static_cast<int>(type.shape.size()); axis-- > 0;) {
    const bool holds_axis = axis_ < 0 || axis < axis_;
    if (holds_axis && period % ranges == 0) return period;
    period *= type.shape[static_cast<std::size_t>(axis)];
  }
  return period;
}

bool Variation::alike(const TensorType& type, std::int64_t a, std::int64_t b) const {
  if (!(type.range(a) == type.range(b))) return false;
  if (axis_ < 0) return axis_ == PerAxis<Rational>::uniform;
  return position(type.shape, axis_, a) == position(type.shape, axis_, b);
}

}  // namespace gatefold::graph
