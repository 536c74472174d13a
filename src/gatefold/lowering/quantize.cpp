// quantize: whatever realises the exact step function on the reachable interval and is cheapest —
// nothing, a comparator, a small table, a multiplication by a constant with a shift, a large table
// or its steps in segments.
#include "gatefold/lowering/quantize.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "gatefold/graph/quantize_step.h"
#include "gatefold/lowering/steps.h"

namespace gatefold::lowering {
namespace {

/// The widest input that a table may have.
constexpr int widest_table = 14;

/// A table of this many input bits is kept for its short path, whatever is cheaper.
constexpr int quick_table_width = 8;
/// The most output levels of a function whose steps are listed.
constexpr int most_steps = 1 << 13;

using Entries = std::vector<std::int64_t>;

bool has_room(const numeric::ShiftRescale& step, const Interval& x) {
  return adders_have_room(magnitude(x) * std::abs(static_cast<double>(step.multiplier)) +
                          std::abs(static_cast<double>(step.addend)));
}

}  // namespace

ValueId rescale(Lowerer& lowerer, ValueId x, const numeric::ShiftRescale& step,
                const Interval& bounds) {
  const ValueId sum = lowerer.matrix({x}, {step.multiplier}, 1, {step.addend}).front();
  return lowerer.clamp(lowerer.shift(sum, -step.shift), bounds);
}

std::optional<numeric::ShiftRescale> shift_of(const std::optional<graph::AffineStep>& step,
                                              const Interval& reach) {
  if (!step) return std::nullopt;
  auto shift =
      numeric::find_shift_rescale(step->factor, step->offset, step->rounding, reach, step->bounds);
  if (shift && !has_room(*shift, reach)) shift.reset();
  return shift;
}

namespace {

bool is_pure_shift(const numeric::ShiftRescale& step) {
  return step.addend == 0 && step.multiplier > 0 && (step.multiplier & (step.multiplier - 1)) == 0;
}

/// Whether a monotone step reaches at most two outputs.
bool few_levels(const Entries& entries) {
  const auto change = std::adjacent_find(entries.begin(), entries.end(), std::not_equal_to<>());
  return change == entries.end() ||
         std::adjacent_find(change + 1, entries.end(), std::not_equal_to<>()) == entries.end();
}

/// Two reachable outputs of a monotone step: one comparison.
std::optional<ValueId> comparator(Lowerer& lowerer, ValueId x, const Entries& entries,
                                  std::int64_t first) {
  const auto change = std::adjacent_find(entries.begin(), entries.end(), std::not_equal_to<>());
  if (change == entries.end()) return lowerer.constant(entries.front());
  if (!few_levels(entries)) return std::nullopt;
  const std::int64_t last_low = first + (change - entries.begin());
  const ValueId is_low =
      lowerer.compare(hardware::Relation::LessEqual, x, lowerer.constant(last_low));
  if (entries.front() == 1 && entries.back() == 0) return is_low;
  return lowerer.select(is_low, lowerer.constant(entries.front()),
                        lowerer.constant(entries.back()));
}

/// Round half to even where ties are reached: v / 2^bits rounds up with one more in the last place
/// when the bit above the point is set. Needs raw * factor + offset to be integers over 2^bits.
std::optional<ValueId> half_even(Lowerer& lowerer, ValueId x, const graph::AffineStep& step,
                                 const Interval& reach) {
  if (step.rounding != numeric::Rounding::HalfEven) return std::nullopt;
  const numeric::Integer common = lcm(step.factor.get_den(), step.offset.get_den());
  const auto bits = numeric::log2_exact(numeric::Rational(common));
  if (!bits || *bits < 1 || *bits >= numeric::max_word_width) return std::nullopt;
  const numeric::Rational unit = numeric::power_of_two(*bits);
  const auto factor = numeric::to_int64(numeric::Rational(step.factor * unit).get_num());
  const auto offset = numeric::to_int64(numeric::Rational(step.offset * unit).get_num());
  if (!factor || !offset || !has_room({*factor, *offset, 0}, reach)) return std::nullopt;
  const ValueId product = lowerer.matrix({x}, {*factor}, 1).front();
  const ValueId exact = lowerer.add(product, lowerer.constant(*offset));
  const ValueId above = lowerer.wrap(lowerer.shift(exact, -*bits), 1, false);
  const ValueId half = lowerer.constant((std::int64_t{1} << (*bits - 1)) - 1);
  const ValueId sum = lowerer.add(lowerer.add(exact, half), above);
  return lowerer.clamp(lowerer.shift(sum, -*bits), step.bounds);
}

/// The step on the inputs between its first and its last threshold; others clamp to these.
std::optional<ValueId> clamped_rescale(Lowerer& lowerer, ValueId x, const graph::AffineStep& step,
                                       const numeric::StepFunction& steps) {
  const auto [low, high] = std::minmax(steps.thresholds.front(), steps.thresholds.back());
  const Interval between{low - (steps.falling ? 0 : 1), high + (steps.falling ? 1 : 0), 0};
  const auto shift =
      numeric::find_shift_rescale(step.factor, step.offset, step.rounding, between, step.bounds);
  if (!shift || !has_room(*shift, between)) return std::nullopt;
  return rescale(lowerer, lowerer.clamp(x, between), *shift, step.bounds);
}

/// A whole table, or its steps where these take less than half of it.
ValueId tabulated(Lowerer& lowerer, ValueId x, const Entries& entries, const Interval& reach) {
  const int width = numeric::FixedType::holding(reach).width;
  const auto steps = width > quick_table_width ? steps_of(entries, reach.low) : std::nullopt;
  if (!steps) return lowerer.lookup(x, reach.low, entries);
  const auto [low, high] = std::ranges::minmax(entries);
  const double luts = table_luts(width, numeric::FixedType::holding({low, high, 0}).width);
  return 2 * choose_segments(*steps).luts < luts ? lower_steps(lowerer, x, *steps)
                                                 : lowerer.lookup(x, reach.low, entries);
}

/// An affine step on an input too wide for a table and for one multiplication.
std::optional<ValueId> wide_step(Lowerer& lowerer, ValueId x, const graph::AffineStep& step,
                                 const Interval& reach) {
  if (const auto rounded = half_even(lowerer, x, step, reach)) return rounded;
  const Interval levels = step.range(reach);
  if (levels.is_constant()) return lowerer.constant(levels.low);
  if (levels.high - levels.low > most_steps * 8) return std::nullopt;
  const auto steps = numeric::step_function(step, reach);
  if (const auto rescaled = clamped_rescale(lowerer, x, step, steps)) return rescaled;
  if (levels.high - levels.low > most_steps) return std::nullopt;
  return lower_steps(lowerer, x, steps);
}

}  // namespace

Result<ValueId> realise(Lowerer& lowerer, const graph::Quantize& quantize,
                        const graph::TensorType& in, std::int64_t flat, ValueId x,
                        const std::string& layer) {
  const Interval& reach = in.range(flat);
  const int width = numeric::FixedType::holding(reach).width;
  const auto step = graph::affine_step(quantize, in, flat);
  const auto shift = shift_of(step, reach);
  if (shift && is_pure_shift(*shift)) return rescale(lowerer, x, *shift, step->bounds);
  if (width <= widest_table) {
    const Entries entries = graph::quantize_table(quantize, in, flat);
    if (const auto compared = comparator(lowerer, x, entries, reach.low)) return *compared;
    if (!shift || width <= free_table_width) return tabulated(lowerer, x, entries, reach);
  }
  if (shift) return rescale(lowerer, x, *shift, step->bounds);
  if (step)
    if (const auto word = wide_step(lowerer, x, *step, reach)) return *word;
  if (const auto steps = graph::monotone_steps(quantize, in, flat, most_steps))
    return lower_steps(lowerer, x, *steps);
  return diagnose(DiagnosticId::QuantizerTooWide, layer, width, widest_table);
}

namespace {

/// The addend of a rescale without a multiplication that `realise` would take.
std::int64_t addend_of(const graph::Quantize& quantize, const graph::TensorType& in,
                       std::int64_t flat) {
  const Interval& reach = in.range(flat);
  const auto shift = shift_of(graph::affine_step(quantize, in, flat), reach);
  if (!shift || shift->multiplier != 1) return 0;
  const int width = numeric::FixedType::holding(reach).width;
  if (width <= free_table_width) return 0;
  if (width <= widest_table && few_levels(graph::quantize_table(quantize, in, flat))) return 0;
  return shift->addend;
}

/// The rest of a rescale whose addend the sum carries.
ValueId drop_bits(Lowerer& lowerer, const graph::Quantize& quantize, const graph::TensorType& in,
                  std::int64_t flat, ValueId sum) {
  const auto step = graph::affine_step(quantize, in, flat);
  auto shift = *shift_of(step, in.range(flat));
  shift.addend = 0;
  return rescale(lowerer, sum, shift, step->bounds);
}

}  // namespace

std::vector<std::int64_t> addends_of(const graph::Quantize& quantize, const graph::TensorType& in) {
  std::vector<std::int64_t> addends;
  for (std::int64_t i = 0; i < in.size(); ++i) addends.push_back(addend_of(quantize, in, i));
  return addends;
}

Result<Words> lower_quantize(Lowerer& lowerer, const graph::Quantize& quantize,
                             const graph::Node& node) {
  const graph::TensorType& in = lowerer.type(node.inputs.front());
  const Words x = lowerer.words(node.inputs.front());
  const auto& carried = lowerer.addends(node.inputs.front());
  Words result;
  for (std::int64_t i = 0; i < in.size(); ++i) {
    const ValueId sum = x[static_cast<std::size_t>(i)];
    if (!carried.empty() && carried[static_cast<std::size_t>(i)] != 0) {
      result.push_back(drop_bits(lowerer, quantize, in, i, sum));
      continue;
    }
    GATEFOLD_TRY(const ValueId word, realise(lowerer, quantize, in, i, sum, node.layer));
    result.push_back(word);
  }
  return result;
}

}  // namespace gatefold::lowering
