#include "gatefold/layers/sliding.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "gatefold/layers/alignment.h"
#include "gatefold/layers/attributes.h"

namespace gatefold::layers {
namespace {

using graph::Rearrange;
using graph::Value;

/// Keeps every sum of pads and spans within 64 bits.
constexpr std::int64_t attribute_limit = std::int64_t{1} << 30;

Result<Integers> list(const ForeignNode& node, const std::string& name, std::size_t count,
                      std::int64_t otherwise, std::int64_t least) {
  GATEFOLD_TRY(Integers values, attribute(node, name, Integers(count, otherwise)));
  const auto fits = [&](std::int64_t v) { return v >= least && v <= attribute_limit; };
  if (values.size() != count || !std::ranges::all_of(values, fits))
    return bad_attribute(node, name);
  return values;
}

/// SAME: as many windows as strides begin within the tensor; the odd pad is behind or before it.
void pad_same(Sliding& s, const Integers& extents, bool upper) {
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const std::int64_t count = (extents[i] + s.strides[i] - 1) / s.strides[i];
    const std::int64_t total =
        std::max<std::int64_t>((count - 1) * s.strides[i] + s.span(i) - extents[i], 0);
    (upper ? s.before : s.after)[i] = total / 2;
    (upper ? s.after : s.before)[i] = total - total / 2;
  }
}

Status set_pads(const ForeignNode& node, Sliding& s, const Integers& extents) {
  const std::size_t rank = extents.size();
  GATEFOLD_TRY(const std::string mode, attribute(node, "auto_pad", std::string("NOTSET")));
  s.before = s.after = Integers(rank, 0);
  if (mode == "NOTSET" || mode.empty()) {
    GATEFOLD_TRY(const Integers pads, list(node, "pads", 2 * rank, 0, 0));
    std::copy_n(pads.begin(), rank, s.before.begin());
    std::copy_n(pads.begin() + static_cast<std::ptrdiff_t>(rank), rank, s.after.begin());
  } else if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    pad_same(s, extents, mode == "SAME_UPPER");
  } else if (mode != "VALID") {
    return bad_attribute(node, "auto_pad");
  }
  return success();
}

/// Runtimes disagree about a window that begins behind the tensor and its first pad.
Status round_up(const ForeignNode& node, Sliding& s, const Integers& extents) {
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const std::int64_t padded = extents[i] + s.before[i] + s.after[i];
    if (padded < s.span(i)) continue;
    const std::int64_t rest = (padded - s.span(i)) % s.strides[i];
    if (rest == 0) continue;
    s.rounded_up[i] = s.strides[i] - rest;
    s.after[i] += s.rounded_up[i];
    if (padded + s.rounded_up[i] - s.span(i) >= extents[i] + s.before[i])
      return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                      "ceil_mode and a window behind the tensor");
  }
  return success();
}

/// Element i of the result is element (i + count) % size.
std::vector<int> rotation(std::size_t rank, std::ptrdiff_t count) {
  std::vector<int> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  std::rotate(axes.begin(), axes.begin() + count, axes.end());
  return axes;
}

}  // namespace

bool Sliding::pads() const {
  const auto positive = [](std::int64_t v) { return v > 0; };
  return std::ranges::any_of(before, positive) || std::ranges::any_of(after, positive);
}

bool Sliding::is_pointwise() const {
  const auto one = [](std::int64_t v) { return v == 1; };
  return std::ranges::all_of(kernel, one) && std::ranges::all_of(strides, one) && !pads();
}

Result<Sliding> sliding_of(const ForeignNode& node, const Shape& shape, Integers kernel) {
  if (shape.size() < 2)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type,
                    "an input without position axes");
  const Integers extents(shape.begin() + 1, shape.end());
  Sliding s;
  if (kernel.empty()) {
    GATEFOLD_TRY(kernel, required_attribute<Integers>(node, "kernel_shape"));
  }
  GATEFOLD_TRY(s.kernel, list(node, "kernel_shape", extents.size(), 1, 1));
  if (!node.attributes.contains("kernel_shape")) s.kernel = kernel;
  if (s.kernel != kernel) return bad_attribute(node, "kernel_shape");
  GATEFOLD_TRY(s.strides, list(node, "strides", extents.size(), 1, 1));
  GATEFOLD_TRY(s.dilations, list(node, "dilations", extents.size(), 1, 1));
  s.rounded_up = Integers(extents.size(), 0);
  GATEFOLD_CHECK(set_pads(node, s, extents));
  GATEFOLD_TRY(const auto ceil_mode, attribute(node, "ceil_mode", std::int64_t{0}));
  if (ceil_mode != 0) GATEFOLD_CHECK(round_up(node, s, extents));
  return s;
}

Result<Value> channels_last(Importer& importer, Value x, const std::string& layer) {
  const std::size_t rank = importer.type(x).shape.size();
  return importer.add(Rearrange{graph::Transpose{rotation(rank, 1)}}, {x}, layer);
}

Result<Value> channels_first(Importer& importer, Value x, const std::string& layer) {
  const std::size_t rank = importer.type(x).shape.size();
  const auto last = static_cast<std::ptrdiff_t>(rank) - 1;
  return importer.add(Rearrange{graph::Transpose{rotation(rank, last)}}, {x}, layer);
}

Result<Value> windows_of(Importer& importer, Value x, const Sliding& sliding, std::int64_t raw,
                         const std::string& layer) {
  if (sliding.pads()) {
    graph::Pad pad{sliding.before, sliding.after, raw};
    pad.before.push_back(0);
    pad.after.push_back(0);
    GATEFOLD_TRY(x, importer.add(Rearrange{std::move(pad)}, {x}, layer));
  }
  const graph::Window window{sliding.kernel, sliding.strides, sliding.dilations};
  return importer.add(Rearrange{window}, {x}, layer);
}

std::optional<std::int64_t> raw_of(const graph::TensorType& type, const Rational& real) {
  const auto& [scale, offset, functions] = type.encoding;
  if (!functions.empty()) return std::nullopt;
  const bool uniform = scale.is_uniform() && offset.is_uniform();
  std::optional<std::int64_t> raw;
  for (std::int64_t i = 0; i < (uniform ? 1 : type.size()); ++i) {
    const Rational& step = scale.at(i, type.shape);
    const Rational distance = real - offset.at(i, type.shape);
    if (sgn(step) == 0 && sgn(distance) == 0) continue;
    if (sgn(step) == 0) return std::nullopt;
    const Rational steps = distance / step;
    const auto integer = steps.get_den() == 1 ? numeric::to_int64(steps.get_num()) : std::nullopt;
    if (!integer || (raw && *raw != *integer)) return std::nullopt;
    raw = integer;
  }
  return raw.value_or(0);
}

Result<std::int64_t> padding_of(Importer& importer, Value& x, const Rational& real,
                                const ForeignNode& node) {
  auto raw = raw_of(importer.type(x), real);
  if (!raw) {
    GATEFOLD_CHECK(remove_offsets(importer, x, layer_name(node)));
    raw = raw_of(importer.type(x), real);
  }
  if (raw && numeric::fits_word(numeric::Interval::constant(*raw))) return *raw;
  return diagnose(DiagnosticId::PadNotRepresentable, node.name, node.type,
                  numeric::to_string(real));
}

}  // namespace gatefold::layers
