// Functions of one integer in the fastest exact form: multiply and shift, a table, or one by one.
#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "gatefold/emulate/steps.h"
#include "gatefold/graph/shared_steps.h"
#include "gatefold/numeric/rescale.h"

namespace gatefold::emulate {
namespace {

using graph::TensorType;
using numeric::Interval;
using numeric::Rescale;

constexpr std::int64_t largest_table = std::int64_t{1} << 16;

UnaryPointer share(Unary function) { return std::make_shared<const Unary>(std::move(function)); }

bool is_small(const Interval& range) { return range.high - range.low < largest_table; }

bool fits32(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

LookUp table_of(std::int64_t first, std::vector<std::int64_t> entries) {
  const bool narrow = fits32(first) && fits32(first + static_cast<std::int64_t>(entries.size())) &&
                      std::ranges::all_of(entries, fits32);
  if (!narrow) return {first, Lane::Int64, std::move(entries)};
  std::vector<std::int32_t> words;
  for (const std::int64_t entry : entries) words.push_back(static_cast<std::int32_t>(entry));
  return {first, Lane::Int32, std::move(words)};
}

// Where a monotone function still has the value that it has at `from`, going towards `to`.
std::int64_t last_equal(const Rescale& f, std::int64_t from, std::int64_t to) {
  const std::int64_t value = f.at(from);
  if (f.at(to) == value) return to;
  while (std::abs(to - from) > 1) {
    const std::int64_t middle = from + (to - from) / 2;
    (f.at(middle) == value ? from : to) = middle;
  }
  return from;
}

// Beyond these ends the function is constant.
Interval trimmed(const Rescale& f, const Interval& range) {
  const std::int64_t low = last_equal(f, range.low, range.high);
  if (low == range.high) return Interval::constant(low);
  return {low, last_equal(f, range.high, range.low), 0};
}

Lane word_of(const Scaling& s) {
  const bool narrow =
      fits32(s.input_low) && fits32(s.input_high) && fits32(s.multiplier) && fits32(s.addend);
  if (!narrow) return Lane::Int64;
  for (const std::int64_t raw : {s.input_low, s.input_high})
    if (!fits32(raw * s.multiplier) || !fits32(raw * s.multiplier + s.addend)) return Lane::Int64;
  return Lane::Int32;
}

Unary scaled(Scaling scaling) {
  const Lane word = word_of(scaling);
  scaling.shift = std::min(scaling.shift, word == Lane::Int32 ? 31 : 63);
  const auto unclamped = [&](std::int64_t raw) {
    return (raw * scaling.multiplier + scaling.addend) >> scaling.shift;
  };
  // The product is monotone, so its ends tell.
  const auto [least, most] =
      std::minmax({unclamped(scaling.input_low), unclamped(scaling.input_high)});
  scaling.clamps_output = least < scaling.output_low || most > scaling.output_high;
  return ScaleBy{scaling, word};
}

Unary clamped(const Interval& bounds) {
  return scaled({bounds.low, bounds.high, 1, 0, 0, bounds.low, bounds.high});
}

Unary constant(std::int64_t value, const Interval& range) {
  return scaled({range.low, range.high, 0, value, 0, value, value});
}

Unary stepped(const Rescale& f, const Interval& range) {
  const Interval inside = trimmed(f, range);
  const Interval reached = f.range(inside);
  if (reached.is_constant()) return constant(reached.low, range);
  const Interval bounds{reached.low, reached.high, 0};
  if (const auto fit = numeric::find_shift_rescale(f.factor, f.offset, f.rounding,
                                                   {inside.low, inside.high, 0}, bounds))
    return scaled({inside.low, inside.high, fit->multiplier, fit->addend, fit->shift, bounds.low,
                   bounds.high});
  if (reached.high - reached.low < numeric::max_step_count) {
    const numeric::StepFunction steps = numeric::step_function(f, range);
    return OneByOne([steps](std::int64_t raw) { return steps.at(raw); });
  }
  return OneByOne([f](std::int64_t raw) { return f.at(raw); });
}

// A table where it does not hold much more than the steps.
Unary by_steps(const numeric::StepFunction& steps, const Interval& range) {
  constexpr std::int64_t entries_a_step = 64;
  if (range.high - range.low > entries_a_step * std::ssize(steps.thresholds))
    return OneByOne([steps](std::int64_t raw) { return steps.at(raw); });
  std::vector<std::int64_t> entries;
  for (std::int64_t raw = range.low; raw <= range.high; ++raw) entries.push_back(steps.at(raw));
  return table_of(range.low, std::move(entries));
}

// Tables of transcendental functions take long, so elements that differ in range alone share
// values.
class Tables {
 public:
  Tables(const graph::Quantize& op, const TensorType& in) : op_(op), in_(in) {
    TensorType one_range = in;
    one_range.ranges = {in.range()};
    shares_ = graph::is_uniform(op, one_range);
  }

  Unary function(std::int64_t flat) {
    const Interval& range = in_.range(flat);
    if (!is_small(range))
      return OneByOne([op = op_, in = in_, flat](std::int64_t raw) {
        return graph::quantize_raw(op, in, flat, raw);
      });
    if (!shares_) known_.clear();
    std::vector<std::int64_t> entries;
    for (std::int64_t raw = range.low; raw <= range.high; ++raw) {
      const auto [entry, is_new] = known_.try_emplace(raw);
      if (is_new) entry->second = graph::quantize_raw(op_, in_, flat, raw);
      entries.push_back(entry->second);
    }
    return table_of(range.low, std::move(entries));
  }

 private:
  const graph::Quantize& op_;
  const TensorType& in_;
  bool shares_;
  std::map<std::int64_t, std::int64_t> known_;
};

// One function for all elements that share their range and parameters.
template <typename Make>
std::vector<UnaryPointer> by_class(const graph::Variation& variation, const TensorType& in,
                                   Make make) {
  const std::int64_t period = variation.period(in);
  std::vector<UnaryPointer> functions;
  functions.reserve(static_cast<std::size_t>(in.size()));
  for (std::int64_t i = 0; i < in.size(); ++i) {
    if (i >= period) {
      functions.push_back(functions[static_cast<std::size_t>(i - period)]);
    } else if (i > 0 && variation.alike(in, i - 1, i)) {
      functions.push_back(functions.back());
    } else {
      functions.push_back(make(i));
    }
  }
  return functions;
}

}  // namespace

std::vector<UnaryPointer> functions_of(const graph::Quantize& op, const TensorType& in) {
  std::map<std::tuple<numeric::Rational, numeric::Rational, std::int64_t, std::int64_t,
                      std::int64_t, std::int64_t, int>,
           UnaryPointer>
      known;
  Tables tables(op, in);
  graph::SharedSteps steps(op, in);
  return by_class(graph::variation_of(op, in), in, [&](std::int64_t i) {
    const Interval& range = in.range(i);
    const auto step = graph::affine_step(op, in, i);
    if (!step) {
      const auto listed = steps.at(i, numeric::max_step_count);
      return share(listed ? by_steps(*listed, range) : tables.function(i));
    }
    UnaryPointer& function = known[{step->factor, step->offset, step->bounds.low, step->bounds.high,
                                    range.low, range.high, range.zeros}];
    if (!function) function = share(stepped(*step, range));
    return function;
  });
}

std::vector<UnaryPointer> functions_of(const graph::Table& op, const TensorType& in) {
  std::vector<UnaryPointer> distinct;
  for (const auto& entries : op.entries.values)
    distinct.push_back(share(table_of(op.first, entries)));
  const numeric::PerAxis<UnaryPointer> tables(op.entries.axis, std::move(distinct));
  std::vector<UnaryPointer> functions;
  for (std::int64_t i = 0; i < in.size(); ++i) functions.push_back(tables.at(i, in.shape));
  return functions;
}

std::vector<UnaryPointer> functions_of(const graph::Clamp& op, const TensorType& in) {
  return by_class(graph::Variation(), in, [&](std::int64_t i) {
    Interval bounds = in.range(i);
    if (op.low) bounds = numeric::maximum(bounds, Interval::constant(*op.low));
    if (op.high) bounds = numeric::minimum(bounds, Interval::constant(*op.high));
    // A bound outside the range leaves one value.
    return share(bounds.is_constant() ? constant(bounds.low, in.range(i)) : clamped(bounds));
  });
}

}  // namespace gatefold::emulate
