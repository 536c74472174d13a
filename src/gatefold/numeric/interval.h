#pragma once

#include <cstdint>
#include <string>

namespace gatefold::numeric {

/// The integers that a value can take: `low <= v <= high` and v is a multiple of `2^zeros`
/// (its low `zeros` bits are known to be 0). Bounds are exact, never widened in silence: an
/// operation whose result leaves int64 is an internal error, so importers bound their inputs
/// (`fits_word`).
struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
  int zeros = 0;

  static Interval constant(std::int64_t value);

  bool is_constant() const { return low == high; }
  bool contains(std::int64_t value) const;
  bool contains(const Interval& other) const;
  std::string to_string() const;  // `[-8,7]`, with `/4` after it for multiples of 4

  friend bool operator==(const Interval&, const Interval&) = default;
};

Interval operator+(const Interval& a, const Interval& b);
Interval operator-(const Interval& a, const Interval& b);
Interval operator-(const Interval& a);
Interval operator*(const Interval& a, const Interval& b);
Interval operator*(const Interval& a, std::int64_t factor);
Interval shift_left(const Interval& a, int bits);
/// The smallest interval that holds both.
Interval hull(const Interval& a, const Interval& b);
Interval minimum(const Interval& a, const Interval& b);
Interval maximum(const Interval& a, const Interval& b);

/// True when the interval's values fit the widest word that Gatefold computes with (62 bits).
bool fits_word(const Interval& interval);

/// The widest word, in bits; wider models are refused (`WordTooWide`).
inline constexpr int max_word_width = 62;

}  // namespace gatefold::numeric
