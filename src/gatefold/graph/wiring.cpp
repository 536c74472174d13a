#include "gatefold/graph/wiring.h"

#include <algorithm>
#include <optional>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

// Keeps every product of an attribute with an extent within 64 bits.
constexpr std::int64_t attribute_limit = std::int64_t{1} << 31;

bool all_within(const std::vector<std::int64_t>& values, std::int64_t low, std::int64_t high) {
  return std::ranges::all_of(values, [=](std::int64_t v) { return v >= low && v <= high; });
}

bool is_permutation_of_axes(std::vector<int> axes, std::size_t rank) {
  std::ranges::sort(axes);
  if (axes.size() != rank) return false;
  for (std::size_t i = 0; i < rank; ++i)
    if (axes[i] != static_cast<int>(i)) return false;
  return true;
}

std::optional<Shape> shape_of(const Reshape& w, const Shape& from) {
  if (!all_within(w.shape, 1, max_elements)) return std::nullopt;
  std::int64_t count = 1;
  for (const std::int64_t extent : w.shape)
    if ((count *= extent) > max_elements) return std::nullopt;
  if (count != numeric::element_count(from)) return std::nullopt;
  return w.shape;
}

std::optional<Shape> shape_of(const Transpose& w, const Shape& from) {
  if (!is_permutation_of_axes(w.permutation, from.size())) return std::nullopt;
  Shape shape;
  for (const int axis : w.permutation) shape.push_back(from[static_cast<std::size_t>(axis)]);
  return shape;
}

std::optional<Shape> shape_of(const Slice& w, const Shape& from) {
  const std::size_t rank = from.size();
  if (w.starts.size() != rank || w.steps.size() != rank || w.extents.size() != rank)
    return std::nullopt;
  if (!all_within(w.steps, -attribute_limit, attribute_limit) ||
      !all_within(w.extents, 1, max_elements))
    return std::nullopt;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t first = w.starts[i];
    if (first < 0 || first >= from[i]) return std::nullopt;
    const std::int64_t last = first + w.steps[i] * (w.extents[i] - 1);
    if (last < 0 || last >= from[i]) return std::nullopt;
  }
  return w.extents;
}

std::optional<Shape> shape_of(const Pad& w, const Shape& from) {
  if (w.before.size() != from.size() || w.after.size() != from.size()) return std::nullopt;
  if (!all_within(w.before, 0, max_elements) || !all_within(w.after, 0, max_elements))
    return std::nullopt;
  Shape shape = from;
  for (std::size_t i = 0; i < shape.size(); ++i) shape[i] += w.before[i] + w.after[i];
  return shape;
}

std::optional<Shape> shape_of(const Gather& w, const Shape& from) {
  if (w.axis < 0 || w.axis >= static_cast<int>(from.size()) || w.indices.empty())
    return std::nullopt;
  const auto axis = static_cast<std::size_t>(w.axis);
  if (!all_within(w.indices, 0, from[axis] - 1)) return std::nullopt;
  Shape shape = from;
  shape[axis] = static_cast<std::int64_t>(w.indices.size());
  return shape;
}

std::optional<Shape> shape_of(const Window& w, const Shape& from) {
  const std::size_t spatial = w.kernel.size();
  if (spatial == 0 || spatial >= from.size() || w.strides.size() != spatial ||
      w.dilations.size() != spatial)
    return std::nullopt;
  for (const auto* values : {&w.kernel, &w.strides, &w.dilations})
    if (!all_within(*values, 1, attribute_limit)) return std::nullopt;
  Shape shape;
  for (std::size_t i = 0; i < spatial; ++i) {
    const std::int64_t span = (w.kernel[i] - 1) * w.dilations[i] + 1;
    if (span > from[i]) return std::nullopt;
    shape.push_back((from[i] - span) / w.strides[i] + 1);
  }
  shape.insert(shape.end(), w.kernel.begin(), w.kernel.end());
  shape.insert(shape.end(), from.begin() + static_cast<std::ptrdiff_t>(spatial), from.end());
  return shape;
}

std::optional<Shape> shape_of(const Repeat& w, const Shape& from) {
  if (w.factors.size() != from.size() || !all_within(w.factors, 1, max_elements))
    return std::nullopt;
  Shape shape = from;
  for (std::size_t i = 0; i < shape.size(); ++i) shape[i] *= w.factors[i];
  return shape;
}

/// One axis that copies another as it is, or from `first` on in steps.
AxisMap walk(int input_axis, std::int64_t count, std::int64_t first = 0, std::int64_t step = 1) {
  AxisMap map{input_axis, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) map.positions.push_back(first + i * step);
  return map;
}

std::vector<AxisMap> maps_of(const Transpose& w, const Shape& from) {
  std::vector<AxisMap> maps;
  for (const int axis : w.permutation)
    maps.push_back(walk(axis, from[static_cast<std::size_t>(axis)]));
  return maps;
}

std::vector<AxisMap> maps_of(const Slice& w, const Shape& from) {
  std::vector<AxisMap> maps;
  for (std::size_t i = 0; i < from.size(); ++i)
    maps.push_back(walk(static_cast<int>(i), w.extents[i], w.starts[i], w.steps[i]));
  return maps;
}

