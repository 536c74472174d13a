#include "gatefold/numeric/step_function.h"

#include <algorithm>

#include "gatefold/support/assert.h"

namespace gatefold::numeric {
namespace {

// The thresholds of one rescale by one division each: with factor > 0, value >= level - b/2 means
// raw >= ((2 level - b) od - 2 on) fd / (2 od fn), in units of 2^zeros.
class Thresholds {
 public:
  Thresholds(const Rational& factor, const Rational& offset)
      : slope_(offset.get_den() * factor.get_den()),
        start_(2 * offset.get_num() * factor.get_den()),
        divisor_(2 * offset.get_den() * factor.get_num()) {}

  // The least integer at or beyond (closed) or strictly beyond the boundary; factor > 0.
  Integer first_at(std::int64_t level, const LevelEntry& entry) {
    numerator_ = Integer(static_cast<long>(level));
    numerator_ *= 2;
    numerator_ -= entry.below_twice;
    numerator_ *= slope_;
    numerator_ -= start_;
    Integer quotient;
    if (entry.closed) {
      mpz_cdiv_q(quotient.get_mpz_t(), numerator_.get_mpz_t(), divisor_.get_mpz_t());
    } else {
      mpz_fdiv_q(quotient.get_mpz_t(), numerator_.get_mpz_t(), divisor_.get_mpz_t());
      ++quotient;
    }
    return quotient;
  }

 private:
  Integer slope_, start_, divisor_, numerator_;
};

}  // namespace

LevelEntry level_entry(Rounding rounding, std::int64_t level) {
  const bool positive = level >= 1;
  switch (rounding) {
    case Rounding::Floor:
      return {0, true};
    case Rounding::Ceil:
      return {2, false};
    case Rounding::TowardZero:
      return positive ? LevelEntry{0, true} : LevelEntry{2, false};
    case Rounding::AwayFromZero:
      return positive ? LevelEntry{2, false} : LevelEntry{0, true};
    case Rounding::HalfUp:
      return {1, true};
    case Rounding::HalfDown:
      return {1, false};
    case Rounding::HalfTowardZero:
      return {1, !positive};
    case Rounding::HalfAwayFromZero:
      return {1, positive};
    case Rounding::HalfEven:
      return {1, level % 2 == 0};
  }
  GATEFOLD_ASSERT(false, "rounding");
}

std::int64_t Rescale::at(std::int64_t raw) const {
  const Integer rounded = round(factor * from_int64(raw) + offset, rounding);
  if (rounded <= bounds.low) return bounds.low;
  return rounded >= bounds.high ? bounds.high : rounded.get_si();
}

Interval Rescale::range(const Interval& input) const {
  const std::int64_t first = at(input.low), last = at(input.high);
  return hull(Interval::constant(first), Interval::constant(last));
}

std::int64_t StepFunction::at(std::int64_t raw) const {
  const auto reached =
      falling ? std::ranges::upper_bound(thresholds, raw, [](auto a, auto b) { return a > b; })
              : std::ranges::upper_bound(thresholds, raw);
  return base + (reached - thresholds.begin());
}

StepFunction step_function(const Rescale& rescale, const Interval& input) {
  const Interval range = rescale.range(input);
  GATEFOLD_ASSERT(range.high - range.low <= max_step_count, "too many steps to list");
  StepFunction steps{range.low, rescale.factor < 0, {}};
  if (range.is_constant()) return steps;
  steps.thresholds.reserve(static_cast<std::size_t>(range.high - range.low));
  const std::int64_t unit = std::int64_t{1} << input.zeros;
  Thresholds places(abs(rescale.factor) * from_int64(unit), rescale.offset);
  for (std::int64_t level = range.low + 1; level <= range.high; ++level) {
    const Integer place = places.first_at(level, level_entry(rescale.rounding, level));
    steps.thresholds.push_back(place.get_si() * (steps.falling ? -unit : unit));
  }
  return steps;
}

std::vector<std::int64_t> values_of(const Rescale& rescale, const Interval& input) {
  const Interval all{input.low, input.high}, range = rescale.range(input);
  std::vector<std::int64_t> values;
  values.reserve(static_cast<std::size_t>(input.high - input.low + 1));
  if (range.high - range.low > input.high - input.low) {  // more levels than integers
    for (std::int64_t raw = input.low; raw <= input.high; ++raw) values.push_back(rescale.at(raw));
    return values;
  }
  const StepFunction steps = step_function(rescale, all);
  for (std::int64_t raw = input.low; raw <= input.high; ++raw) values.push_back(steps.at(raw));
  return values;
}

std::vector<std::int64_t> thresholds(const Rational& factor, const Rational& offset,
                                     Rounding rounding, const Interval& input,
                                     const Interval& bounds) {
  return step_function({factor, offset, rounding, bounds}, input).thresholds;
}

}  // namespace gatefold::numeric
