#pragma once

#include <cstdint>
#include <optional>

#include "gatefold/numeric/interval.h"
#include "gatefold/numeric/quantizer.h"

namespace gatefold::numeric {

/// An integer step function computed by one multiplication and one shift:
/// `clamp((raw * multiplier + addend) >> shift, bounds)` with an arithmetic (floor) shift.
struct ShiftRescale {
  std::int64_t multiplier = 1;
  std::int64_t addend = 0;
  int shift = 0;

  friend bool operator==(const ShiftRescale&, const ShiftRescale&) = default;
};

/// The cheapest ShiftRescale (fewest nonzero signed digits of the multiplier, then smallest shift)
/// that equals `clamp(round(raw * factor + offset), bounds)` for *every* raw of `input`, proved at
/// each step of the two monotone functions; empty when none has a product within a word.
/// `bounds` must be no wider than 16 bits or the factor a power of two times a small integer.
std::optional<ShiftRescale> find_shift_rescale(const Rational& factor, const Rational& offset,
                                               Rounding rounding, const Interval& input,
                                               const Interval& bounds);

std::int64_t apply(const ShiftRescale& rescale, std::int64_t raw, const Interval& bounds);

}  // namespace gatefold::numeric
