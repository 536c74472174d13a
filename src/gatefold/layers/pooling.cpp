// MaxPool, AveragePool and the global poolings: windows, then `reduce`.
#include <algorithm>
#include <numeric>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/sliding.h"

namespace gatefold::layers {
namespace {

using graph::Affine;
using graph::ReduceKind;
using graph::Value;
using numeric::PerAxis;

/// [positions…, kernel…, channels] -> [channels, positions…]
Result<Value> reduced_windows(Importer& importer, Value x, ReduceKind kind, std::size_t rank,
                              const std::string& layer) {
  std::vector<int> axes(rank);
  std::iota(axes.begin(), axes.end(), static_cast<int>(rank));
  GATEFOLD_TRY(x, importer.add(graph::Reduce{kind, std::move(axes), false}, {x}, layer));
  return channels_first(importer, x, layer);
}

/// How many taps of each window along one axis lie within [first, last).
Integers covered(const Sliding& s, std::size_t axis, std::int64_t count, std::int64_t first,
                 std::int64_t last) {
  Integers taps(static_cast<std::size_t>(count), 0);
  for (std::int64_t p = 0; p < count; ++p)
    for (std::int64_t k = 0; k < s.kernel[axis]; ++k) {
      const std::int64_t at = p * s.strides[axis] + k * s.dilations[axis];
      if (at >= first && at < last) ++taps[static_cast<std::size_t>(p)];
    }
  return taps;
}

/// 1 / (taps that count) for a tensor of this shape [channels, positions…]; the taps on pads count
/// where the file says so, those on what only rounding up adds never do.
PerAxis<Rational> mean_factors(const Sliding& s, const Shape& extents, const Shape& shape,
                               bool counts_pads) {
  std::vector<Integers> taps;
  for (std::size_t axis = 0; axis < s.kernel.size(); ++axis) {
    const std::int64_t first = counts_pads ? 0 : s.before[axis];
    const std::int64_t end = s.before[axis] + extents[axis];
    const std::int64_t last = counts_pads ? end + s.after[axis] - s.rounded_up[axis] : end;
    taps.push_back(covered(s, axis, shape[axis + 1], first, last));
  }
  std::vector<Rational> factors;
  for (std::int64_t flat = 0; flat < numeric::element_count(shape); ++flat) {
    std::int64_t count = 1, rest = flat;
    for (std::size_t axis = taps.size(); axis-- > 0; rest /= shape[axis + 1])
      count *= taps[axis][static_cast<std::size_t>(rest % shape[axis + 1])];
    factors.push_back(numeric::ratio(1, std::max<std::int64_t>(count, 1)));
  }
  if (std::ranges::all_of(factors, [&](const auto& f) { return f == factors.front(); }))
    return factors.front();
  return {PerAxis<Rational>::by_element, std::move(factors)};
}

/// A window on pads alone has no mean, and no largest element.
Status check_windows(const ForeignNode& node, const Sliding& s, const Shape& extents) {
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    const std::int64_t padded = s.before[axis] + extents[axis] + s.after[axis];
    if (padded < s.span(axis)) continue;
    const std::int64_t count = (padded - s.span(axis)) / s.strides[axis] + 1;
    const Integers taps = covered(s, axis, count, s.before[axis], s.before[axis] + extents[axis]);
    if (std::ranges::find(taps, 0) != taps.end())
      return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                      "a window on pads alone");
  }
  return success();
}

/// Windows of a pooling for input 0, whose position axes have these extents.
Result<Sliding> pool_windows(const Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape& shape = importer.shape(node, 0);
  GATEFOLD_TRY(Sliding sliding, sliding_of(node, shape, {}));
  GATEFOLD_CHECK(check_windows(node, sliding, {shape.begin() + 1, shape.end()}));
  return sliding;
}

Status global_pool(Importer& importer, const ForeignNode& node, ReduceKind kind, bool means) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  if (shape.size() < 2)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "an input without position axes");
  GATEFOLD_TRY(Value x,
               kind == ReduceKind::Sum ? importer.linear_value(node, 0) : importer.value(node, 0));
  std::vector<int> axes(shape.size() - 1);
  std::iota(axes.begin(), axes.end(), 1);
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(x, importer.add(graph::Reduce{kind, std::move(axes), false}, {x}, layer));
  const Rational factor = numeric::ratio(shape.front(), numeric::element_count(shape));
  if (means) {
    GATEFOLD_TRY(x, importer.add(graph::Map{Affine{factor, Rational(0)}}, {x}, layer));
  }
  Shape kept(shape.size(), 1);
  kept.front() = shape.front();
  return importer.set_op(node, graph::Rearrange{graph::Reshape{std::move(kept)}}, {x});
}

}  // namespace

Status import_max_pool(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const Sliding sliding, pool_windows(importer, node));
  GATEFOLD_TRY(Value x, importer.value(node, 0));
  const std::string layer = layer_name(node);
  const std::int64_t lowest = importer.type(x).range().low;
  GATEFOLD_TRY(x, channels_last(importer, x, layer));
  GATEFOLD_TRY(x, windows_of(importer, x, sliding, lowest, layer));
  GATEFOLD_TRY(x, reduced_windows(importer, x, ReduceKind::Maximum, sliding.kernel.size(), layer));
  importer.set(node, x);
  return success();
}

Status import_average_pool(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const Sliding sliding, pool_windows(importer, node));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const auto counts_pads, attribute(node, "count_include_pad", std::int64_t{0}));
  GATEFOLD_TRY(Value x, importer.linear_value(node, 0));
  const std::string layer = layer_name(node);
  GATEFOLD_TRY(const std::int64_t zero,
               sliding.pads() ? padding_of(importer, x, 0, node) : Result<std::int64_t>(0));
  GATEFOLD_TRY(x, channels_last(importer, x, layer));
  GATEFOLD_TRY(x, windows_of(importer, x, sliding, zero, layer));
  GATEFOLD_TRY(x, reduced_windows(importer, x, ReduceKind::Sum, sliding.kernel.size(), layer));
  const Shape extents(shape.begin() + 1, shape.end());
  auto factors = mean_factors(sliding, extents, importer.type(x).shape, counts_pads != 0);
  return importer.set_op(node, graph::Map{Affine{std::move(factors), Rational(0)}}, {x});
}

Status import_global_average_pool(Importer& importer, const ForeignNode& node) {
  return global_pool(importer, node, ReduceKind::Sum, true);
}

Status import_global_max_pool(Importer& importer, const ForeignNode& node) {
  return global_pool(importer, node, ReduceKind::Maximum, false);
}

}  // namespace gatefold::layers
