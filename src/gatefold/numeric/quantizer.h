#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gatefold/numeric/fixed_type.h"
#include "gatefold/numeric/rational.h"

namespace gatefold::numeric {

/// What becomes of the bits below the grid. Names by behaviour; the tools' names beside them.
enum class Rounding {
  Floor,             // ap_fixed TRN, QONNX FLOOR
  TowardZero,        // TRN_ZERO, DOWN, ROUND_TO_ZERO
  HalfUp,            // RND: ties to +infinity
  HalfTowardZero,    // RND_ZERO, HALF_DOWN
  HalfAwayFromZero,  // RND_INF, HALF_UP
  HalfDown,          // RND_MIN_INF: ties to -infinity
  HalfEven,          // RND_CONV, ROUND, HALF_EVEN
  Ceil,              // CEIL (no ap_fixed mode)
  AwayFromZero,      // UP (no ap_fixed mode)
};

/// What becomes of values outside the range (ap_fixed's five; `saturated_bits` is its N).
enum class Overflow { Wrap, Saturate, SaturateZero, SaturateSymmetric, WrapSignMagnitude };

/// ap_fixed's names without `AP_` (`TRN`, `RND_CONV`, `SAT_SYM`), and `CEIL` and `UP`.
std::string_view name_of(Rounding rounding);
std::string_view name_of(Overflow overflow);
/// The inverse of `name_of`, in any case, with or without `AP_`.
std::optional<Rounding> parse_rounding(std::string_view name);
std::optional<Overflow> parse_overflow(std::string_view name);
/// QONNX and Brevitas names, in any case: `ROUND`, `HALF_EVEN`, `HALF_UP` (away from zero there),
/// `HALF_DOWN`, `FLOOR`, `CEIL`, `UP`, `DOWN`, `ROUND_TO_ZERO`.
std::optional<Rounding> parse_qonnx_rounding(std::string_view name);

/// Rounds an exact value to an integer.
Integer round(const Rational& value, Rounding rounding);
/// Rounds `value / 2^bits` to an integer; a negative `bits` is an exact left shift.
std::int64_t round_shift(std::int64_t value, int bits, Rounding rounding);

/// Whether the combination exists: at most `type.width` saturated bits in the wrapping modes (the
/// others ignore them), and WrapSignMagnitude on signed words only (as the ap_types headers).
bool is_defined(Overflow mode, const FixedType& type, int saturated_bits);

/// Brings a rounded integer into `type`. `floored` is the floor of the value before rounding
/// (WrapSignMagnitude looks at it). `saturated_bits` is the N of ap_fixed, 0 for the plain modes.
/// Needs `is_defined`. Rules: AMD UG1399; checked against the public ap_types headers.
std::int64_t overflow(const Integer& rounded, const Integer& floored, const FixedType& type,
                      Overflow mode, int saturated_bits = 0);
std::int64_t overflow(std::int64_t rounded, std::int64_t floored, const FixedType& type,
                      Overflow mode, int saturated_bits = 0);

/// A quantizer of one element: `raw = overflow(round(real / scale + zero_point))`, which stands for
/// `(raw - zero_point) * scale`. `bounds` narrow a saturation (QONNX `narrow`, fused ReLU): they
/// lie inside the type's range and are used by Overflow::Saturate only.
struct Grid {
  FixedType type;  // fraction 0: the scale says it all
  Interval bounds;
  Rational scale = 1;
  Rational zero_point = 0;

  friend bool operator==(const Grid&, const Grid&) = default;
};

/// `bounds` cover the whole type.
Grid make_grid(int width, bool is_signed, Rational scale, Rational zero_point = 0);
/// The grid of a fixed-point word: its scale is `2^-fraction`.
Grid make_grid(const FixedType& type);

/// The raw integer of an exact real value.
std::int64_t quantize(const Rational& real, const Grid& grid, Rounding rounding, Overflow mode,
                      int saturated_bits = 0);

}  // namespace gatefold::numeric
