// Weights that hardware exchanges: what they count in and how far must not follow from what they
// are now, or is settled by the project that they are loaded into.
#include <algorithm>
#include <optional>

#include "gatefold/layers/weights.h"

namespace gatefold::layers {
namespace {

using graph::TensorType;
using numeric::Interval;
using numeric::PerAxis;

/// The narrowest signed word that holds all.
Interval signed_range(const std::vector<std::int64_t>& values) {
  Interval range{-1, 0, 0};
  for (const std::int64_t value : values)
    while (!range.contains(value)) range = {2 * range.low, 2 * range.high + 1, 0};
  return range;
}

/// One step for each output channel; none where that is not so.
std::optional<std::vector<Rational>> channel_steps(const Weights& w) {
  if (!w.grid) return std::nullopt;
  const auto& steps = w.grid->steps;
  const auto channels = static_cast<std::size_t>(w.outputs());
  if (steps.size() == 1) return std::vector<Rational>(channels, steps.front());
  std::vector<Rational> chosen(channels, 0);
  for (std::int64_t flat = 0; flat < std::ssize(w.values); ++flat) {
    Rational& step = chosen[w.channel_of(flat)];
    const Rational& own = steps[static_cast<std::size_t>(flat)];
    if (sgn(step) != 0 && step != own) return std::nullopt;
    step = own;
  }
  return chosen;
}

PerAxis<Rational> by_channel(std::vector<Rational> values) {
  const bool uniform = std::ranges::all_of(values, [&](const auto& v) { return v == values[0]; });
  return uniform ? PerAxis<Rational>(values.front()) : PerAxis<Rational>(0, std::move(values));
}

const Rational& multiplier_of(const graph::Linear& linear, std::size_t channel) {
  return linear.multiplier.values[linear.multiplier.is_uniform() ? 0 : channel];
}

/// What the integers of each output's sum stand for; empty where that differs by position.
std::vector<Rational> sum_steps(const graph::Linear& linear, const TensorType& x) {
  const PerAxis<Rational>& scale = x.encoding.scale;
  const bool by_position = !scale.is_uniform() && scale.axis + 1 != std::ssize(x.shape);
  if (by_position) return {};
  const std::int64_t groups = linear.weights.shape[0], inputs = linear.weights.shape[1],
                     outputs = linear.weights.shape[2];
  std::vector<Rational> steps;
  for (std::int64_t c = 0; c < groups * outputs; ++c)
    steps.push_back(multiplier_of(linear, static_cast<std::size_t>(c)) *
                    scale.at(c / outputs * inputs, x.shape));
  return steps;
}

/// The biases in these steps; none where one is no integer of them.
std::optional<std::vector<std::int64_t>> integers(const std::vector<Rational>& values,
                                                  const std::vector<Rational>& steps) {
  if (steps.empty()) return std::nullopt;
  std::vector<std::int64_t> result;
  for (std::size_t j = 0; j < values.size(); ++j) {
    if (sgn(steps[j]) == 0) return std::nullopt;
    const Rational count = values[j] / steps[j];
    const auto integer = numeric::to_int64(count.get_num());
    if (count.get_den() != 1 || !integer) return std::nullopt;
    result.push_back(*integer);
  }
  return result;
}

/// What the quantizer of the biases can give, in the steps of the sums.
std::optional<Interval> quantized_range(const Bias& bias, const std::vector<Rational>& steps) {
  if (!bias.grid) return std::nullopt;
  std::vector<Rational> own = bias.grid->steps;
  own.resize(steps.size(), own.front());
  const auto factors = integers(own, steps);
  if (!factors) return std::nullopt;
  Interval range = Interval::constant(0);
  for (const std::int64_t factor : *factors) {
    if (!numeric::fits_word({0, factor, 0}) || factor < 0 || factor >= 1 << widest_weight)
      return std::nullopt;
    range = numeric::hull(range, bias.grid->integers * factor);
  }
  if (numeric::width_of(range) > widest_weight) return std::nullopt;
  return Interval{range.low, range.high, 0};
}

/// Multiplier and ranges of a layer of which nothing is settled.
Result<graph::Linear> typed(const Weights& w, const Bias& bias, const TensorType& x, int width,
                            const std::string& layer) {
  graph::Linear linear;
  graph::Reloadable type;
  if (auto steps = channel_steps(w)) {
    linear.weights.shape = {w.groups, w.rows, w.columns};
    linear.multiplier = by_channel(*std::move(steps));
    // Places without a weight hold 0.
    type.weights = {std::min<std::int64_t>(w.grid->integers.low, 0),
                    std::max<std::int64_t>(w.grid->integers.high, 0), 0};
  } else {
    GATEFOLD_TRY(linear, integer_weights(w, width, layer));
    type.weights = signed_range(linear.weights.data);
  }
  const auto steps = sum_steps(linear, x);
  if (const auto addends = integers(bias.values, steps); addends && !addends->empty()) {
    type.addend = quantized_range(bias, steps).value_or(signed_range(*addends));
    type.addends = *addends;
  }
  linear.reloadable = std::move(type);
  return linear;
}

/// The integer of a value that is one of `range` in this step.
Result<std::int64_t> loaded(const Rational& value, const Rational& step, const Interval& range,
                            const char* what, const std::string& layer) {
  const Rational count = sgn(step) == 0 ? Rational(1, 2) : Rational(value / step);
  const auto integer = numeric::to_int64(count.get_num());
  if (count.get_den() == 1 && integer && range.low <= *integer && *integer <= range.high)
    return *integer;
  const auto text = [&](const Rational& v) { return numeric::to_string(v); };
  return diagnose(DiagnosticId::WeightNotLoadable, layer, what, text(value), text(step),
                  text(numeric::from_int64(range.low) * step),
                  text(numeric::from_int64(range.high) * step));
}

Status load_weights(graph::Linear& linear, const Weights& w, const std::string& layer) {
  linear.weights = {{w.groups, w.rows, w.columns}, {}};
  linear.weights.data.reserve(w.values.size());
  for (std::int64_t flat = 0; flat < std::ssize(w.values); ++flat) {
    GATEFOLD_TRY(const std::int64_t weight, loaded(w.values[static_cast<std::size_t>(flat)],
                                                   multiplier_of(linear, w.channel_of(flat)),
                                                   linear.reloadable->weights, "weight", layer));
    linear.weights.data.push_back(weight);
  }
  return success();
}

Status load_addends(graph::Linear& linear, const Bias& bias, const TensorType& x,
                    const std::string& layer) {
  const auto steps = sum_steps(linear, x);
  linear.reloadable->addends.clear();
  for (std::size_t j = 0; j < steps.size(); ++j) {
    const Rational value = bias.values.empty() ? Rational(0) : bias.values[j];
    GATEFOLD_TRY(const std::int64_t addend,
                 loaded(value, steps[j], linear.reloadable->addend, "bias", layer));
    linear.reloadable->addends.push_back(addend);
  }
  return success();
}

}  // namespace

Result<graph::Linear> reloadable_weights(Importer& importer, const ForeignNode& node,
                                         const TensorType& x, const Weights& weights,
                                         const Bias& bias, int width) {
  const std::string layer = layer_name(node);
  const graph::Linear* settled = importer.settled_matrix(layer);
  const numeric::Shape shape{weights.groups, weights.rows, weights.columns};
  graph::Linear linear;
  if (settled != nullptr && settled->weights.shape == shape) {
    linear.multiplier = settled->multiplier;
    linear.reloadable = settled->reloadable;
  } else {
    GATEFOLD_TRY(linear, typed(weights, bias, x, width, layer));
  }
  GATEFOLD_CHECK(load_weights(linear, weights, layer));
  if (linear.reloadable->addends.empty()) {
    linear.bias = bias.values;
  } else {
    GATEFOLD_CHECK(load_addends(linear, bias, x, layer));
  }
  return linear;
}

}  // namespace gatefold::layers
