#include "gatefold/lowering/position.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/quantize_step.h"
#include "gatefold/support/match.h"

namespace gatefold::lowering {
namespace {

using namespace graph;
using numeric::element_count;
using numeric::Grid;

Shape rest_of(const Shape& shape, int axes) { return {shape.begin() + axes, shape.end()}; }

template <typename T>
std::vector<T> rest_of(const std::vector<T>& values, int axes) {
  return {values.begin() + axes, values.end()};
}

bool same_positions(const Shape& a, const Shape& b, int axes) {
  const auto count = static_cast<std::size_t>(axes);
  return a.size() >= count && b.size() >= count &&
         std::equal(a.begin(), a.begin() + axes, b.begin());
}

template <typename T>
bool all_are(const std::vector<T>& values, int axes, T wanted) {
  return std::all_of(values.begin(), values.begin() + axes, [&](T v) { return v == wanted; });
}

template <typename T>
std::optional<PerAxis<T>> parameter(const PerAxis<T>& p, const Shape& shape, int axes) {
  if (p.is_uniform()) return p;
  if (p.axis >= axes) return PerAxis<T>(p.axis - axes, p.values);
  const std::int64_t size = position_size(shape, axes);
  for (std::int64_t i = size; i < element_count(shape); ++i)
    if (!(p.at(i, shape) == p.at(i % size, shape))) return std::nullopt;
  std::vector<T> values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(p.at(i, shape));
  return least_general(PerAxis<T>(PerAxis<T>::by_element, std::move(values)), rest_of(shape, axes));
}

std::optional<RealFunction> function_at(const RealFunction& function, const Shape& shape,
                                        int axes) {
  return std::visit(Match{[&](const Affine& f) -> std::optional<RealFunction> {
                            const auto scale = parameter(f.scale, shape, axes);
                            const auto offset = parameter(f.offset, shape, axes);
                            if (!scale || !offset) return std::nullopt;
                            return Affine{*scale, *offset};
                          },
                          [&](const LeakyRelu& f) -> std::optional<RealFunction> {
                            const auto slope = parameter(f.slope, shape, axes);
                            if (!slope) return std::nullopt;
                            return LeakyRelu{*slope};
                          },
                          [](const auto& f) -> std::optional<RealFunction> { return f; }},
                    function);
}

std::optional<Encoding> encoding_at(const Encoding& encoding, const Shape& shape, int axes) {
  const auto scale = parameter(encoding.scale, shape, axes);
  const auto offset = parameter(encoding.offset, shape, axes);
  if (!scale || !offset) return std::nullopt;
  Encoding result{*scale, *offset, {}};
  for (const RealFunction& function : encoding.functions) {
    const auto own = function_at(function, shape, axes);
    if (!own) return std::nullopt;
    result.functions.push_back(*own);
  }
  return result;
}

std::optional<Wiring> wiring_at(const Wiring& wiring, const Shape& from, const Shape& to,
                                int axes) {
  using Found = std::optional<Wiring>;
  return std::visit(
      Match{
          [&](const Reshape&) -> Found {
            if (!same_positions(from, to, axes)) return std::nullopt;
            return Reshape{rest_of(to, axes)};
          },
          [&](const Transpose& w) -> Found {
            Transpose own;
            for (std::size_t i = 0; i < w.permutation.size(); ++i) {
              const bool leads = static_cast<int>(i) < axes;
              if (leads && w.permutation[i] != static_cast<int>(i)) return std::nullopt;
              if (!leads) own.permutation.push_back(w.permutation[i] - axes);
            }
            return own;
          },
          [&](const Slice& w) -> Found {
            const bool whole = all_are<std::int64_t>(w.starts, axes, 0) &&
                               all_are<std::int64_t>(w.steps, axes, 1) &&
                               same_positions(from, to, axes);
            if (!whole) return std::nullopt;
            return Slice{rest_of(w.starts, axes), rest_of(w.steps, axes), rest_of(w.extents, axes)};
          },
          [&](const Pad& w) -> Found {
            if (!same_positions(from, to, axes) || !all_are<std::int64_t>(w.before, axes, 0))
              return std::nullopt;
            return Pad{rest_of(w.before, axes), rest_of(w.after, axes), w.value};
          },
          [&](const Concatenate& w) -> Found {
            if (w.axis < axes) return std::nullopt;
            return Concatenate{w.axis - axes};
          },
          [&](const Gather& w) -> Found {
            if (w.axis < axes) return std::nullopt;
            return Gather{w.axis - axes, w.indices};
          },
          [&](const Window& w) -> Found {
            if (axes > 0) return std::nullopt;
            return w;
          },
          [&](const Repeat& w) -> Found {
            if (!all_are<std::int64_t>(w.factors, axes, 1)) return std::nullopt;
            return Repeat{rest_of(w.factors, axes)};
          }},
      wiring);
}

/// One grid for all positions. Saturation that was narrowed to what each position reaches may be
/// as wide as the hull of all, where that changes none of them.
std::optional<PerAxis<Grid>> grid_at(const Quantize& q, const TensorType& in, int axes) {
  if (const auto equal = parameter(q.grid, in.shape, axes)) return equal;
  const std::int64_t size = position_size(in.shape, axes);
  std::vector<Grid> hulls;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    const Grid& own = q.grid.at(i, in.shape);
    if (i < size) {
      hulls.push_back(own);
      continue;
    }
    Grid& hull = hulls[static_cast<std::size_t>(i % size)];
    const Interval bounds = numeric::hull(hull.bounds, own.bounds);
    hull.bounds = own.bounds;
    if (!(hull == own)) return std::nullopt;
    hull.bounds = bounds;
  }
  Quantize wide = q;
  wide.grid = PerAxis<Grid>(PerAxis<Grid>::by_element, {});
  for (std::int64_t i = 0; i < in.size(); ++i)
    wide.grid.values.push_back(hulls[static_cast<std::size_t>(i % size)]);
  using Case = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
  std::set<Case> proved;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    const Interval& reach = in.range(i);
    const Interval& bounds = q.grid.at(i, in.shape).bounds;
    if (!proved.insert({i % size, reach.low, reach.high, bounds.low, bounds.high}).second) continue;
    const auto range = quantized_range(wide, in, i);
    if (!range || !bounds.contains(*range)) return std::nullopt;
  }
  return least_general(PerAxis<Grid>(PerAxis<Grid>::by_element, std::move(hulls)),
                       rest_of(in.shape, axes));
}

