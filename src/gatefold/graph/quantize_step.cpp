#include "gatefold/graph/quantize_step.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "gatefold/graph/enclosure.h"
#include "gatefold/support/assert.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

using numeric::Grid;
using numeric::Overflow;

constexpr int range_bits = 64;  // of enclosures that only bound what is reached
constexpr std::int64_t max_table_size = std::int64_t{1} << 20;

numeric::Integer rounded(const Quantize& q, const Grid& grid, const Rational& real) {
  return numeric::round(real / grid.scale + grid.zero_point, q.rounding);
}

// The values that saturation leaves alone.
Interval saturation_bounds(const Quantize& q, const Grid& grid) {
  if (q.overflow == Overflow::Saturate) return grid.bounds;
  Interval bounds = grid.type.range();
  const bool symmetric = q.overflow == Overflow::SaturateSymmetric && grid.type.is_signed;
  if (symmetric && grid.type.width > 1) bounds.low = -bounds.high;
  return bounds;
}

bool saturates(const Quantize& q) {
  return q.overflow == Overflow::Saturate || q.overflow == Overflow::SaturateSymmetric;
}

Interval tidy(const Interval& range) {
  return range.is_constant() ? Interval::constant(range.low) : range;
}

std::int64_t clamped(const numeric::Integer& value, const Interval& bounds) {
  if (value <= bounds.low) return bounds.low;
  if (value >= bounds.high) return bounds.high;
  return value.get_si();
}

// real = clamp(scale * raw + offset, low, high)
struct ClampedAffine {
  Rational scale, offset;
  std::optional<Rational> low, high;
};

void apply(ClampedAffine& path, const Affine& f, std::int64_t flat, const Shape& shape) {
  const Rational &scale = f.scale.at(flat, shape), &offset = f.offset.at(flat, shape);
  path.scale *= scale;
  path.offset = path.offset * scale + offset;
  for (auto* bound : {&path.low, &path.high})
    if (*bound) **bound = **bound * scale + offset;
  if (scale < 0) std::swap(path.low, path.high);
  if (scale == 0) path.low = path.high = std::nullopt;
}

void apply_relu(ClampedAffine& path) {
  path.low = path.low ? std::max<Rational>(*path.low, 0) : Rational(0);
  if (path.high) path.high = std::max<Rational>(*path.high, 0);
}

// On a range of one sign, a leaky ReLU is a scale.
bool apply_leaky(ClampedAffine& path, const Rational& slope, const Enclosure& reached) {
  if (reached.low >= 0 || slope == 1) return true;
  if (slope == 0) {
    apply_relu(path);
    return true;
  }
  if (reached.high > 0) return false;
  apply(path, Affine{slope, Rational(0)}, 0, {});
  return true;
}

bool extend(ClampedAffine& path, const RealFunction& function, const Enclosure& reached,
            std::int64_t flat, const Shape& shape) {
  return std::visit(
      Match{[&](const Affine& f) {
              apply(path, f, flat, shape);
              return true;
            },
            [&](const Relu&) {
              apply_relu(path);
              return true;
            },
            [&](const LeakyRelu& f) { return apply_leaky(path, f.slope.at(flat, shape), reached); },
            [](Elementary) { return false; }},
      function);
}

std::optional<ClampedAffine> affine_path(const Encoding& e, const TensorType& in,
                                         std::int64_t flat) {
  ClampedAffine path{e.scale.at(flat, in.shape), e.offset.at(flat, in.shape), {}, {}};
  const Interval& range = in.range(flat);
  Encoding prefix{path.scale, path.offset, {}};
  auto reached = decode_interval(prefix, range.low, range.high, 0, {}, 0);
  for (const RealFunction& f : e.functions) {
    if (!extend(path, f, *reached, flat, in.shape)) return std::nullopt;
    reached = apply(f, *reached, flat, in.shape, 0);
  }
  return path;
}

bool rises(Elementary function) {
  return function == Elementary::Sigmoid || function == Elementary::Tanh ||
         function == Elementary::Exp;
}

// Whether the element's path rises; empty when it is not monotone.
std::optional<bool> direction(const Encoding& e, std::int64_t flat, const Shape& shape) {
  bool rising = e.scale.at(flat, shape) >= 0;
  bool monotone = true;
  for (const RealFunction& function : e.functions)
    std::visit(
        Match{[&](const Affine& f) { rising ^= f.scale.at(flat, shape) < 0; }, [](const Relu&) {},
              [&](const LeakyRelu& f) { monotone &= f.slope.at(flat, shape) >= 0; },
              [&](Elementary f) { monotone &= rises(f); }},
        function);
  return monotone ? std::optional(rising) : std::nullopt;
}

// The rounded values that the element reaches before any overflow.
std::optional<std::pair<numeric::Integer, numeric::Integer>> reached_levels(const Quantize& q,
                                                                            const Grid& grid,
                                                                            const TensorType& in,
                                                                            std::int64_t flat) {
  const Interval& range = in.range(flat);
  const auto reals =
      decode_interval(source_of(q, in), range.low, range.high, flat, in.shape, range_bits);
  if (!reals) return std::nullopt;
  return std::pair(rounded(q, grid, reals->low), rounded(q, grid, reals->high));
}

}  // namespace

const Encoding& source_of(const Quantize& q, const TensorType& in) {
  return q.source ? *q.source : in.encoding;
}

