#pragma once

#include <cstdint>
#include <vector>

#include "gatefold/numeric/interval.h"
#include "gatefold/numeric/quantizer.h"

namespace gatefold::numeric {

/// `clamp(round(raw * factor + offset), bounds)`, exactly: what a quantize with an arbitrary scale
/// does to one integer. All nine roundings are monotone, so this is a step function of `raw`.
struct Rescale {
  Rational factor = 1;
  Rational offset = 0;
  Rounding rounding = Rounding::Floor;
  Interval bounds;

  std::int64_t at(std::int64_t raw) const;
  /// The least and the greatest value over an interval.
  Interval range(const Interval& input) const;

  friend bool operator==(const Rescale&, const Rescale&) = default;
};

/// A monotone integer function on an interval by the places of its steps: the value is `base` plus
/// the number of thresholds that `raw` has reached. Rising: `raw >= threshold`, thresholds ascend.
/// Falling: `raw <= threshold`, thresholds descend. A jump by several levels repeats its threshold.
struct StepFunction {
  std::int64_t base = 0;
  bool falling = false;
  std::vector<std::int64_t> thresholds;

  std::int64_t at(std::int64_t raw) const;
  std::int64_t top() const { return base + static_cast<std::int64_t>(thresholds.size()); }

  friend bool operator==(const StepFunction&, const StepFunction&) = default;
};

/// More steps than this are not listed.
inline constexpr std::int64_t max_step_count = std::int64_t{1} << 20;

/// The steps of a rescale within `input`; thresholds are values of `input` (multiples of its
/// `2^zeros`). Needs a range of at most `max_step_count` steps, see `Rescale::range`.
StepFunction step_function(const Rescale& rescale, const Interval& input);

/// The value at each integer of `input`, its `zeros` apart, in order.
std::vector<std::int64_t> values_of(const Rescale& rescale, const Interval& input);

/// The thresholds alone, one per level above the lowest that is reached.
std::vector<std::int64_t> thresholds(const Rational& factor, const Rational& offset,
                                     Rounding rounding, const Interval& input,
                                     const Interval& bounds);

/// Where a level begins: `round(value) >= level` iff `value >= level - below_twice / 2`, or
/// `value >` it when not `closed`.
struct LevelEntry {
  int below_twice = 0;
  bool closed = true;

  friend bool operator==(const LevelEntry&, const LevelEntry&) = default;
};
LevelEntry level_entry(Rounding rounding, std::int64_t level);

}  // namespace gatefold::numeric
