#include "gatefold/layers/weights.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gatefold/layers/alignment.h"

namespace gatefold::layers {
namespace {

using graph::Value;
using numeric::PerAxis;

/// The widest integer weight that counts as quantized, times the scale of an input, a float32.
constexpr int widest_scaled_weight = 48;

/// The row of the last axis of the input that a weight multiplies.
std::size_t row_of(const Weights& w, std::int64_t flat) {
  return static_cast<std::size_t>(flat / w.columns);
}

/// The largest step of each output channel's weights, 0 where all are 0.
std::vector<Rational> channel_steps(const Weights& w) {
  std::vector<Rational> steps(static_cast<std::size_t>(w.outputs()), 0);
  for (std::int64_t flat = 0; flat < std::ssize(w.values); ++flat) {
    Rational& step = steps[w.channel_of(flat)];
    step = common_step(step, w.values[static_cast<std::size_t>(flat)]);
  }
  return steps;
}

/// One step for all channels where the integers stay narrow, else their own.
std::vector<Rational> chosen_steps(const Weights& w, int width) {
  std::vector<Rational> steps = channel_steps(w);
  Rational common = 0;
  for (const Rational& step : steps) common = common_step(common, step);
  const auto narrow = [&](const Rational& value) { return is_narrow(value, common, width); };
  const bool uniform = sgn(common) == 0 || std::ranges::all_of(w.values, narrow);
  for (Rational& step : steps) {
    if (uniform) step = common;
    if (sgn(step) == 0) step = 1;
  }
  return steps;
}

/// The scales of the inputs of a sum, where they differ; empty when one is 0.
std::optional<PerAxis<Rational>> input_scales(const graph::TensorType& x, std::int64_t rows) {
  const PerAxis<Rational>& scale = x.encoding.scale;
  const bool by_input = !scale.is_uniform() && (scale.axis + 1 == std::ssize(x.shape) ||
                                                (scale.axis < 0 && x.shape.size() == 1));
  const auto is_zero = [](const Rational& value) { return sgn(value) == 0; };
  if (!by_input || std::ssize(scale.values) != rows || std::ranges::any_of(scale.values, is_zero))
    return std::nullopt;
  return PerAxis<Rational>(static_cast<int>(x.shape.size()) - 1, scale.values);
}

/// Moves scales that differ along the inputs of a sum into the weights, so that every integer
/// counts in units of its own scale. Where the weights get too wide for that, nothing is moved.
Result<bool> absorb_input_scales(Importer& importer, const ForeignNode& node, Value& x,
                                 Weights& weights) {
  auto scales = input_scales(importer.type(x), weights.groups * weights.rows);
  if (!scales) return false;
  Weights scaled = weights;
  scaled.grid.reset();
  for (std::int64_t flat = 0; flat < std::ssize(scaled.values); ++flat)
    scaled.values[static_cast<std::size_t>(flat)] *= scales->values[row_of(scaled, flat)];
  if (!integer_weights(scaled, widest_scaled_weight, node.name)) return false;
  weights = std::move(scaled);
  for (Rational& scale : scales->values) scale = 1 / scale;
  graph::Map unscaled{graph::RealFunction(graph::Affine{*std::move(scales), Rational(0)})};
  GATEFOLD_TRY(x, importer.add(std::move(unscaled), {x}, layer_name(node)));
  return true;
}

}  // namespace

Result<graph::Linear> integer_weights(const Weights& w, int width, const std::string& layer) {
  const std::vector<Rational> steps = chosen_steps(w, width);
  graph::Linear linear;
  linear.weights = {{w.groups, w.rows, w.columns}, {}};
  linear.weights.data.reserve(w.values.size());
  for (std::int64_t flat = 0; flat < std::ssize(w.values); ++flat) {
    const Rational& value = w.values[static_cast<std::size_t>(flat)];
    const Rational& step = steps[w.channel_of(flat)];
    if (!is_narrow(value, step, width))
      return diagnose(DiagnosticId::UnquantizedWeights, layer, width);
    linear.weights.data.push_back(Rational(value / step).get_num().get_si());
  }
  const bool uniform = std::ranges::all_of(steps, [&](const auto& s) { return s == steps[0]; });
  linear.multiplier = uniform ? PerAxis<Rational>(steps.front()) : PerAxis<Rational>(0, steps);
  return linear;
}

Result<Value> add_linear(Importer& importer, const ForeignNode& node, Value x, Weights weights,
                         Bias bias) {
  const bool is_reloadable = importer.options().is_reloadable(layer_name(node));
  if (!is_reloadable) GATEFOLD_CHECK(integer_weights(weights, widest_weight, node.name));
  GATEFOLD_TRY(const bool is_scaled, absorb_input_scales(importer, node, x, weights));
  const int width = is_scaled ? widest_scaled_weight : widest_weight;
  graph::Linear linear;
  if (is_reloadable) {
    GATEFOLD_TRY(linear, reloadable_weights(importer, node, x, weights, bias, width));
  } else {
    GATEFOLD_TRY(linear, integer_weights(weights, width, node.name));
    linear.bias = std::move(bias.values);
  }
  return importer.add(std::move(linear), {x}, layer_name(node));
}

Result<Bias> bias_at(const Importer& importer, const ForeignNode& node, std::size_t index,
                     std::int64_t outputs, const Rational& factor) {
  if (!importer.has_input(node, index)) return Bias{};
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, index, "bias"));
  GATEFOLD_TRY(const auto spread, broadcast(constant, {outputs}, node.name));
  const auto all = [&](const numeric::PerAxis<Rational>& values) {
    std::vector<Rational> each;
    for (std::int64_t j = 0; j < outputs; ++j) each.push_back(values.at(j, {outputs}));
    return scaled(std::move(each), factor);
  };
  Bias bias{all(spread), scaled(constant.grid, factor)};
  if (!bias.grid || bias.grid->steps.size() == 1) return bias;
  ConstantSymbol steps = constant;
  steps.values = constant.grid->steps;
  GATEFOLD_TRY(const auto spread_steps, broadcast(steps, {outputs}, node.name));
  bias.grid->steps = all(spread_steps);
  return bias;
}

std::vector<Rational> scaled(std::vector<Rational> values, const Rational& factor) {
  for (Rational& value : values) value *= factor;
  return values;
}

std::optional<ConstantGrid> scaled(std::optional<ConstantGrid> grid, const Rational& factor) {
  if (sgn(factor) <= 0) return std::nullopt;
  if (grid) grid->steps = scaled(std::move(grid->steps), factor);
  return grid;
}

}  // namespace gatefold::layers