std::int64_t quantize_raw(const Quantize& q, const TensorType& in, std::int64_t flat,
                          std::int64_t raw) {
  const auto real = [&](int bits) {
    const auto x = decode_interval(source_of(q, in), raw, raw, flat, in.shape, bits);
    GATEFOLD_ASSERT(x.has_value(), "a value inside the domain of its functions");
    return *x;
  };
  return numeric::quantize_enclosed(real, q.grid.at(flat, in.shape), q.rounding, q.overflow,
                                    q.saturated_bits);
}

std::optional<Interval> quantized_range(const Quantize& q, const TensorType& in,
                                        std::int64_t flat) {
  const Grid& grid = q.grid.at(flat, in.shape);
  const auto levels = reached_levels(q, grid, in, flat);
  if (!levels) return std::nullopt;
  const Interval bounds = saturation_bounds(q, grid);
  const bool inside = levels->first >= bounds.low && levels->second <= bounds.high;
  const Interval reached{clamped(levels->first, bounds), clamped(levels->second, bounds), 0};
  if (inside || saturates(q)) return tidy(reached);
  if (q.overflow == Overflow::SaturateZero) return numeric::hull(tidy(reached), Interval{});
  return tidy(bounds);
}

bool overflows(const Quantize& q, const TensorType& in, std::int64_t flat) {
  const Grid& grid = q.grid.at(flat, in.shape);
  const auto levels = reached_levels(q, grid, in, flat);
  const Interval bounds = saturation_bounds(q, grid);
  return !levels || levels->first < bounds.low || levels->second > bounds.high;
}

namespace {

/// Whether the element's steps rise; empty when they are not monotone, or wrap.
std::optional<bool> step_direction(const Quantize& q, const TensorType& in, std::int64_t flat) {
  if (!saturates(q) && overflows(q, in, flat)) return std::nullopt;
  return direction(source_of(q, in), flat, in.shape);
}

/// The entries between two that are known, of a monotone table: equal ends need no evaluation.
void fill_between(std::vector<std::int64_t>& table, std::size_t first, std::size_t last,
                  const std::function<std::int64_t(std::size_t)>& output) {
  if (last - first < 2) return;
  const auto at = [&](std::size_t i) { return table.begin() + static_cast<std::ptrdiff_t>(i); };
  if (table[first] == table[last]) return std::fill(at(first), at(last), table[first]);
  const std::size_t middle = first + (last - first) / 2;
  table[middle] = output(middle);
  fill_between(table, first, middle, output);
  fill_between(table, middle, last, output);
}

}  // namespace

std::vector<std::int64_t> quantize_table(const Quantize& q, const TensorType& in,
                                         std::int64_t flat) {
  const Interval& range = in.range(flat);
  GATEFOLD_ASSERT(range.high - range.low < max_table_size, "the size of a quantizer's table");
  if (const auto step = affine_step(q, in, flat)) return numeric::values_of(*step, range);
  std::vector<std::int64_t> table(static_cast<std::size_t>(range.high - range.low + 1));
  const auto output = [&](std::size_t i) {
    return quantize_raw(q, in, flat, range.low + static_cast<std::int64_t>(i));
  };
  if (step_direction(q, in, flat)) {
    table.front() = output(0);
    table.back() = output(table.size() - 1);
    fill_between(table, 0, table.size() - 1, output);
  } else {
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = output(i);
  }
  return table;
}

std::optional<AffineStep> affine_step(const Quantize& q, const TensorType& in, std::int64_t flat) {
  const Grid& grid = q.grid.at(flat, in.shape);
  const auto path = affine_path(source_of(q, in), in, flat);
  if (!path) return std::nullopt;
  Interval bounds = saturation_bounds(q, grid);
  if (!saturates(q) && overflows(q, in, flat)) return std::nullopt;
  const Interval all = bounds;
  if (path->low) bounds.low = clamped(rounded(q, grid, *path->low), all);
  if (path->high) bounds.high = clamped(rounded(q, grid, *path->high), all);
  return AffineStep{path->scale / grid.scale, path->offset / grid.scale + grid.zero_point,
                    q.rounding, tidy(bounds)};
}

std::optional<numeric::StepFunction> monotone_steps(const Quantize& q, const TensorType& in,
                                                    std::int64_t flat, std::int64_t most) {
  const auto rising = step_direction(q, in, flat);
  if (!rising) return std::nullopt;
  const Interval& range = in.range(flat);
  const std::int64_t stride = std::int64_t{1} << range.zeros;
  const std::int64_t last = (range.high - range.low) / stride;
  // The integers in the order in which the values rise.
  const auto raw_at = [&](std::int64_t k) {
    return *rising ? range.low + k * stride : range.high - k * stride;
  };
  const auto value_at = [&](std::int64_t k) { return quantize_raw(q, in, flat, raw_at(k)); };
  numeric::StepFunction steps{value_at(0), !*rising, {}};
  const std::int64_t top = value_at(last);
  if (top - steps.base > most) return std::nullopt;
  std::int64_t below = 0;
  for (std::int64_t level = steps.base + 1; level <= top; ++level) {
    std::int64_t reached = last;
    while (reached - below > 1) {
      const std::int64_t middle = below + (reached - below) / 2;
      (value_at(middle) >= level ? reached : below) = middle;
    }
    steps.thresholds.push_back(raw_at(reached));
  }
  return steps;
}

Variation variation_of(const Quantize& q, const TensorType& in) {
  const Encoding& e = source_of(q, in);
  Variation variation;
  variation.add(q.grid);
  variation.add(e);
  return variation;
}

bool is_uniform(const Quantize& q, const TensorType& in) {
  return variation_of(q, in).period(in) == 1;
}

}  // namespace gatefold::graph