std::vector<AxisMap> maps_of(const Pad& w, const Shape& from) {
  std::vector<AxisMap> maps;
  for (std::size_t i = 0; i < from.size(); ++i) {
    AxisMap map = walk(static_cast<int>(i), w.before[i] + from[i] + w.after[i], -w.before[i]);
    for (std::int64_t& position : map.positions) {
      map.outside.push_back(position < 0 || position >= from[i]);
      position = std::clamp<std::int64_t>(position, 0, from[i] - 1);
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

std::vector<AxisMap> maps_of(const Gather& w, const Shape& from) {
  std::vector<AxisMap> maps;
  for (std::size_t i = 0; i < from.size(); ++i) maps.push_back(walk(static_cast<int>(i), from[i]));
  maps[static_cast<std::size_t>(w.axis)].positions = w.indices;
  return maps;
}

std::vector<AxisMap> maps_of(const Window& w, const Shape& from) {
  const Shape to = *shape_of(w, from);
  const std::size_t spatial = w.kernel.size();
  std::vector<AxisMap> maps;
  for (std::size_t i = 0; i < spatial; ++i)
    maps.push_back(walk(static_cast<int>(i), to[i], 0, w.strides[i]));
  for (std::size_t i = 0; i < spatial; ++i)
    maps.push_back(walk(static_cast<int>(i), w.kernel[i], 0, w.dilations[i]));
  for (std::size_t i = spatial; i < from.size(); ++i)
    maps.push_back(walk(static_cast<int>(i), from[i]));
  return maps;
}

std::vector<AxisMap> maps_of(const Repeat& w, const Shape& from) {
  std::vector<AxisMap> maps;
  for (std::size_t i = 0; i < from.size(); ++i) {
    maps.push_back(walk(static_cast<int>(i), from[i] * w.factors[i]));
    for (std::int64_t& position : maps.back().positions) position /= w.factors[i];
  }
  return maps;
}

std::vector<AxisMap> maps_of(const Reshape&, const Shape&) { return {}; }
std::vector<AxisMap> maps_of(const Concatenate&, const Shape&) { return {}; }

std::vector<Source> in_order(std::int64_t count) {
  std::vector<Source> result(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < result.size(); ++i) result[i].flat = static_cast<std::int64_t>(i);
  return result;
}

std::vector<Source> concatenation(const Concatenate& w, Types inputs, const Shape& to) {
  const auto axis = static_cast<std::size_t>(w.axis);
  const std::int64_t inner = numeric::strides_of(to)[axis];
  const std::int64_t outer = numeric::element_count(to) / (inner * to[axis]);
  std::vector<Source> result;
  result.reserve(static_cast<std::size_t>(numeric::element_count(to)));
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::int64_t block = inputs[i].shape[axis] * inner;
      for (std::int64_t e = 0; e < block; ++e)
        result.push_back({static_cast<int>(i), o * block + e, 0});
    }
  }
  return result;
}

std::optional<Shape> concatenated_shape(const Concatenate& w, Types inputs) {
  Shape shape = inputs.front().shape;
  if (w.axis < 0 || w.axis >= static_cast<int>(shape.size())) return std::nullopt;
  const auto axis = static_cast<std::size_t>(w.axis);
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    Shape other = inputs[i].shape;
    if (other.size() != shape.size()) return std::nullopt;
    const std::int64_t extent = std::exchange(other[axis], shape[axis]);
    if (other != shape) return std::nullopt;
    shape[axis] += extent;
  }
  return shape;
}

}  // namespace

std::vector<std::int64_t> unravel(std::int64_t flat, const Shape& shape) {
  std::vector<std::int64_t> position(shape.size());
  for (std::size_t i = shape.size(); i-- > 0;) {
    position[i] = flat % shape[i];
    flat /= shape[i];
  }
  return position;
}

std::optional<Shape> wired_shape(const Wiring& wiring, Types inputs) {
  return std::visit(Match{[&](const Concatenate& w) { return concatenated_shape(w, inputs); },
                          [&](const auto& w) { return shape_of(w, inputs.front().shape); }},
                    wiring);
}

std::vector<AxisMap> axis_maps(const Wiring& wiring, const Shape& from) {
  return std::visit([&](const auto& w) { return maps_of(w, from); }, wiring);
}

std::vector<Source> mapped_sources(std::span<const AxisMap> maps, const Shape& from,
                                   std::int64_t value) {
  const auto strides = numeric::strides_of(from);
  std::vector<Source> result{Source{}};
  for (const AxisMap& map : maps) {
    const std::int64_t stride = strides[static_cast<std::size_t>(map.input_axis)];
    std::vector<Source> longer;
    longer.reserve(result.size() * map.positions.size());
    for (const Source& s : result)
      for (std::size_t i = 0; i < map.positions.size(); ++i) {
        const bool outside = s.input < 0 || (!map.outside.empty() && map.outside[i]);
        longer.push_back(
            {outside ? -1 : 0, s.flat + map.positions[i] * stride, outside ? value : 0});
      }
    result = std::move(longer);
  }
  return result;
}

std::vector<Source> sources(const Wiring& wiring, Types inputs) {
  const auto shape = wired_shape(wiring, inputs);
  GATEFOLD_ASSERT(shape.has_value(), "wiring of inputs that fit");
  const auto mapped = [&](const auto& w) {
    const Shape& from = inputs.front().shape;
    const auto* pad = std::get_if<Pad>(&wiring);
    return mapped_sources(maps_of(w, from), from, pad ? pad->value : 0);
  };
  return std::visit(
      Match{[&](const Concatenate& w) { return concatenation(w, inputs, *shape); },
            [&](const Reshape&) { return in_order(numeric::element_count(*shape)); }, mapped},
      wiring);
}

IntTensor evaluate_rearrange(const Rearrange& op, Types types, Tensors inputs) {
  IntTensor result{*wired_shape(op.wiring, types), {}};
  for (const Source& s : sources(op.wiring, types))
    result.data.push_back(s.input < 0 ? s.value
                                      : inputs[static_cast<std::size_t>(s.input)][s.flat]);
  return result;
}

}  // namespace gatefold::graph
