#include "gatefold/graph/shared_steps.h"

#include <algorithm>

#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

constexpr int line_bits = 40;
// Sigmoid and tanh are constant for every quantizer beyond these places.
constexpr std::int64_t line_end = std::int64_t{1} << (13 + line_bits);

// Rising, defined everywhere, with the same parameters for all elements.
bool is_shared(const RealFunction& function) {
  return std::visit(
      Match{[](const Affine& f) {
              return f.scale.is_uniform() && f.offset.is_uniform() && f.scale.values[0] > 0;
            },
            [](const Relu&) { return true; },
            [](const LeakyRelu& f) { return f.slope.is_uniform() && f.slope.values[0] >= 0; },
            [](Elementary f) { return f == Elementary::Sigmoid || f == Elementary::Tanh; }},
      function);
}

std::int64_t ceiling(const Rational& value) { return -numeric::floor(-value).get_si(); }

// The next multiple of 2^zeros, away from the integers that do not reach the level.
std::int64_t on_stride(std::int64_t raw, int zeros, bool is_falling) {
  const std::int64_t stride = std::int64_t{1} << zeros;
  const std::int64_t down = raw & ~(stride - 1);
  return is_falling || down == raw ? down : down + stride;
}

}  // namespace

SharedSteps::SharedSteps(const Quantize& q, const TensorType& in) : q_(q), in_(in) {
  const Encoding& source = source_of(q, in);
  is_usable_ = q.grid.is_uniform() && q.overflow == numeric::Overflow::Saturate &&
               !source.functions.empty() && std::ranges::all_of(source.functions, is_shared);
  on_line_ = q;
  on_line_.source.reset();
  line_ = {{},
           {Interval{-line_end, line_end, 0}},
           {numeric::power_of_two(-line_bits), Rational(0), source.functions}};
}

std::int64_t SharedSteps::line_value(std::int64_t place) const {
  return quantize_raw(on_line_, line_, 0, place);
}

std::int64_t SharedSteps::place_of(std::int64_t level) {
  const auto [found, is_new] = places_.try_emplace(level);
  if (!is_new) return found->second;
  // Neighbours that are known narrow the search.
  std::int64_t below = -line_end, reached = line_end;
  if (found != places_.begin()) below = std::prev(found)->second - 1;
  if (std::next(found) != places_.end()) reached = std::next(found)->second;
  while (reached - below > 1) {
    const std::int64_t middle = below + (reached - below) / 2;
    (line_value(middle) >= level ? reached : below) = middle;
  }
  return found->second = reached;
}

std::optional<std::pair<Rational, Rational>> SharedSteps::line_of(std::int64_t flat) const {
  const Encoding& source = source_of(q_, in_);
  const Rational &scale = source.scale.at(flat, in_.shape),
                 &offset = source.offset.at(flat, in_.shape);
  const Interval& range = in_.range(flat);
  const Rational end = numeric::from_int64(line_end >> line_bits);
  for (const std::int64_t raw : {range.low, range.high})
    if (abs(Rational(scale * numeric::from_int64(raw) + offset)) >= end) return std::nullopt;
  if (sgn(scale) == 0) return std::nullopt;
  return std::pair(scale, offset);
}

// The place lies in a gap of 2^-line_bits; integers that fall into it are asked one by one.
std::int64_t SharedSteps::threshold(std::int64_t flat, std::int64_t level, const Rational& scale,
                                    const Rational& offset) {
  const Rational unit = numeric::power_of_two(-line_bits);
  const std::int64_t place = place_of(level);
  const Rational surely = (numeric::from_int64(place) * unit - offset) / scale;
  const Rational maybe = (numeric::from_int64(place - 1) * unit - offset) / scale;
  const bool is_falling = sgn(scale) < 0;
  const Interval& range = in_.range(flat);
  std::int64_t reached = is_falling ? numeric::floor(surely).get_si() : ceiling(surely);
  std::int64_t below = is_falling ? ceiling(maybe) : numeric::floor(maybe).get_si();
  reached = std::clamp(reached, range.low, range.high);
  below = std::clamp(below, range.low, range.high);
  while (std::abs(reached - below) > 1) {
    const std::int64_t middle = below + (reached - below) / 2;
    (quantize_raw(q_, in_, flat, middle) >= level ? reached : below) = middle;
  }
  return on_stride(reached, range.zeros, is_falling);
}

std::optional<numeric::StepFunction> SharedSteps::at(std::int64_t flat, std::int64_t most) {
  const auto line = is_usable_ ? line_of(flat) : std::nullopt;
  if (!line) return std::nullopt;
  const Interval& range = in_.range(flat);
  const bool is_falling = sgn(line->first) < 0;
  const std::int64_t first = is_falling ? range.high : range.low;
  const std::int64_t last = is_falling ? range.low : range.high;
  numeric::StepFunction steps{quantize_raw(q_, in_, flat, first), is_falling, {}};
  const std::int64_t top = quantize_raw(q_, in_, flat, last);
  if (top - steps.base > most) return std::nullopt;
  for (std::int64_t level = steps.base + 1; level <= top; ++level)
    steps.thresholds.push_back(threshold(flat, level, line->first, line->second));
  return steps;
}

}  // namespace gatefold::graph
