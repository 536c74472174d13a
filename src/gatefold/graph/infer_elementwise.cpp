// map and combine: elementwise functions of one and of several values.
#include <algorithm>
#include <fmt/format.h>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/names.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/variation.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

using Parameter = PerAxis<Rational>;

Result<TensorType> infer_function(const RealFunction& f, const TensorType& x,
                                  const std::string& layer) {
  if (!fits(f, x.shape))
    return diagnose(DiagnosticId::ShapeMismatch, layer, name_of(f),
                    fmt::format("its parameters do not fit {}", numeric::to_string(x.shape)));
  if (std::holds_alternative<Relu>(f) && is_nonnegative(x)) return x;
  return TensorType{x.shape, x.ranges, then(x.encoding, f, x.shape)};
}

std::optional<Interval> looked_up(const std::vector<std::int64_t>& entries, std::int64_t first,
                                  const Interval& range) {
  const auto last = static_cast<std::uint64_t>(range.high) - static_cast<std::uint64_t>(first);
  if (range.low < first || last >= entries.size()) return std::nullopt;
  const std::int64_t step = range.is_constant() ? 1 : std::int64_t{1} << range.zeros;
  Interval all = Interval::constant(entries[static_cast<std::size_t>(range.low - first)]);
  for (std::int64_t raw = range.low; raw <= range.high; raw += step)
    all = numeric::hull(all, Interval::constant(entries[static_cast<std::size_t>(raw - first)]));
  return all;
}

Result<TensorType> infer_table(const Table& table, const TensorType& x, const std::string& layer) {
  if (!fits(table.entries, x.shape) || !fits(table.encoding, x.shape))
    return diagnose(DiagnosticId::ShapeMismatch, layer, "table",
                    fmt::format("its parameters do not fit {}", numeric::to_string(x.shape)));
  Variation variation;
  variation.add(table.entries);
  std::vector<Interval> ranges;
  for (std::int64_t i = 0; i < variation.period(x); ++i) {
    const auto range = looked_up(table.entries.at(i, x.shape), table.first, x.range(i));
    if (!range)
      return malformed(Map{table}, "the table does not reach over its input's range", layer);
    ranges.push_back(*range);
  }
  return TensorType{x.shape, collapsed(std::move(ranges), x.shape),
                    canonical(table.encoding, x.shape)};
}

std::int64_t clamped(const Clamp& c, std::int64_t raw) {
  if (c.low) raw = std::max(raw, *c.low);
  if (c.high) raw = std::min(raw, *c.high);
  return raw;
}

Result<TensorType> infer_clamp(const Clamp& c, const TensorType& x, const std::string& layer) {
  if (c.low && c.high && *c.low > *c.high)
    return malformed(Map{c}, "the low bound is above the high bound", layer);
  for (const auto& bound : {c.low, c.high})
    if (bound && !numeric::fits_word(Interval::constant(*bound)))
      return diagnose(DiagnosticId::WordTooWide, layer, "clamp");
  TensorType type = x;
  for (Interval& r : type.ranges) {
    if (c.low) r = numeric::maximum(r, Interval::constant(*c.low));
    if (c.high) r = numeric::minimum(r, Interval::constant(*c.high));
  }
  type.ranges = collapsed(std::move(type.ranges), type.shape);
  return type;
}

bool is_comparison(CombineKind kind) {
  return kind == CombineKind::Less || kind == CombineKind::LessEqual || kind == CombineKind::Equal;
}

bool is_extremum(CombineKind kind) {
  return kind == CombineKind::Minimum || kind == CombineKind::Maximum;
}

std::optional<Shape> common_shape(Types inputs) {
  std::vector<Shape> shapes;
  for (const TensorType& t : inputs) shapes.push_back(t.shape);
  const Shape all = broadcast_shape(shapes);
  for (const Shape& s : shapes)
    for (std::size_t i = 0; i < s.size(); ++i) {
      const std::int64_t extent = all[all.size() - s.size() + i];
      if (s[i] != extent && s[i] != 1) return std::nullopt;
    }
  return all;
}

