#pragma once

#include <cstdint>
#include <span>

#include "gatefold/numeric/quantizer.h"

namespace gatefold::numeric {

/// `quantize` for many doubles, with the same result to the bit. Doubles decide where the rounding
/// error provably cannot cross a decision boundary; the rest (exact ties on scales that are no
/// power of two, extreme exponents) goes through exact rationals. Inputs are finite; an infinity is
/// accepted where the overflow saturates.
class FastQuantizer {
 public:
  FastQuantizer(Grid grid, Rounding rounding, Overflow mode, int saturated_bits = 0);

  std::int64_t operator()(double real) const;
  /// Element by element; both spans have the same length.
  void operator()(std::span<const double> reals, std::span<std::int64_t> raws) const;
  void operator()(std::span<const float> reals, std::span<std::int64_t> raws) const;

  const Grid& grid() const { return grid_; }

 private:
  template <Rounding rounding>
  std::int64_t quantize_as(double real) const;
  template <typename T>
  void quantize_span(std::span<const T> reals, std::span<std::int64_t> raws) const;
  std::int64_t settle(std::int64_t rounded, std::int64_t floored) const;
  std::int64_t quantize_exactly(double real) const;
  std::int64_t quantize_outside_doubles(double real, double scaled) const;

  Grid grid_;
  Rounding rounding_;
  Overflow mode_;
  int saturated_bits_;

  double inverse_scale_ = 1;
  double zero_point_ = 0;
  bool scales_exactly_ = false;  // power-of-two scale, no zero point
  bool usable_ = true;           // the scale and its inverse are normal doubles
  bool saturates_ = false;
  bool needs_floor_ = false;
  std::int64_t low_ = 0, high_ = 0;  // these and what lies between stay as they are
  std::int64_t at_zero_ = 0;
};

/// One value; builds a FastQuantizer, so keep one for many values.
std::int64_t quantize_double(double real, const Grid& grid, Rounding rounding, Overflow mode,
                             int saturated_bits = 0);

}  // namespace gatefold::numeric
