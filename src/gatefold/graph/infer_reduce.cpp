// reduce and order: one value out of many, and values by rank.
#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/names.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/variation.h"

namespace gatefold::graph {
namespace {

using Indices = std::vector<std::int64_t>;
using Parameter = PerAxis<Rational>;

bool is_extremum(ReduceKind kind) {
  return kind == ReduceKind::Maximum || kind == ReduceKind::Minimum;
}

bool is_logical(ReduceKind kind) { return kind == ReduceKind::And || kind == ReduceKind::Or; }

bool axes_fit(const std::vector<int>& axes, std::size_t rank) {
  const std::set<int> distinct(axes.begin(), axes.end());
  return !axes.empty() && distinct.size() == axes.size() && *distinct.begin() >= 0 &&
         *distinct.rbegin() < static_cast<int>(rank);
}

// For each target the first element that goes there.
Indices representatives(const Indices& targets, std::int64_t count) {
  Indices first(static_cast<std::size_t>(count), -1);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto& f = first[static_cast<std::size_t>(targets[i])];
    if (f < 0) f = static_cast<std::int64_t>(i);
  }
  return first;
}

// The meaning that all elements of a group share; empty when they do not.
std::optional<Encoding> shared_encoding(const TensorType& x, const Shape& to,
                                        const Indices& targets) {
  Variation variation;
  variation.add(x.encoding);
  if (variation.is_uniform()) return x.encoding;
  const Encoding one =
      gather(x.encoding, x.shape, to, representatives(targets, numeric::element_count(to)));
  const Encoding back = gather(one, to, x.shape, targets);
  if (!(back == canonical(x.encoding, x.shape))) return std::nullopt;
  return one;
}

Parameter summed(const Parameter& offset, const Shape& from, const Shape& to,
                 const Indices& targets) {
  const std::int64_t count = numeric::element_count(from) / numeric::element_count(to);
  if (offset.is_uniform()) return Parameter(offset.values[0] * numeric::from_int64(count));
  std::vector<Rational> sums(static_cast<std::size_t>(numeric::element_count(to)));
  for (std::size_t i = 0; i < targets.size(); ++i)
    sums[static_cast<std::size_t>(targets[i])] += offset.at(static_cast<std::int64_t>(i), from);
  return least_general(Parameter(Parameter::by_element, std::move(sums)), to);
}

std::optional<Encoding> sum_encoding(TensorType x, const Shape& to, const Indices& targets) {
  const Parameter offset = std::exchange(x.encoding.offset, Parameter(Rational(0)));
  auto encoding = shared_encoding(x, to, targets);
  if (!encoding) return std::nullopt;
  encoding->offset = summed(offset, x.shape, to, targets);
  return encoding;
}

std::optional<Encoding> reduced_encoding(ReduceKind kind, const TensorType& x, const Shape& to,
                                         const Indices& targets) {
  if (is_logical(kind)) return plain();
  if (kind == ReduceKind::Sum) return sum_encoding(x, to, targets);
  return shared_encoding(x, to, targets);
}

Interval merged(ReduceKind kind, const Interval& a, const Interval& b) {
  switch (kind) {
    case ReduceKind::Sum:
      return a + b;
    case ReduceKind::Maximum:
    case ReduceKind::Or:
      return numeric::maximum(a, b);
    case ReduceKind::Minimum:
    case ReduceKind::And:
      return numeric::minimum(a, b);
  }
  GATEFOLD_ASSERT(false, "reduce kind");
}

std::int64_t merged(ReduceKind kind, std::int64_t a, std::int64_t b) {
  switch (kind) {
    case ReduceKind::Sum:
      return a + b;
    case ReduceKind::Maximum:
      return std::max(a, b);
    case ReduceKind::Minimum:
      return std::min(a, b);
    case ReduceKind::And:
      return a != 0 && b != 0;
    case ReduceKind::Or:
      return a != 0 || b != 0;
  }
  GATEFOLD_ASSERT(false, "reduce kind");
}

// Empty when a partial sum leaves the widest word.
std::optional<std::vector<Interval>> reduced_ranges(ReduceKind kind, const TensorType& x,
                                                    const Indices& targets, const Shape& to) {
  std::vector<std::optional<Interval>> ranges(static_cast<std::size_t>(numeric::element_count(to)));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto& r = ranges[static_cast<std::size_t>(targets[i])];
    const Interval& next = x.range(static_cast<std::int64_t>(i));
    r = r ? merged(kind, *r, next) : next;
    if (!numeric::fits_word(*r)) return std::nullopt;
  }
  std::vector<Interval> result;
  for (const auto& r : ranges) result.push_back(*r);
  return collapsed(std::move(result), to);
}

