// Weights that hardware exchanges: what they count in and how far must not follow from what they
// are now, or is settled by the project that they are loaded into.
#include <algorithm>
#include <optional>

#include "gatefold/graph/op_rules.h"
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

/// The integer that stands for real 0 at each input of a sum.
using ZeroPoints = std::vector<std::int64_t>;

/// Empty where that is 0 everywhere, where it is no integer, and where it differs by position.
ZeroPoints zero_points(const TensorType& x) {
  const auto by_input = [&](const PerAxis<Rational>& values) {
    return values.is_uniform() || values.axis + 1 == std::ssize(x.shape) || x.shape.size() == 1;
  };
  if (!by_input(x.encoding.scale) || !by_input(x.encoding.offset)) return {};
  ZeroPoints zeros;
  for (std::int64_t i = 0; i < x.shape.back(); ++i) {
    const Rational& scale = x.encoding.scale.at(i, x.shape);
    const Rational zero =
        sgn(scale) == 0 ? Rational(1, 2) : -x.encoding.offset.at(i, x.shape) / scale;
    const auto integer = numeric::to_int64(zero.get_num());
    if (zero.get_den() != 1 || !integer) return {};
    zeros.push_back(*integer);
  }
  const bool any = std::ranges::any_of(zeros, [](std::int64_t zero) { return zero != 0; });
  return any ? zeros : ZeroPoints{};
}

/// The same integers, each of which stands for as much less as their zero point.
Result<graph::Value> without_offset(Importer& importer, graph::Value x, const std::string& layer) {
  PerAxis<Rational> offset = importer.type(x).encoding.offset;
  for (Rational& value : offset.values) value = -value;
  graph::Map map{graph::RealFunction(graph::Affine{Rational(1), std::move(offset)})};
  return importer.add(std::move(map), {x}, layer);
}

/// What the zero points add to a sum, whatever the weights; none where no word holds it.
std::optional<Interval> correction_range(const graph::Linear& linear, const ZeroPoints& zeros) {
  const auto rows = static_cast<std::size_t>(linear.weights.shape[1]);
  Interval range = Interval::constant(0);
  for (std::size_t first = 0; first < zeros.size(); first += rows) {
    Interval sum = Interval::constant(0);
    for (std::size_t i = first; i < first + rows; ++i) {
      const auto product =
          graph::checked_product(linear.reloadable->weights, Interval::constant(-zeros[i]));
      if (!product || !numeric::fits_word(*product)) return std::nullopt;
      sum = sum + *product;
      if (!numeric::fits_word(sum)) return std::nullopt;
    }
    range = numeric::hull(range, sum);
  }
  return range;
}

/// Multiplier and ranges of a layer of which nothing is settled. A bias that is no integer of the
/// sums stays the hardware's.
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
  } else {
    linear.bias = bias.values;
  }
  linear.reloadable = std::move(type);
  return linear;
}

/// Makes room for what the zero points add to the sums.
Status widen_addends(graph::Linear& linear, const ZeroPoints& zeros, const std::string& layer) {
  if (zeros.empty()) return success();
  const auto range = correction_range(linear, zeros);
  graph::Reloadable& type = *linear.reloadable;
  if (!range || !numeric::fits_word(type.addend + *range))
    return diagnose(DiagnosticId::WordTooWide, layer, "linear");
  type.addend = {type.addend.low + range->low, type.addend.high + range->high, 0};
  type.addends.resize(static_cast<std::size_t>(linear.weights.shape[0] * linear.weights.shape[2]));
  return success();
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

/// What the zero points add to the sum of an output.
Rational correction(const graph::Linear& linear, const ZeroPoints& zeros, std::int64_t output) {
  const std::int64_t rows = linear.weights.shape[1], columns = linear.weights.shape[2];
  const std::int64_t group = output / columns;
  Rational sum = 0;
  for (std::int64_t i = 0; !zeros.empty() && i < rows; ++i) {
    const std::int64_t row = group * rows + i;
    sum -= numeric::from_int64(zeros[static_cast<std::size_t>(row)]) *
           numeric::from_int64(linear.weights[row * columns + output % columns]);
  }
  return sum;
}

/// The biases, where they are loaded, and what the zero points add.
Status load_addends(graph::Linear& linear, const std::vector<Rational>& biases,
                    const ZeroPoints& zeros, const TensorType& x, const std::string& layer) {
  const auto steps = sum_steps(linear, x);
  const char* what = zeros.empty() ? "bias" : "bias, with the part of the input's zero point,";
  linear.reloadable->addends.clear();
  for (std::size_t j = 0; j < steps.size(); ++j) {
    const Rational value = biases.empty() ? Rational(0) : biases[j];
    const Rational part = correction(linear, zeros, static_cast<std::int64_t>(j)) * steps[j];
    GATEFOLD_TRY(const std::int64_t addend,
                 loaded(value + part, steps[j], linear.reloadable->addend, what, layer));
    linear.reloadable->addends.push_back(addend);
  }
  return success();
}

}  // namespace

Result<graph::Linear> reloadable_weights(Importer& importer, const ForeignNode& node,
                                         graph::Value& x, const Weights& weights, const Bias& bias,
                                         int width) {
  const std::string layer = layer_name(node);
  const TensorType type = importer.type(x);
  const ZeroPoints zeros = zero_points(type);
  if (!zeros.empty()) {
    GATEFOLD_TRY(x, without_offset(importer, x, layer));
  }
  const graph::Linear* settled = importer.settled_matrix(layer);
  const numeric::Shape shape{weights.groups, weights.rows, weights.columns};
  graph::Linear linear;
  if (settled != nullptr && settled->weights.shape == shape) {
    linear.multiplier = settled->multiplier;
    linear.reloadable = settled->reloadable;
    const bool is_loaded = settled->bias.empty() && !settled->reloadable->addends.empty();
    if (!is_loaded) linear.bias = bias.values;
  } else {
    GATEFOLD_TRY(linear, typed(weights, bias, type, width, layer));
    GATEFOLD_CHECK(widen_addends(linear, zeros, layer));
  }
  GATEFOLD_CHECK(load_weights(linear, weights, layer));
  if (!linear.reloadable->addends.empty()) {
    const std::vector<Rational> loaded_biases =
        linear.bias.empty() ? bias.values : std::vector<Rational>();
    GATEFOLD_CHECK(load_addends(linear, loaded_biases, zeros, type, layer));
  }
  return linear;
}

}  // namespace gatefold::layers
