#include "gatefold/numeric/rescale.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "gatefold/numeric/separating_line.h"
#include "gatefold/numeric/signed_digits.h"
#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

constexpr int word_bits = max_word_width - 1;  // without the sign
constexpr Wide word_limit = Wide{1} << word_bits;

bool in_word(Wide value) { return value >= -word_limit && value < word_limit; }

bool computes_in_word(const ShiftRescale& rescale, const Interval& input) {
  for (const std::int64_t raw : {input.low, input.high}) {
    const Wide product = Wide{raw} * rescale.multiplier;
    if (!in_word(product) || !in_word(product + rescale.addend)) return false;
  }
  return in_word(rescale.addend);
}

int bits_of(Wide magnitude) {
  return magnitude <= 0
             ? 0
             : std::bit_width(static_cast<std::uint64_t>(std::min(magnitude, Wide{INT64_MAX})));
}

// The conditions on a rising line: it reaches level k at its threshold and not one value before.
// Levels at the ends of `bounds` need no outer condition because the clamp makes it.
SeparatingLine conditions(const StepFunction& steps, const Interval& input,
                          const Interval& bounds) {
  const std::int64_t unit = std::int64_t{1} << input.zeros;
  const std::int64_t sign = steps.falling ? -1 : 1;
  std::vector<GridPoint> below, above;
  const std::int64_t first = steps.falling ? -input.high : input.low;
  const std::int64_t last = steps.falling ? -input.low : input.high;
  if (steps.base > bounds.low) below.push_back({first, steps.base});
  std::int64_t level = steps.base;
  for (const std::int64_t threshold : steps.thresholds) {
    ++level;
    below.push_back({sign * threshold, level});
    above.push_back({sign * threshold - unit, level});
  }
  if (level < bounds.high) above.push_back({last, level + 1});
  return {below, above};
}

// The largest shift whose product can fit a word at all: the steps alone tell the slope.
int largest_shift(const StepFunction& steps, const Interval& input) {
  const Wide reach = std::max(-Wide{input.low}, Wide{input.high});
  const Wide first = steps.thresholds.front(), last = steps.thresholds.back();
  const Wide span = (first < last ? last - first : first - last) + (Wide{1} << input.zeros);
  const Wide rise = static_cast<Wide>(steps.thresholds.size());
  const Wide outputs =
      std::max({Wide{1}, -Wide{steps.base}, Wide{steps.top()}, reach * rise / span});
  return std::max(0, word_bits - bits_of(outputs));
}

// Of the slopes with the fewest digits, the one whose addend is cheapest.
class Choice {
 public:
  Choice(const StepFunction& steps, const Interval& input, const SeparatingLine& line)
      : mirrored_(steps.falling), input_(input), line_(line) {}

  // True when the candidates of this shift improve on what is known.
  void offer(int shift, const SeparatingLine::Range& slopes) {
    const auto candidates = fewest_digits_between(static_cast<std::int64_t>(slopes.low),
                                                  static_cast<std::int64_t>(slopes.high));
    if (best_ && signed_digit_count(candidates.front()) >= digits_) return;
    std::optional<ShiftRescale> chosen;
    for (const std::int64_t slope : candidates) {
      const auto made = with_cheapest_addend(shift, slope);
      if (made && (!chosen || rank(*made) < rank(*chosen))) chosen = made;
    }
    if (!chosen) return;
    best_ = chosen;
    digits_ = signed_digit_count(chosen->multiplier);
  }

  const std::optional<ShiftRescale>& best() const { return best_; }
  int digits() const { return digits_; }

 private:
  static std::int64_t magnitude(std::int64_t value) { return value < 0 ? -value : value; }

  static std::tuple<int, std::int64_t, std::int64_t> rank(const ShiftRescale& rescale) {
    return {signed_digit_count(rescale.addend), magnitude(rescale.multiplier),
            magnitude(rescale.addend)};
  }

  std::optional<ShiftRescale> with_cheapest_addend(int shift, std::int64_t slope) const {
    auto [low, high] = line_.addends(shift, slope);
    low = std::max(low, -word_limit);
    high = std::min(high, word_limit - 1);
    if (low > high) return std::nullopt;
    std::optional<ShiftRescale> chosen;
    for (const std::int64_t addend :
         fewest_digits_between(static_cast<std::int64_t>(low), static_cast<std::int64_t>(high))) {
      const ShiftRescale made{mirrored_ ? -slope : slope, addend, shift};
      if (computes_in_word(made, input_) && (!chosen || rank(made) < rank(*chosen))) chosen = made;
    }
    return chosen;
  }

