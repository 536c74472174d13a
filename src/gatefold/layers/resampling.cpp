// Pad, Resize and Upsample (nearest): copies of elements, and constants around a tensor.
#include <algorithm>
#include <functional>

#include "gatefold/layers/attributes.h"
#include "gatefold/layers/sliding.h"

namespace gatefold::layers {
namespace {

using graph::Value;
using graph::Wiring;

Diagnostic form(const ForeignNode& node, const std::string& what) {
  return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, what);
}

struct Margins {
  Integers before, after;  // without the batch axis
};

/// Begins of all named axes, then their ends.
Result<Margins> margins_of(const Importer& importer, const ForeignNode& node, std::size_t rank) {
  GATEFOLD_TRY(const Integers pads, integers_at_or(importer, node, 1, "pads"));
  Integers axes;
  if (importer.has_input(node, 3)) {
    GATEFOLD_TRY(axes, integers_at(importer, node, 3, "axes"));
    GATEFOLD_CHECK(marked(axes, rank + 1, node));
  } else {
    for (std::int64_t i = 0; i <= static_cast<std::int64_t>(rank); ++i) axes.push_back(i);
  }
  if (pads.size() != 2 * axes.size()) return bad_attribute(node, "pads");
  Margins margins{Integers(rank, 0), Integers(rank, 0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = *axis_of(axes[i], rank + 1);
    const std::int64_t before = pads[i], after = pads[axes.size() + i];
    if (before < 0 || after < 0) return form(node, "negative pads");
    if (axis == 0 && before + after != 0)
      return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
    if (axis == 0) continue;
    margins.before[axis - 1] = before;
    margins.after[axis - 1] = after;
  }
  return margins;
}

/// Which element of an axis stands at `at`, which may lie outside of it.
using Continuation = std::int64_t (*)(std::int64_t at, std::int64_t extent);

std::optional<Continuation> continuation_of(const std::string& mode) {
  if (mode == "edge")
    return [](std::int64_t at, std::int64_t extent) {
      return std::clamp<std::int64_t>(at, 0, extent - 1);
    };
  if (mode == "reflect")
    return [](std::int64_t at, std::int64_t extent) {
      return at < 0 ? -at : at >= extent ? 2 * (extent - 1) - at : at;
    };
  if (mode == "wrap")
    return [](std::int64_t at, std::int64_t extent) { return (at + extent) % extent; };
  return std::nullopt;
}

Status continue_axes(Importer& importer, const ForeignNode& node, const Margins& margins,
                     Continuation continuation) {
  const Shape shape = importer.shape(node, 0);
  std::vector<Wiring> wirings;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (margins.before[axis] + margins.after[axis] == 0) continue;
    graph::Gather gather{static_cast<int>(axis), {}};
    for (std::int64_t at = -margins.before[axis]; at < shape[axis] + margins.after[axis]; ++at) {
      const std::int64_t index = continuation(at, shape[axis]);
      if (index < 0 || index >= shape[axis]) return form(node, "a pad larger than the tensor");
      gather.indices.push_back(index);
    }
    wirings.emplace_back(std::move(gather));
  }
  return importer.rearrange(node, std::move(wirings));
}

Result<Rational> pad_value(const Importer& importer, const ForeignNode& node) {
  if (importer.has_input(node, 2)) {
    GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, 2, "value"));
    if (constant.values.size() == 1) return constant.values.front();
    return bad_attribute(node, "value");
  }
  GATEFOLD_TRY(const double value, attribute(node, "value", 0.0));
  return numeric::exact(value);
}

/// How an axis is resized: the input position that an output position reads.
struct Resampling {
  std::string transformation, rounding;

  Rational source(const Rational& at, const Rational& scale, std::int64_t from,
                  std::int64_t to) const {
    const Rational half(1, 2);
    if (transformation == "asymmetric") return at / scale;
    if (to == 1 && transformation != "half_pixel") return 0;
    if (transformation == "align_corners") return at * numeric::ratio(from - 1, to - 1);
    return (at + half) / scale - half;
  }

  std::int64_t index(const Rational& x, std::int64_t from) const {
    using enum numeric::Rounding;
    const auto mode = rounding == "floor"               ? Floor
                      : rounding == "ceil"              ? Ceil
                      : rounding == "round_prefer_ceil" ? HalfUp
                                                        : HalfDown;
    const numeric::Integer last(static_cast<long>(from - 1));
    const numeric::Integer rounded = numeric::round(x, mode);
    return rounded < 0 ? 0 : rounded > last ? from - 1 : rounded.get_si();
  }
};

