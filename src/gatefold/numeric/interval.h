#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
/// Arithmetic (floor) shift; bits known to be 0 that are shifted out cost nothing.
Interval shift_right(const Interval& a, int bits);
/// The smallest interval that holds both.
Interval hull(const Interval& a, const Interval& b);
Interval minimum(const Interval& a, const Interval& b);
Interval maximum(const Interval& a, const Interval& b);
Interval absolute(const Interval& a);
/// The values of `a` clamped to [bounds.low, bounds.high].
Interval clamp(const Interval& a, const Interval& bounds);
/// Bounds moved inwards to multiples of `2^zeros`, and the known zeros of a constant filled in.
/// Empty when no integer is left.
std::optional<Interval> tightened(const Interval& a);

/// The accumulator `bias + sum(inputs[i] * weights[i])` for independent inputs. Empty when its
/// bounds, or those of one product, leave the widest word: the caller refuses the layer.
std::optional<Interval> dot(std::span<const Interval> inputs, std::span<const std::int64_t> weights,
                            std::int64_t bias = 0);
/// The sum of `count` independent values of one interval; empty as for `dot`.
std::optional<Interval> sum_of(const Interval& a, std::int64_t count);

/// Bits of the narrowest two's complement word (or unsigned word, when low >= 0) of the values.
int width_of(const Interval& interval);

/// True when the interval's values fit the widest word that Gatefold computes with (62 bits).
bool fits_word(const Interval& interval);

/// The widest word, in bits; wider models are refused (`WordTooWide`).
inline constexpr int max_word_width = 62;

}  // namespace gatefold::numeric