std::optional<Interval> combined_range(CombineKind kind, const Interval& a, const Interval& b) {
  switch (kind) {
    case CombineKind::Add:
      return a + b;
    case CombineKind::Subtract:
      return a - b;
    case CombineKind::Multiply:
      return checked_product(a, b);
    case CombineKind::Minimum:
      return numeric::minimum(a, b);
    case CombineKind::Maximum:
      return numeric::maximum(a, b);
    case CombineKind::Less:
      return Interval{a.high < b.low, a.low < b.high, 0};
    case CombineKind::LessEqual:
      return Interval{a.high <= b.low, a.low <= b.high, 0};
    case CombineKind::Equal:
      return Interval{a.is_constant() && b.is_constant() && a.low == b.low,
                      a.low <= b.high && b.low <= a.high, 0};
    case CombineKind::Select:
      return numeric::hull(a, b);
  }
  GATEFOLD_ASSERT(false, "combine kind");
}

std::int64_t combined(CombineKind kind, std::int64_t a, std::int64_t b) {
  switch (kind) {
    case CombineKind::Add:
      return a + b;
    case CombineKind::Subtract:
      return a - b;
    case CombineKind::Multiply:
      return a * b;
    case CombineKind::Minimum:
      return std::min(a, b);
    case CombineKind::Maximum:
      return std::max(a, b);
    case CombineKind::Less:
      return a < b;
    case CombineKind::LessEqual:
      return a <= b;
    case CombineKind::Equal:
      return a == b;
    case CombineKind::Select:
      break;
  }
  GATEFOLD_ASSERT(false, "a combine of two values");
}

// What keeps two values with these meanings from being combined as integers; empty when nothing.
std::string mismatch(CombineKind kind, const Encoding& a, const Encoding& b) {
  if (kind == CombineKind::Multiply) {
    const auto is_zero = [](const Rational& v) { return v == 0; };
    const bool zero = std::ranges::all_of(a.offset.values, is_zero) &&
                      std::ranges::all_of(b.offset.values, is_zero);
    return zero ? "" : "an input has a zero point or an offset";
  }
  if (!(a.scale == b.scale)) return "the inputs differ in scale";
  if (kind == CombineKind::Add || kind == CombineKind::Subtract) return "";
  if (!(a.offset == b.offset)) return "the inputs differ in zero point or offset";
  if (!(a.functions == b.functions)) return "the inputs differ in pending functions";
  const bool ordered = is_extremum(kind)     ? is_increasing(a)
                       : is_comparison(kind) ? is_strictly_increasing(a)
                                             : true;
  if (!ordered) return "the scale of an input is not positive";
  return "";
}

// Comparisons of values through one increasing function need it to be strict, which only a linear
// encoding promises; extrema and selection commute with any.
bool takes_functions(CombineKind kind) { return is_extremum(kind) || kind == CombineKind::Select; }

Encoding combined_encoding(CombineKind kind, const Encoding& a, const Encoding& b,
                           const Shape& shape) {
  const auto with_offset = [&](auto f) {
    return Encoding{a.scale, combine(a.offset, b.offset, shape, f), {}};
  };
  if (is_comparison(kind)) return plain();
  if (kind == CombineKind::Add)
    return with_offset([](const Rational& x, const Rational& y) -> Rational { return x + y; });
  if (kind == CombineKind::Subtract)
    return with_offset([](const Rational& x, const Rational& y) -> Rational { return x - y; });
  if (kind == CombineKind::Multiply)
    return {combine(a.scale, b.scale, shape,
                    [](const Rational& x, const Rational& y) -> Rational { return x * y; }),
            Rational(0),
            {}};
  return a;
}

Encoding broadcast_encoding(const TensorType& t, const Shape& to) {
  if (t.shape == to) return t.encoding;
  std::vector<std::int64_t> flats;
  for (std::int64_t i = 0; i < numeric::element_count(to); ++i)
    flats.push_back(broadcast_index(t.shape, to, i));
  return gather(t.encoding, t.shape, to, flats);
}

std::optional<std::vector<Interval>> combined_ranges(CombineKind kind, const TensorType& a,
                                                     const TensorType& b, const Shape& shape) {
  const bool uniform = a.ranges.size() == 1 && b.ranges.size() == 1;
  const bool same = a.shape == shape && b.shape == shape;
  const std::int64_t period = uniform ? 1
                              : same  ? std::max(Variation().period(a), Variation().period(b))
                                      : numeric::element_count(shape);
  std::vector<Interval> ranges;
  for (std::int64_t i = 0; i < period; ++i) {
    const auto range = combined_range(kind, a.range(broadcast_index(a.shape, shape, i)),
                                      b.range(broadcast_index(b.shape, shape, i)));
    if (!range) return std::nullopt;
    ranges.push_back(range->is_constant() ? Interval::constant(range->low) : *range);
  }
  return collapsed(std::move(ranges), shape);
}

