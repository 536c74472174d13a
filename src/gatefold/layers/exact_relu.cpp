#include "gatefold/layers/exact_relu.h"

#include <algorithm>

#include "gatefold/layers/alignment.h"
#include "gatefold/layers/sliding.h"

namespace gatefold::layers {
namespace {

using graph::TensorType;

/// Of which all scales and offsets are multiples.
Rational common_step_of(const graph::Encoding& encoding) {
  Rational step = 0;
  for (const Rational& scale : encoding.scale.values) step = common_step(step, scale);
  for (const Rational& offset : encoding.offset.values) step = common_step(step, offset);
  return step;
}

/// The largest real number before the pending functions, or 0.
Rational largest(const TensorType& type) {
  Rational most = 0;
  for (std::int64_t i = 0; i < type.size(); ++i)
    for (const std::int64_t raw : {type.range(i).low, type.range(i).high}) {
      const Rational real = type.encoding.scale.at(i, type.shape) * numeric::from_int64(raw) +
                            type.encoding.offset.at(i, type.shape);
      most = std::max(most, real);
    }
  return most;
}

}  // namespace

std::optional<graph::Clamp> exact_relu(const TensorType& type) {
  const std::vector<Rational>& scales = type.encoding.scale.values;
  const int sign = sgn(scales.front());
  const bool one_sign =
      sign != 0 && std::ranges::all_of(scales, [&](const auto& s) { return sgn(s) == sign; });
  const auto zero = one_sign ? raw_of(type, 0) : std::nullopt;
  if (!zero) return std::nullopt;
  return sign > 0 ? graph::Clamp{*zero, std::nullopt} : graph::Clamp{std::nullopt, *zero};
}

std::optional<graph::Quantize> relu_quantizer(const TensorType& type) {
  const graph::Encoding& encoding = type.encoding;
  if (encoding.functions.size() != 1 ||
      !std::holds_alternative<graph::Relu>(encoding.functions.front()))
    return std::nullopt;
  const Rational step = common_step_of(encoding);
  if (sgn(step) == 0) return std::nullopt;
  const Rational count = largest(type) / step;
  const auto most = numeric::to_int64(count.get_num());
  if (!most || !numeric::fits_word({0, *most, 0})) return std::nullopt;
  graph::Quantize quantize;
  const int width = std::max(numeric::width_of({0, *most, 0}), 1);
  auto grid = numeric::make_grid(width, false, step);
  grid.bounds = {0, *most, 0};
  quantize.grid = std::move(grid);
  return quantize;
}

}  // namespace gatefold::layers
