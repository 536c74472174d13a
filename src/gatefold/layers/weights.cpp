#include "gatefold/layers/weights.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "gatefold/layers/alignment.h"

namespace gatefold::layers {
namespace {

using graph::Value;
using numeric::PerAxis;

/// The widest integer weight that counts as quantized.
constexpr int widest_weight = 24;
/// The same times the scale of an input, a float32.
constexpr int widest_scaled_weight = 48;

/// The output channel that a weight belongs to.
std::size_t channel_of(const Weights& w, std::int64_t flat) {
  return static_cast<std::size_t>(flat / (w.rows * w.columns) * w.columns + flat % w.columns);
}

/// The row of the last axis of the input that a weight multiplies.
std::size_t row_of(const Weights& w, std::int64_t flat) {
  return static_cast<std::size_t>(flat / w.columns);
}

/// The largest step of each output channel's weights, 0 where all are 0.
std::vector<Rational> channel_steps(const Weights& w) {
  std::vector<Rational> steps(static_cast<std::size_t>(w.outputs()), 0);
  for (std::int64_t flat = 0; flat < std::ssize(w.values); ++flat) {
    Rational& step = steps[channel_of(w, flat)];
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

/// Integers and steps such that value = integer * step.
Result<graph::Linear> integer_weights(const Weights& w, int width, const std::string& layer) {
  const std::vector<Rational> steps = chosen_steps(w, width);
  graph::Linear linear;
  linear.weights = {{w.groups, w.rows, w.columns}, {}};
  linear.weights.data.reserve(w.values.size());
  for (std::int64_t flat = 0; flat < std::ssize(w.values); ++flat) {
    const Rational& value = w.values[static_cast<std::size_t>(flat)];
    const Rational& step = steps[channel_of(w, flat)];
    if (!is_narrow(value, step, width))
      return diagnose(DiagnosticId::UnquantizedWeights, layer, width);
    linear.weights.data.push_back(Rational(value / step).get_num().get_si());
  }
  const bool uniform = std::ranges::all_of(steps, [&](const auto& s) { return s == steps[0]; });
  linear.multiplier = uniform ? PerAxis<Rational>(steps.front()) : PerAxis<Rational>(0, steps);
  return linear;
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

Result<Value> add_linear(Importer& importer, const ForeignNode& node, Value x, Weights weights,
                         std::vector<Rational> bias) {
  GATEFOLD_CHECK(integer_weights(weights, widest_weight, node.name));
  GATEFOLD_TRY(const bool is_scaled, absorb_input_scales(importer, node, x, weights));
  const int width = is_scaled ? widest_scaled_weight : widest_weight;
  GATEFOLD_TRY(graph::Linear linear, integer_weights(weights, width, node.name));
  linear.bias = std::move(bias);
  return importer.add(std::move(linear), {x}, layer_name(node));
}

Result<std::vector<Rational>> bias_at(const Importer& importer, const ForeignNode& node,
                                      std::size_t index, std::int64_t outputs,
                                      const Rational& factor) {
  if (!importer.has_input(node, index)) return std::vector<Rational>{};
  GATEFOLD_TRY(const ConstantSymbol constant, importer.constant(node, index, "bias"));
  GATEFOLD_TRY(const auto spread, broadcast(constant, {outputs}, node.name));
  std::vector<Rational> bias;
  for (std::int64_t j = 0; j < outputs; ++j) bias.push_back(spread.at(j, {outputs}) * factor);
  return bias;
}

}  // namespace gatefold::layers