std::string shapes_of(Types inputs) {
  std::string text;
  for (const TensorType& t : inputs)
    text += (text.empty() ? "" : ", ") + numeric::to_string(t.shape);
  return text;
}

}  // namespace

Shape broadcast_shape(std::span<const Shape> shapes) {
  std::size_t rank = 0;
  for (const Shape& s : shapes) rank = std::max(rank, s.size());
  Shape all(rank, 1);
  for (const Shape& s : shapes)
    for (std::size_t i = 0; i < s.size(); ++i)
      all[rank - s.size() + i] = std::max(all[rank - s.size() + i], s[i]);
  return all;
}

std::int64_t broadcast_index(const Shape& from, const Shape& to, std::int64_t flat) {
  if (from == to) return flat;
  std::int64_t index = 0, stride = 1;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::int64_t position = flat % to[to.size() - 1 - i];
    flat /= to[to.size() - 1 - i];
    if (i >= from.size()) continue;
    const std::int64_t extent = from[from.size() - 1 - i];
    if (extent > 1) index += position * stride;
    stride *= extent;
  }
  return index;
}

Result<TensorType> infer_map(const Map& op, const TensorType& x, const std::string& layer) {
  return std::visit(Match{[&](const RealFunction& f) { return infer_function(f, x, layer); },
                          [&](const Table& t) { return infer_table(t, x, layer); },
                          [&](const Clamp& c) { return infer_clamp(c, x, layer); }},
                    op.function);
}

IntTensor evaluate_map(const Map& op, const IntTensor& x) {
  IntTensor y = x;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    y[i] = std::visit(Match{[&](const RealFunction&) { return x[i]; },
                            [&](const Table& t) {
                              return t.entries.at(
                                  i, x.shape)[static_cast<std::size_t>(x[i] - t.first)];
                            },
                            [&](const Clamp& c) { return clamped(c, x[i]); }},
                      op.function);
  }
  return y;
}

Result<TensorType> infer_combine(const Combine& op, Types inputs, const std::string& layer) {
  const std::string name = name_of(op.kind);
  const auto shape = common_shape(inputs);
  if (!shape) return diagnose(DiagnosticId::ShapeMismatch, layer, name, shapes_of(inputs));
  GATEFOLD_CHECK(check_shape(*shape, layer));
  const TensorType& a = inputs[inputs.size() - 2];
  const TensorType& b = inputs[inputs.size() - 1];
  if (!takes_functions(op.kind)) {
    GATEFOLD_CHECK(check_linear(name, a, layer));
    GATEFOLD_CHECK(check_linear(name, b, layer));
  }
  const Encoding ea = broadcast_encoding(a, *shape), eb = broadcast_encoding(b, *shape);
  if (const std::string reason = mismatch(op.kind, ea, eb); !reason.empty())
    return diagnose(DiagnosticId::ScaleMismatch, layer, name, reason);
  auto ranges = combined_ranges(op.kind, a, b, *shape);
  if (!ranges) return diagnose(DiagnosticId::WordTooWide, layer, name);
  return TensorType{*shape, std::move(*ranges), combined_encoding(op.kind, ea, eb, *shape)};
}

IntTensor evaluate_combine(const Combine& op, Tensors inputs) {
  std::vector<Shape> shapes;
  for (const IntTensor& t : inputs) shapes.push_back(t.shape);
  IntTensor y{broadcast_shape(shapes), {}};
  const auto at = [&](std::size_t input, std::int64_t i) {
    return inputs[input][broadcast_index(shapes[input], y.shape, i)];
  };
  for (std::int64_t i = 0; i < numeric::element_count(y.shape); ++i) {
    if (op.kind == CombineKind::Select) {
      y.data.push_back(at(0, i) != 0 ? at(1, i) : at(2, i));
    } else {
      y.data.push_back(combined(op.kind, at(0, i), at(1, i)));
    }
  }
  return y;
}

}  // namespace gatefold::graph
