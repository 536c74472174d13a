// Slice, Split, Gather, Squeeze, Unsqueeze, DepthToSpace, SpaceToDepth: wiring of computed tensors.
#include <algorithm>
#include <numeric>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/axes.h"

namespace gatefold::layers {
namespace {

using graph::Wiring;

Diagnostic form(const ForeignNode& node, const std::string& what) {
  return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, what);
}

/// A slice that takes everything.
graph::Slice whole(const Shape& shape) {
  return {Integers(shape.size(), 0), Integers(shape.size(), 1), shape};
}

/// One axis of ONNX Slice: bounds count from the end where negative and are clamped.
struct Range {
  std::int64_t start, end, step;

  Range within(std::int64_t extent) const {
    const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? extent : extent - 1;
    const auto clamped = [&](std::int64_t v, std::int64_t least) {
      return std::clamp(v < 0 ? std::max(v + extent, least) : v, least, high);
    };
    return {clamped(start, std::max<std::int64_t>(low, 0)), clamped(end, low), step};
  }
  /// Of a range within its axis.
  std::int64_t count() const {
    return step > 0 ? (end - start + step - 1) / step : (end - start + step + 1) / step;
  }
  bool takes_all(std::optional<std::int64_t> extent) const {
    constexpr std::int64_t to_the_end = (std::int64_t{1} << 31) - 1;
    return start == 0 && step == 1 && (end >= to_the_end || (extent && end >= *extent));
  }
};

/// Ranges and the axes that they are for, all of which may be named or counted.
Result<std::vector<std::pair<std::size_t, Range>>> ranges_of(const Importer& importer,
                                                             const ForeignNode& node,
                                                             std::size_t rank) {
  GATEFOLD_TRY(const Integers starts, integers_at_or(importer, node, 1, "starts"));
  GATEFOLD_TRY(const Integers ends, integers_at_or(importer, node, 2, "ends"));
  GATEFOLD_TRY(Integers axes, integers_at_or(importer, node, 3, "axes"));
  GATEFOLD_TRY(Integers steps, integers_at_or(importer, node, 4, "steps"));
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  GATEFOLD_CHECK(marked(axes, rank, node));
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    return bad_attribute(node, "ends");
  constexpr std::int64_t limit = std::int64_t{1} << 31;
  std::vector<std::pair<std::size_t, Range>> ranges;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    if (steps[i] == 0 || std::abs(steps[i]) > limit) return bad_attribute(node, "steps");
    ranges.push_back({*axis_of(axes[i], rank), {starts[i], ends[i], steps[i]}});
  }
  return ranges;
}

/// The extents of the parts of Split.
Result<Integers> parts_of(const Importer& importer, const ForeignNode& node, std::int64_t extent) {
  GATEFOLD_TRY(Integers parts, integers_at_or(importer, node, 1, "split"));
  if (parts.empty()) {
    const std::int64_t count = std::ssize(node.outputs), size = (extent + count - 1) / count;
    for (std::int64_t i = 0; i < count; ++i)
      parts.push_back(std::min(size, extent - std::min(extent, size * i)));
  }
  std::int64_t total = 0;
  for (const std::int64_t part : parts) {
    if (part < 1 || part > extent) return bad_attribute(node, "split");
    total += part;
  }
  if (total != extent || parts.size() != node.outputs.size()) return bad_attribute(node, "split");
  return parts;
}

/// The shape without the marked axes, which hold one element each.
Result<Shape> squeezed(const Shape& shape, const std::vector<bool>& gone, const ForeignNode& node) {
  Shape result;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (gone[i] && shape[i] != 1) return bad_attribute(node, "axes");
    if (!gone[i]) result.push_back(shape[i]);
  }
  return result;
}

/// The block of DepthToSpace and SpaceToDepth on [channels, height, width].
Result<std::int64_t> block_of(const ForeignNode& node, const Shape& shape) {
  GATEFOLD_TRY(const auto block, required_attribute<std::int64_t>(node, "blocksize"));
  if (shape.size() != 3) return form(node, "an input that is no image");
  if (block < 1 || block > *std::ranges::max_element(shape))
    return bad_attribute(node, "blocksize");
  return block;
}

}  // namespace