Status check_increasing(const std::string& op, const TensorType& x, const std::string& layer) {
  if (is_increasing(x.encoding)) return success();
  return diagnose(DiagnosticId::ScaleMismatch, layer, op, "the scale of an input is not positive");
}

Status check_operand(const Reduce& op, const TensorType& x, const std::string& layer) {
  const std::string name = name_of(op.kind);
  if (is_extremum(op.kind)) return check_increasing(name, x, layer);
  if (op.kind == ReduceKind::Sum) return check_linear(name, x, layer);
  const Interval range = x.range();
  if (range.low < 0 || range.high > 1)
    return malformed(op, "a logical reduction takes values 0 and 1", layer);
  return success();
}

std::string order_error(const Order& op, const Shape& shape) {
  if (shape.empty()) return "a scalar has no axis to order";
  const bool takes_count = op.kind == OrderKind::TopValues || op.kind == OrderKind::TopIndices;
  if (takes_count && (op.count < 1 || op.count > shape.back()))
    return fmt::format("top {} of {} values", op.count, shape.back());
  return "";
}

Shape ordered_shape(const Order& op, Shape shape) {
  if (op.kind == OrderKind::ArgMax) {
    shape.pop_back();
  } else if (op.kind != OrderKind::Sort) {
    shape.back() = op.count;
  }
  return shape;
}

bool gives_indices(const Order& op) {
  return op.kind == OrderKind::ArgMax || op.kind == OrderKind::TopIndices;
}

// Values keep their order through any increasing function, but ties that it makes move indices.
Status check_ordered(const Order& op, const TensorType& x, const std::string& layer) {
  if (!gives_indices(op)) return check_increasing("order", x, layer);
  GATEFOLD_CHECK(check_linear("order", x, layer));
  if (is_strictly_increasing(x.encoding)) return success();
  return diagnose(DiagnosticId::ScaleMismatch, layer, "order",
                  "the scale of an input is not positive");
}

// Row of the last axis for each element.
Indices rows_of(const Shape& shape) {
  Indices rows;
  for (std::int64_t i = 0; i < numeric::element_count(shape); ++i) rows.push_back(i / shape.back());
  return rows;
}

std::vector<Interval> ordered_ranges(const TensorType& x, const Shape& to) {
  if (x.ranges.size() == 1) return x.ranges;
  const std::int64_t extent = x.shape.back();
  std::vector<Interval> ranges;
  for (std::int64_t i = 0; i < numeric::element_count(to); ++i) {
    const std::int64_t first = i / to.back() * extent;
    Interval all = x.range(first);
    for (std::int64_t k = 1; k < extent; ++k) all = numeric::hull(all, x.range(first + k));
    ranges.push_back(all);
  }
  return collapsed(std::move(ranges), to);
}

}  // namespace

Shape reduced_shape(const Reduce& op, const Shape& shape) {
  Shape result;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool gone = std::ranges::find(op.axes, static_cast<int>(i)) != op.axes.end();
    if (!gone) result.push_back(shape[i]);
    if (gone && op.keep_axes) result.push_back(1);
  }
  return result;
}