Result<Resampling> resampling_of(const Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const std::string mode, attribute(node, "mode", std::string("nearest")));
  if (mode != "nearest") return form(node, "mode " + mode);
  GATEFOLD_TRY(const std::string policy,
               attribute(node, "keep_aspect_ratio_policy", std::string("stretch")));
  if (policy != "stretch" || node.attributes.contains("axes")) return form(node, "chosen axes");
  const bool is_old = node.type == "Upsample" || importer.opset() < 11;
  const std::string transformation = is_old ? "asymmetric" : "half_pixel";
  const std::string rounding = is_old ? "floor" : "round_prefer_floor";
  Resampling r;
  GATEFOLD_TRY(r.transformation, attribute(node, "coordinate_transformation_mode", transformation));
  GATEFOLD_TRY(r.rounding, attribute(node, "nearest_mode", rounding));
  for (const std::string known :
       {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"})
    if (r.transformation == known) return r;
  return form(node, "coordinate_transformation_mode " + r.transformation);
}

/// Scale and new extent of each axis of the file, the batch first.
struct Target {
  std::vector<Rational> scales;
  Integers extents;
};

Result<Target> target_of(const Importer& importer, const ForeignNode& node, const Shape& shape) {
  const bool has_roi = node.type == "Resize" && importer.opset() >= 11;
  const std::size_t scales = has_roi ? 2 : 1, sizes = 3;
  Target target;
  if (has_roi && importer.has_input(node, sizes)) {
    GATEFOLD_TRY(target.extents, integers_at(importer, node, sizes, "sizes"));
    if (target.extents.size() != shape.size() + 1) return bad_attribute(node, "sizes");
    target.scales.emplace_back(1);
    if (importer.batch()) target.scales[0] = numeric::ratio(target.extents[0], *importer.batch());
    for (std::size_t i = 0; i < shape.size(); ++i)
      target.scales.push_back(numeric::ratio(target.extents[i + 1], shape[i]));
    return target;
  }
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, scales, "list of scales"));
  target.scales = constant.values;
  if (target.scales.size() != shape.size() + 1) return bad_attribute(node, "scales");
  target.extents.push_back(1);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto extent =
        numeric::to_int64(numeric::floor(target.scales[i + 1] * numeric::from_int64(shape[i])));
    target.extents.push_back(extent.value_or(0));
  }
  return target;
}

bool repeats(const Integers& indices, std::int64_t factor) {
  for (std::int64_t i = 0; i < std::ssize(indices); ++i)
    if (indices[static_cast<std::size_t>(i)] != i / factor) return false;
  return true;
}

}  // namespace

Status import_pad(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const std::size_t rank = importer.shape(node, 0).size();
  GATEFOLD_TRY(Margins margins, margins_of(importer, node, rank));
  GATEFOLD_TRY(const std::string mode, attribute(node, "mode", std::string("constant")));
  if (const auto continuation = continuation_of(mode))
    return continue_axes(importer, node, margins, *continuation);
  if (mode != "constant") return bad_attribute(node, "mode");
  GATEFOLD_TRY(const Rational real, pad_value(importer, node));
  GATEFOLD_TRY(Value x, importer.linear_value(node, 0));
  GATEFOLD_TRY(const std::int64_t raw, padding_of(importer, x, real, node));
  graph::Pad pad{std::move(margins.before), std::move(margins.after), raw};
  return importer.set_op(node, graph::Rearrange{std::move(pad)}, {x});
}

Status import_resize(Importer& importer, const ForeignNode& node) {
  GATEFOLD_CHECK(importer.check_computed(node, 0));
  const Shape shape = importer.shape(node, 0);
  GATEFOLD_TRY(const Resampling resampling, resampling_of(importer, node));
  GATEFOLD_TRY(const Target target, target_of(importer, node, shape));
  if (target.scales[0] != 1) return diagnose(DiagnosticId::BatchAxis, node.name, node.type);
  graph::Repeat repeat{Integers(shape.size(), 1)};
  std::vector<Wiring> wirings;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const std::int64_t from = shape[axis], to = target.extents[axis + 1];
    constexpr std::int64_t most = 1 << 24;
    if (to < 1 || to > most || target.scales[axis + 1] <= 0) return bad_attribute(node, "scales");
    graph::Gather gather{static_cast<int>(axis), {}};
    for (std::int64_t at = 0; at < to; ++at)
      gather.indices.push_back(resampling.index(
          resampling.source(numeric::from_int64(at), target.scales[axis + 1], from, to), from));
    if (to % from == 0 && repeats(gather.indices, to / from)) {
      repeat.factors[axis] = to / from;
    } else {
      wirings.emplace_back(std::move(gather));
    }
  }
  wirings.emplace_back(std::move(repeat));
  return importer.rearrange(node, std::move(wirings));
}

}  // namespace gatefold::layers