  bool mirrored_;
  const Interval& input_;
  const SeparatingLine& line_;
  std::optional<ShiftRescale> best_;
  int digits_ = 0;
};

// Levels that stand for all reached ones: entries differ by sign and parity only.
std::vector<std::int64_t> sample_levels(const Interval& range) {
  std::vector<std::int64_t> levels;
  for (const std::int64_t level :
       {range.low + 1, range.low + 2, std::int64_t{0}, std::int64_t{1}, range.high - 1, range.high})
    if (level > range.low && level <= range.high) levels.push_back(level);
  return levels;
}

// Too many steps to look at each: a dyadic factor m / 2^s keeps its multiplier, and every level
// asks for the same addend or there is none.
std::optional<ShiftRescale> exact_by_construction(const Rescale& rescale, const Interval& input,
                                                  const Interval& range) {
  Rational factor = rescale.factor;
  mpq_mul_2exp(factor.get_mpq_t(), factor.get_mpq_t(), static_cast<mp_bitcnt_t>(input.zeros));
  const auto logarithm = log2_exact(Rational(factor.get_den()));
  const auto multiplier = to_int64(factor.get_num());
  if (!logarithm || !multiplier || *logarithm + input.zeros > word_bits) return std::nullopt;
  std::optional<Integer> addend;
  for (const std::int64_t level : sample_levels(range)) {
    const LevelEntry entry = level_entry(rescale.rounding, level);
    const Rational reach =
        (rescale.offset + ratio(entry.below_twice, 2)) * power_of_two(*logarithm);
    const Integer needed = entry.closed ? floor(reach) : Integer(-floor(-reach) - 1);
    if (addend && *addend != needed) return std::nullopt;
    addend = needed;
  }
  const auto small = to_int64(*addend);
  if (!small || !in_word(Wide{*small} << input.zeros)) return std::nullopt;
  const ShiftRescale made{*multiplier, *small * (std::int64_t{1} << input.zeros),
                          *logarithm + input.zeros};
  return computes_in_word(made, input) ? std::optional(made) : std::nullopt;
}

}  // namespace

std::optional<ShiftRescale> find_shift_rescale(const StepFunction& steps, const Interval& input,
                                               const Interval& bounds) {
  GATEFOLD_ASSERT(bounds.low <= steps.base && steps.top() <= bounds.high, "values within bounds");
  if (steps.thresholds.empty()) return ShiftRescale{0, steps.base, 0};
  const SeparatingLine line = conditions(steps, input, bounds);
  const int finest = largest_shift(steps, input);
  const auto all = line.slopes(finest, {0, Wide{1} << word_bits});
  if (!all) return std::nullopt;
  const auto lightest = fewest_digits_between(static_cast<std::int64_t>(all->low),
                                              static_cast<std::int64_t>(all->high), 1);
  const int fewest = signed_digit_count(lightest.front());
  Choice choice(steps, input, line);
  for (int shift = 0; shift <= finest; ++shift) {
    const int coarser = finest - shift;
    const auto slopes = line.slopes(shift, {-((-all->low) >> coarser), all->high >> coarser});
    if (slopes) choice.offer(shift, *slopes);
    if (choice.best() && choice.digits() <= fewest) break;
  }
  return choice.best();
}

std::optional<ShiftRescale> find_shift_rescale(const Rational& factor, const Rational& offset,
                                               Rounding rounding, const Interval& input,
                                               const Interval& bounds) {
  const Rescale rescale{factor, offset, rounding, bounds};
  const Interval range = rescale.range(input);
  if (range.is_constant()) return ShiftRescale{0, range.low, 0};
  if (Wide{range.high} - range.low > max_fitted_steps)
    return exact_by_construction(rescale, input, range);
  return find_shift_rescale(step_function(rescale, input), input, bounds);
}

std::int64_t apply(const ShiftRescale& rescale, std::int64_t raw, const Interval& bounds) {
  const Wide shifted = (Wide{raw} * rescale.multiplier + rescale.addend) >> rescale.shift;
  return static_cast<std::int64_t>(std::clamp(shifted, Wide{bounds.low}, Wide{bounds.high}));
}

}  // namespace gatefold::numeric