std::vector<std::int64_t> reduction_targets(const Reduce& op, const Shape& shape) {
  Reduce kept = op;
  kept.keep_axes = true;
  const Shape to = reduced_shape(kept, shape);
  Indices targets;
  for (std::int64_t i = 0; i < numeric::element_count(shape); ++i)
    targets.push_back(broadcast_index(to, shape, i));
  return targets;
}

Result<TensorType> infer_reduce(const Reduce& op, const TensorType& x, const std::string& layer) {
  if (!axes_fit(op.axes, x.shape.size()))
    return diagnose(DiagnosticId::ShapeMismatch, layer, name_of(op.kind),
                    numeric::to_string(x.shape));
  GATEFOLD_CHECK(check_operand(op, x, layer));
  const Shape to = reduced_shape(op, x.shape);
  const Indices targets = reduction_targets(op, x.shape);
  auto encoding = reduced_encoding(op.kind, x, to, targets);
  if (!encoding)
    return diagnose(DiagnosticId::ScaleMismatch, layer, name_of(op.kind),
                    "the reduced elements differ in scale");
  auto ranges = reduced_ranges(op.kind, x, targets, to);
  if (!ranges) return diagnose(DiagnosticId::WordTooWide, layer, name_of(op.kind));
  return TensorType{to, std::move(*ranges), std::move(*encoding)};
}

IntTensor evaluate_reduce(const Reduce& op, const IntTensor& x) {
  const Shape to = reduced_shape(op, x.shape);
  IntTensor y{to, Indices(static_cast<std::size_t>(numeric::element_count(to)))};
  std::vector<bool> started(y.data.size(), false);
  const Indices targets = reduction_targets(op, x.shape);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto t = static_cast<std::size_t>(targets[i]);
    y.data[t] = started[t] ? merged(op.kind, y.data[t], x.data[i]) : x.data[i];
    started[t] = true;
  }
  return y;
}

Result<TensorType> infer_order(const Order& op, const TensorType& x, const std::string& layer) {
  if (const std::string error = order_error(op, x.shape); !error.empty())
    return malformed(op, error, layer);
  GATEFOLD_CHECK(check_ordered(op, x, layer));
  const Shape rows(x.shape.begin(), x.shape.end() - 1);
  const auto encoding = shared_encoding(x, rows, rows_of(x.shape));
  if (!encoding)
    return diagnose(DiagnosticId::ScaleMismatch, layer, "order",
                    "the ordered elements differ in scale");
  const Shape to = ordered_shape(op, x.shape);
  if (gives_indices(op)) return TensorType{to, {Interval{0, x.shape.back() - 1, 0}}, plain()};
  Indices flats;
  for (std::int64_t i = 0; i < numeric::element_count(to); ++i) flats.push_back(i / to.back());
  return TensorType{to, ordered_ranges(x, to), gather(*encoding, rows, to, flats)};
}

IntTensor evaluate_order(const Order& op, const IntTensor& x) {
  IntTensor y{ordered_shape(op, x.shape), {}};
  const std::int64_t extent = x.shape.back();
  const std::int64_t count = op.kind == OrderKind::Sort     ? extent
                             : op.kind == OrderKind::ArgMax ? 1
                                                            : op.count;
  for (std::int64_t row = 0; row < x.size() / extent; ++row) {
    Indices rank(static_cast<std::size_t>(extent));
    std::iota(rank.begin(), rank.end(), 0);
    std::ranges::stable_sort(rank, [&](std::int64_t a, std::int64_t b) {
      const std::int64_t va = x[row * extent + a], vb = x[row * extent + b];
      return op.largest ? va > vb : va < vb;
    });
    for (std::int64_t k = 0; k < count; ++k) {
      const std::int64_t index = rank[static_cast<std::size_t>(k)];
      y.data.push_back(gives_indices(op) ? index : x[row * extent + index]);
    }
  }
  return y;
}

}  // namespace gatefold::graph
