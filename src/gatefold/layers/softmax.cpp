// Softmax at the end of a model: e^(x - max) by table, 1 / sum by table, one product.
//
// The result differs from the real softmax by at most `softmax_bound`, and the argmax is that of
// the logits: a logit below the largest always gets a smaller output, since its distance is rounded
// up to at least one step of the exponential's table. Two smaller logits less than a step apart may
// get equal outputs.
#include "gatefold/layers/softmax.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "gatefold/layers/alignment.h"
#include "gatefold/layers/attributes.h"
#include "gatefold/layers/importer.h"
#include "gatefold/numeric/functions.h"

namespace gatefold::layers {
namespace {

using graph::CombineKind;
using graph::Encoding;
using graph::Value;
using numeric::Grid;
using numeric::PerAxis;
using numeric::power_of_two;
using numeric::Rounding;

constexpr int step_bits = 6;         // the exponential's table has steps of 2^-6 …
constexpr int distance_width = 10;   // … up to a distance of 16
constexpr int result_fraction = 16;  // of exponentials, reciprocals and outputs
constexpr int sum_fraction = 8;      // the reciprocal's table has steps of 2^-8
constexpr std::int64_t most_logits = 256;

/// The logits as exact reals: scale * raw + offset, raw in range.
struct Logit {
  Rational scale, offset;
  numeric::Interval range;
};

std::vector<Logit> logits_of(const graph::TensorType& type) {
  std::vector<Logit> logits;
  for (std::int64_t i = 0; i < type.size(); ++i)
    logits.push_back({type.encoding.scale.at(i, type.shape), type.encoding.offset.at(i, type.shape),
                      type.range(i)});
  return logits;
}

std::int64_t nearest(const Rational& value) {
  return numeric::to_int64(numeric::round(value, Rounding::HalfUp)).value_or(0);
}

/// The order of a at `raw` against b, real and aligned, agrees at both integers of b around
/// equality; by monotony it then agrees everywhere.
bool order_kept(const Logit& a, const Logit& b, std::int64_t raw, const Alignment& grid,
                std::size_t i, std::size_t j) {
  const Rational real = a.scale * numeric::from_int64(raw) + a.offset;
  const std::int64_t aligned = grid.factors[i] * raw + grid.addends[i];
  const Rational crossing = (real - b.offset) / b.scale;
  const auto below = numeric::to_int64(numeric::floor(crossing));
  if (!below) return true;
  for (std::int64_t other = *below; other <= *below + 1; ++other) {
    if (!b.range.contains(numeric::Interval::constant(other))) continue;
    const int exact = cmp(Rational(numeric::from_int64(other)), crossing);
    const std::int64_t difference = grid.factors[j] * other + grid.addends[j] - aligned;
    if ((exact > 0) != (difference > 0) || (exact < 0) != (difference < 0)) return false;
  }
  return true;
}

bool order_kept(const std::vector<Logit>& logits, const Alignment& grid) {
  for (std::size_t i = 0; i < logits.size(); ++i)
    for (std::size_t j = i + 1; j < logits.size(); ++j)
      for (std::int64_t raw = logits[i].range.low; raw <= logits[i].range.high; ++raw)
        if (!order_kept(logits[i], logits[j], raw, grid, i, j)) return false;
  return true;
}

/// The largest |aligned * grid - real| over all logits (offsets counted from the first one's).
Rational alignment_error(const std::vector<Logit>& logits, const Alignment& grid) {
  Rational worst = 0;
  for (std::size_t i = 0; i < logits.size(); ++i)
    for (const std::int64_t raw : {logits[i].range.low, logits[i].range.high}) {
      const Rational aligned = numeric::from_int64(grid.factors[i]) * numeric::from_int64(raw) +
                               numeric::from_int64(grid.addends[i]);
      const Rational real =
          logits[i].scale * numeric::from_int64(raw) + logits[i].offset - logits.front().offset;
      const Rational error = abs(Rational(aligned * grid.steps[i] - real));
      if (error > worst) worst = error;
    }
  return worst;
}

Alignment aligned_on(const std::vector<Logit>& logits, const Rational& grid) {
  Alignment alignment{std::vector<Rational>(logits.size(), grid), {}, {}};
  for (const Logit& logit : logits) {
    alignment.factors.push_back(nearest(logit.scale / grid));
    alignment.addends.push_back(nearest((logit.offset - logits.front().offset) / grid));
  }
  return alignment;
}

bool is_positive(const Logit& logit) { return sgn(logit.scale) > 0; }

/// True when every aligned logit, and the difference of two, stays inside a word.
bool fits(const std::vector<Logit>& logits, const Rational& grid) {
  const Rational limit = grid * power_of_two(numeric::max_word_width - 3);
  return std::all_of(logits.begin(), logits.end(), [&](const Logit& logit) {
    return std::ranges::all_of(
        std::array{logit.range.low, logit.range.high}, [&](std::int64_t raw) {
          return abs(Rational(logit.scale * numeric::from_int64(raw) + logit.offset)) < limit;
        });
  });
}

/// The coarsest power-of-two grid on which the logits keep their order and lose at most an eighth
/// of a step of the exponential's table (from which they then differ by a shift).
Result<Alignment> align(const std::vector<Logit>& logits, const std::string& layer) {
  if (std::all_of(logits.begin(), logits.end(), is_positive))
    for (int bits = step_bits; fits(logits, power_of_two(-bits)); ++bits) {
      Alignment alignment = aligned_on(logits, power_of_two(-bits));
      if (alignment_error(logits, alignment) > power_of_two(-step_bits - 3)) continue;
      if (order_kept(logits, alignment)) return alignment;
    }
  return diagnose(DiagnosticId::SoftmaxNotAligned, layer, numeric::max_word_width);
}

bool same_grid(const std::vector<Logit>& logits) {
  for (const Logit& logit : logits)
    if (logit.scale != logits.front().scale || logit.offset != logits.front().offset) return false;
  return true;
}

/// The logits on one grid: `linear` with one weight a logit, then the addends.
Result<Value> aligned_logits(Importer& importer, Value logits, const std::string& layer) {
  const std::vector<Logit> all = logits_of(importer.type(logits));
  if (same_grid(all)) return logits;
  GATEFOLD_TRY(const Alignment alignment, align(all, layer));
  return aligned(importer, logits, alignment, layer);
}

graph::Table exponential_table() {
  graph::Table table{0, {}, Encoding{power_of_two(-result_fraction), Rational(0), {}}};
  const Grid grid = numeric::make_grid(result_fraction + 1, false, power_of_two(-result_fraction));
  std::vector<std::int64_t> entries;
  for (std::int64_t k = 0; k < (1 << distance_width); ++k) {
    const Rational distance = k == 0 ? Rational(0) : Rational(2 * k - 1, 2) / (1 << step_bits);
    entries.push_back(
        numeric::quantize_function(numeric::Function::Exp, -distance, grid, Rounding::HalfEven));
  }
  table.entries = PerAxis<std::vector<std::int64_t>>(std::move(entries));
  return table;
}

/// 1 / s at the middle of each step of the sum, from 1 to the number of logits.
graph::Table reciprocal_table(std::int64_t logits) {
  const std::int64_t one = 1 << sum_fraction;
  graph::Table table{one, {}, Encoding{power_of_two(-result_fraction), Rational(0), {}}};
  std::vector<std::int64_t> entries;
  for (std::int64_t k = one; k <= logits * one; ++k)
    entries.push_back(nearest(Rational(2 * one, 2 * k + 1) * power_of_two(result_fraction)));
  table.entries = PerAxis<std::vector<std::int64_t>>(std::move(entries));
  return table;
}

graph::Quantize quantizer(Grid grid, Rounding rounding) {
  return {PerAxis<Grid>(std::move(grid)), rounding, numeric::Overflow::Saturate, 0, {}};
}

Result<Value> compose(Importer& importer, Value logits, const std::string& layer) {
  const std::int64_t count = importer.type(logits).size();
  const auto step = [&](graph::Op op, std::vector<Value> inputs) {
    return importer.add(std::move(op), std::move(inputs), layer);
  };
  GATEFOLD_TRY(const Value aligned, aligned_logits(importer, logits, layer));
  GATEFOLD_TRY(const Value largest,
               step(graph::Reduce{graph::ReduceKind::Maximum, {0}, true}, {aligned}));
  GATEFOLD_TRY(const Value distance,
               step(graph::Combine{CombineKind::Subtract}, {largest, aligned}));
  const Grid steps = numeric::make_grid(distance_width, false, power_of_two(-step_bits));
  GATEFOLD_TRY(const Value stepped, step(quantizer(steps, Rounding::Ceil), {distance}));
  GATEFOLD_TRY(const Value exponential, step(graph::Map{exponential_table()}, {stepped}));
  GATEFOLD_TRY(const Value sum,
               step(graph::Reduce{graph::ReduceKind::Sum, {0}, true}, {exponential}));
  const numeric::Interval sums{1 << sum_fraction, count << sum_fraction, 0};
  Grid coarse = numeric::make_grid(numeric::FixedType::holding(sums).width, false,
                                   power_of_two(-sum_fraction));
  coarse.bounds = sums;
  GATEFOLD_TRY(const Value rounded_sum, step(quantizer(coarse, Rounding::Floor), {sum}));
  GATEFOLD_TRY(const Value reciprocal, step(graph::Map{reciprocal_table(count)}, {rounded_sum}));
  GATEFOLD_TRY(const Value product,
               step(graph::Combine{CombineKind::Multiply}, {exponential, reciprocal}));
  const Grid result = numeric::make_grid(result_fraction, false, power_of_two(-result_fraction));
  return step(quantizer(result, Rounding::HalfUp), {product});
}

}  // namespace

double softmax_bound(std::int64_t logits) {
  // A softmax moves by at most half of what its logits move; the rest are roundings of tables.
  const double logit = std::ldexp(0.5 + 0.25, -step_bits);
  const double tables = std::ldexp(static_cast<double>(logits) + 1, -result_fraction - 1);
  const double tail =
      std::exp(-std::ldexp(1, distance_width - step_bits) + 1) * static_cast<double>(logits);
  const double sum = std::ldexp(0.5, -sum_fraction) +
                     std::ldexp(static_cast<double>(logits), -result_fraction - 1);
  const double output = std::ldexp(1, -result_fraction);
  return 0.5 * std::expm1(2 * logit) / 2 + tables + tail + sum + output;
}

std::vector<BoundedLayer> bounded_layers(const frontends::ForeignModel& model,
                                         const graph::Graph& graph) {
  std::vector<BoundedLayer> layers;
  for (const ForeignNode& node : model.nodes) {
    if (node.type != "Softmax") continue;
    for (const graph::Output& output : graph.outputs())
      if (output.name == node.outputs.front() && output.host == graph::HostFunction::None)
        layers.push_back({layer_name(node), softmax_bound(graph.type(output.value).size())});
  }
  return layers;
}

Status import_softmax(Importer& importer, const ForeignNode& node) {
  GATEFOLD_TRY(const Value logits, importer.linear_value(node, 0));
  const Shape& shape = importer.type(logits).shape;
  GATEFOLD_TRY(const auto axis, attribute(node, "axis", std::int64_t{-1}));
  if (shape.size() != 1 || (axis != -1 && axis != 1))
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "more than one axis");
  if (!importer.is_final(node))
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "layers behind it");
  if (importer.options().final_activation_on_host) {
    importer.finish_on_host(node, graph::HostFunction::Softmax);
    importer.set(node, logits);
    return success();
  }
  if (shape.front() > most_logits)
    return diagnose(DiagnosticId::UnsupportedForm, node.name, node.type, "more than 256 logits");
  GATEFOLD_TRY(const Value result, compose(importer, logits, layer_name(node)));
  importer.set(node, result);
  return success();
}

}  // namespace gatefold::layers
