#include "gatefold/graph/wiring.h"

#include <algorithm>
#include <optional>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

using Position = std::vector<std::int64_t>;

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

std::int64_t dot(const Position& a, const std::vector<std::int64_t>& b) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// For each output position, the position in the input that it reads.
template <typename F>
std::vector<Source> by_position(const Shape& from, const Shape& to, F input_position) {
  const auto strides = numeric::strides_of(from);
  std::vector<Source> result(static_cast<std::size_t>(numeric::element_count(to)));
  Position out(to.size(), 0);
  for (Source& source : result) {
    source.flat = dot(input_position(out), strides);
    for (std::size_t i = to.size(); i-- > 0;) {
      if (++out[i] < to[i]) break;
      out[i] = 0;
    }
  }
  return result;
}

std::vector<Source> sources_of(const Transpose& w, const Shape& from, const Shape& to) {
  return by_position(from, to, [&](const Position& out) {
    Position in(out.size());
    for (std::size_t i = 0; i < out.size(); ++i)
      in[static_cast<std::size_t>(w.permutation[i])] = out[i];
    return in;
  });
}

std::vector<Source> sources_of(const Slice& w, const Shape& from, const Shape& to) {
  return by_position(from, to, [&](Position p) {
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = w.starts[i] + p[i] * w.steps[i];
    return p;
  });
}

std::vector<Source> sources_of(const Pad& w, const Shape& from, const Shape& to) {
  std::vector<Source> result = by_position(from, to, [&](Position p) {
    for (std::size_t i = 0; i < p.size(); ++i)
      p[i] = std::clamp<std::int64_t>(p[i] - w.before[i], 0, from[i] - 1);
    return p;
  });
  for (std::size_t flat = 0; flat < result.size(); ++flat) {
    const Position p = unravel(static_cast<std::int64_t>(flat), to);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const bool outside = p[i] < w.before[i] || p[i] >= w.before[i] + from[i];
      if (outside) result[flat] = {-1, result[flat].flat, w.value};
    }
  }
  return result;
}

std::vector<Source> sources_of(const Gather& w, const Shape& from, const Shape& to) {
  const auto axis = static_cast<std::size_t>(w.axis);
  return by_position(from, to, [&](Position p) {
    p[axis] = w.indices[static_cast<std::size_t>(p[axis])];
    return p;
  });
}

std::vector<Source> sources_of(const Window& w, const Shape& from, const Shape& to) {
  const std::size_t spatial = w.kernel.size();
  return by_position(from, to, [&](const Position& out) {
    Position in(from.size());
    for (std::size_t i = 0; i < spatial; ++i)
      in[i] = out[i] * w.strides[i] + out[spatial + i] * w.dilations[i];
    for (std::size_t i = spatial; i < in.size(); ++i) in[i] = out[spatial + i];
    return in;
  });
}

std::vector<Source> sources_of(const Repeat& w, const Shape& from, const Shape& to) {
  return by_position(from, to, [&](Position p) {
    for (std::size_t i = 0; i < p.size(); ++i) p[i] /= w.factors[i];
    return p;
  });
}

std::vector<Source> sources_of(const Reshape&, const Shape&, const Shape& to) {
  std::vector<Source> result(static_cast<std::size_t>(numeric::element_count(to)));
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

std::vector<Source> sources(const Wiring& wiring, Types inputs) {
  const auto shape = wired_shape(wiring, inputs);
  GATEFOLD_ASSERT(shape.has_value(), "wiring of inputs that fit");
  return std::visit(
      Match{[&](const Concatenate& w) { return concatenation(w, inputs, *shape); },
            [&](const auto& w) { return sources_of(w, inputs.front().shape, *shape); }},
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
