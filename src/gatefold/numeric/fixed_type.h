#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gatefold/numeric/interval.h"

namespace gatefold::numeric {

/// A fixed-point word: the integer `raw` of `width` bits stands for `raw * 2^-fraction`.
/// Width 0 is the constant 0: pruned and zero-bit are one thing. `fraction` may be negative or
/// exceed the width.
struct FixedType {
  int width = 0;
  int fraction = 0;
  bool is_signed = false;

  /// The narrowest type that holds the interval's raw integers.
  static FixedType holding(const Interval& raw, int fraction = 0);
  /// Parses `s8f4`, `u6f0`, and the users' `fixed<16,6>` / `ufixed<8,3>` (width, integer bits
  /// including the sign; also spelt `ap_fixed`, `ap_ufixed`). Empty when the text is none of them
  /// or the width is negative or over `max_word_width`.
  static std::optional<FixedType> parse(std::string_view text);

  std::int64_t min_raw() const;
  std::int64_t max_raw() const;
  Interval range() const { return {min_raw(), max_raw(), 0}; }
  std::string to_string() const;  // `s8f4`

  friend bool operator==(const FixedType&, const FixedType&) = default;
};

}  // namespace gatefold::numeric