std::optional<Op> quantize_at(const Quantize& q, const TensorType& in, int axes) {
  Quantize own = q;
  const auto grid = grid_at(q, in, axes);
  const auto source = encoding_at(source_of(q, in), in.shape, axes);
  if (!grid || !source) return std::nullopt;
  own.grid = *grid;
  own.source = *source;
  return own;
}

std::optional<Op> map_at(const Map& map, const Shape& shape, int axes) {
  using Found = std::optional<Op>;
  return std::visit(Match{[&](const RealFunction& f) -> Found {
                            const auto own = function_at(f, shape, axes);
                            if (!own) return std::nullopt;
                            return Map{*own};
                          },
                          [&](const Table& table) -> Found {
                            const auto entries = parameter(table.entries, shape, axes);
                            const auto encoding = encoding_at(table.encoding, shape, axes);
                            if (!entries || !encoding) return std::nullopt;
                            return Map{Table{table.first, *entries, *encoding}};
                          },
                          [&](const Clamp& clamp) -> Found { return Map{clamp}; }},
                    map.function);
}

std::optional<Op> reduce_at(const Reduce& reduce, int axes) {
  Reduce own = reduce;
  for (int& axis : own.axes) {
    axis -= axes;
    if (axis < 0) return std::nullopt;
  }
  return own;
}

}  // namespace

std::int64_t position_size(const Shape& shape, int axes) {
  return element_count(rest_of(shape, axes));
}

TensorType at_position(const TensorType& type, int axes) {
  TensorType own;
  own.shape = rest_of(type.shape, axes);
  if (axes == 0) {
    own = type;
  } else {
    std::vector<std::int64_t> first(static_cast<std::size_t>(element_count(own.shape)));
    std::iota(first.begin(), first.end(), 0);
    own.encoding = graph::gather(type.encoding, type.shape, own.shape, first);
    own.ranges.assign(std::min(type.ranges.size(), first.size()), Interval{});
    for (std::size_t i = 0; i < type.ranges.size(); ++i) {
      Interval& hull = own.ranges[i % own.ranges.size()];
      hull = i < own.ranges.size() ? type.ranges[i] : numeric::hull(hull, type.ranges[i]);
    }
  }
  return own;
}

bool is_defined_on(const Quantize& quantize, const TensorType& in) {
  for (std::int64_t i = 0; i < in.size(); ++i)
    if (!quantized_range(quantize, in, i)) return false;
  return true;
}

std::optional<Constant> at_position(const Constant& constant, int axes, std::size_t rank) {
  const auto own_rank = constant.value.shape.size();
  const int leading = std::max(0, axes - static_cast<int>(rank - own_rank));
  if (!all_are<std::int64_t>(constant.value.shape, leading, 1)) return std::nullopt;
  const auto encoding = encoding_at(constant.encoding, constant.value.shape, leading);
  if (!encoding) return std::nullopt;
  return Constant{{rest_of(constant.value.shape, leading), constant.value.data}, *encoding};
}

std::optional<Op> at_position(const Node& node, std::span<const TensorType> types, int axes) {
  using Found = std::optional<Op>;
  const Shape& to = node.outputs.front().shape;
  const auto keeps_last = [&](std::size_t inner) {
    return types.front().shape.size() >= static_cast<std::size_t>(axes) + inner;
  };
  return std::visit(Match{[](const Input&) -> Found { return std::nullopt; },
                          [](const Constant&) -> Found { return std::nullopt; },
                          [&](const Rearrange& op) -> Found {
                            const auto own = wiring_at(op.wiring, types.front().shape, to, axes);
                            if (!own) return std::nullopt;
                            return Rearrange{*own};
                          },
                          [&](const Linear& op) -> Found {
                            if (!keeps_last(1)) return std::nullopt;
                            return op;
                          },
                          [&](const Contract& op) -> Found {
                            if (!keeps_last(2)) return std::nullopt;
                            return op;
                          },
                          [&](const Map& op) { return map_at(op, types.front().shape, axes); },
                          [](const Combine& op) -> Found { return op; },
                          [&](const Reduce& op) { return reduce_at(op, axes); },
                          [&](const Order& op) -> Found {
                            if (!keeps_last(1)) return std::nullopt;
                            return op;
                          },
                          [&](const Quantize& op) { return quantize_at(op, types.front(), axes); },
                          [](const Scan&) -> Found { return std::nullopt; }},
                    node.op);
}

}  // namespace gatefold::lowering
