#pragma once

#include "gatefold/numeric/quantizer.h"

// Every rounding and every overflow, for tests over all of them.
namespace gatefold::numeric {

inline constexpr Rounding all_roundings[] = {
    Rounding::Floor,    Rounding::TowardZero,     Rounding::HalfUp,
    Rounding::HalfDown, Rounding::HalfTowardZero, Rounding::HalfAwayFromZero,
    Rounding::HalfEven, Rounding::Ceil,           Rounding::AwayFromZero};

inline constexpr Overflow all_overflows[] = {Overflow::Wrap, Overflow::Saturate,
                                             Overflow::SaturateZero, Overflow::SaturateSymmetric,
                                             Overflow::WrapSignMagnitude};

}  // namespace gatefold::numeric