Status import_slice(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const auto ranges, ranges_of(importer, node, shape.size() + 1));
  graph::Slice slice = whole(shape);
  for (const auto& [axis, range] : ranges) {
    if (axis == 0 && !range.takes_all(importer.batch()))
      return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
    if (axis == 0) continue;
    const Range inside = range.within(shape[axis - 1]);
    if (inside.count() < 1) return form(node, "an empty result");
    slice.starts[axis - 1] = inside.start;
    slice.steps[axis - 1] = inside.step;
    slice.extents[axis - 1] = inside.count();
  }
  return importer.rearrange(node, {std::move(slice)});
}

Status import_split(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const auto named, attribute(node, "axis", std::int64_t{0}));
  GATEFOLD_TRY(const int axis, inner_axis(named, shape, node));
  const auto at = static_cast<std::size_t>(axis);
  GATEFOLD_TRY(const Integers parts, parts_of(importer, node, shape[at]));
  std::int64_t start = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    graph::Slice slice = whole(shape);
    slice.starts[at] = std::exchange(start, start + parts[i]);
    slice.extents[at] = parts[i];
    GATEFOLD_CHECK(importer.rearrange(node, {std::move(slice)}, i));
  }
  return success();
}

Status import_gather(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const auto named, attribute(node, "axis", std::int64_t{0}));
  GATEFOLD_TRY(const int axis, inner_axis(named, shape, node));
  const auto extent = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, 1, "list of indices"));
  GATEFOLD_TRY(const Integers indices, integers_at(importer, node, 1, "indices"));
  graph::Gather gather{axis, {}};
  for (const std::int64_t index : indices) {
    const auto found = axis_of(index, extent);
    if (!found) return bad_attribute(node, "indices");
    gather.indices.push_back(static_cast<std::int64_t>(*found));
  }
  Shape result = shape;
  const auto place = result.erase(result.begin() + axis);
  result.insert(place, constant.shape.begin(), constant.shape.end());
  return importer.rearrange(node, {std::move(gather), graph::Reshape{std::move(result)}});
}

Status import_squeeze(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(Integers axes, integers_at_or(importer, node, 1, "axes"));
  if (axes.empty() && importer.batch() == 1)
    return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  if (axes.empty())
    for (std::int64_t i = 0; i < std::ssize(shape); ++i)
      if (shape[static_cast<std::size_t>(i)] == 1) axes.push_back(i + 1);
  GATEFOLD_TRY(const auto gone, marked_inner(axes, shape.size() + 1, node));
  GATEFOLD_TRY(Shape result, squeezed(shape, gone, node));
  return importer.rearrange(node, {graph::Reshape{std::move(result)}});
}

Status import_unsqueeze(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const Integers axes, integers_at_or(importer, node, 1, "axes"));
  GATEFOLD_TRY(const auto is_new, marked_inner(axes, shape.size() + 1 + axes.size(), node));
  Shape result;
  auto next = shape.begin();
  for (const bool added : is_new) result.push_back(added ? 1 : *next++);
  return importer.rearrange(node, {graph::Reshape{std::move(result)}});
}

Status import_depth_to_space(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const std::int64_t block, block_of(node, shape));
  GATEFOLD_TRY(const std::string mode, attribute(node, "mode", std::string("DCR")));
  if (mode != "DCR" && mode != "CRD") return bad_attribute(node, "mode");
  const std::int64_t channels = shape[0] / (block * block), height = shape[1], width = shape[2];
  if (channels * block * block != shape[0]) return bad_attribute(node, "blocksize");
  const bool depth_first = mode == "DCR";
  const Shape split = depth_first ? Shape{block, block, channels, height, width}
                                  : Shape{channels, block, block, height, width};
  const std::vector<int> order =
      depth_first ? std::vector{2, 3, 0, 4, 1} : std::vector{0, 3, 1, 4, 2};
  return importer.rearrange(node, {graph::Reshape{split}, graph::Transpose{order},
                                   graph::Reshape{{channels, height * block, width * block}}});
}

Status import_space_to_depth(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const std::int64_t block, block_of(node, shape));
  const std::int64_t channels = shape[0], height = shape[1] / block, width = shape[2] / block;
  if (height * block != shape[1] || width * block != shape[2])
    return bad_attribute(node, "blocksize");
  return importer.rearrange(node, {graph::Reshape{{channels, height, block, width, block}},
                                   graph::Transpose{{2, 4, 0, 1, 3}},
                                   graph::Reshape{{channels * block * block, height, width}}});
}

}  // namespace gatefold::layers
