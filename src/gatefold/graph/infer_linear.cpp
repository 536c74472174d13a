// linear and contract: exact sums of products, their intervals and what they stand for.
#include <algorithm>
#include <fmt/format.h>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/variation.h"
#include "gatefold/numeric/wide.h"

namespace gatefold::graph {
namespace {

using Parameter = PerAxis<Rational>;

struct Extents {
  std::int64_t groups, inputs, outputs, positions;

  std::int64_t channels() const { return groups * outputs; }
  std::int64_t width() const { return groups * inputs; }
};

Extents extents_of(const Linear& op, const Shape& x) {
  const Shape& w = op.weights.shape;
  return {w[0], w[1], w[2], numeric::element_count(x) / x.back()};
}

bool fits_input(const Linear& op, const Shape& x) {
  const Shape& w = op.weights.shape;
  return !x.empty() && x.back() == w[0] * w[1];
}

std::string attribute_error(const Linear& op) {
  if (op.weights.shape.size() != 3) return "weights have the axes [groups, inputs, outputs]";
  if (op.weights.size() != numeric::element_count(op.weights.shape))
    return "the weights do not fill their shape";
  const std::int64_t channels = op.weights.shape[0] * op.weights.shape[2];
  if (!fits(op.multiplier, {channels})) return "one multiplier, or one for each output channel";
  if (!op.bias.empty() && static_cast<std::int64_t>(op.bias.size()) != channels)
    return "one bias for each output channel";
  return "";
}

std::string reloadable_error(const Linear& op) {
  if (!op.reloadable) return "";
  const Reloadable& r = *op.reloadable;
  const auto channels = static_cast<std::size_t>(op.weights.shape[0] * op.weights.shape[2]);
  if (!r.addends.empty() && r.addends.size() != channels)
    return "one addend for each output channel";
  const auto holds = [](const Interval& range) {
    return [&](std::int64_t v) { return range.low <= v && v <= range.high; };
  };
  if (!r.weights.contains(0) || !r.addend.contains(0)) return "a range without 0";
  if (!numeric::fits_word(r.weights) || !std::ranges::all_of(op.weights.data, holds(r.weights)))
    return "a weight outside of its range";
  if (!numeric::fits_word(r.addend) || !std::ranges::all_of(r.addends, holds(r.addend)))
    return "an addend outside of its range";
  return "";
}

// Weights of one output channel, contiguous.
std::vector<std::vector<std::int64_t>> columns_of(const Linear& op, const Extents& n) {
  std::vector<std::vector<std::int64_t>> columns(static_cast<std::size_t>(n.channels()));
  for (std::int64_t g = 0; g < n.groups; ++g)
    for (std::int64_t i = 0; i < n.inputs; ++i)
      for (std::int64_t j = 0; j < n.outputs; ++j)
        columns[static_cast<std::size_t>(g * n.outputs + j)].push_back(
            op.weights[(g * n.inputs + i) * n.outputs + j]);
  return columns;
}

std::vector<Interval> group_ranges(const TensorType& x, const Extents& n, std::int64_t position,
                                   std::int64_t group) {
  std::vector<Interval> ranges;
  for (std::int64_t i = 0; i < n.inputs; ++i)
    ranges.push_back(x.range(position * n.width() + group * n.inputs + i));
  return ranges;
}

// A sum with whatever weights and addend the ranges hold; empty when it leaves the widest word.
std::optional<Interval> reloaded_sum(const std::vector<Interval>& inputs, const Reloadable& r) {
  Interval sum = r.addend;
  for (const Interval& input : inputs) {
    const auto product = checked_product(input, r.weights);
    if (!product) return std::nullopt;
    sum = sum + *product;
    if (!numeric::fits_word(sum)) return std::nullopt;
  }
  return sum;
}

// Empty when an accumulator leaves the widest word.
std::optional<std::vector<Interval>> accumulator_ranges(const Linear& op, const TensorType& x,
                                                        const Extents& n) {
  const auto columns = columns_of(op, n);
  const std::int64_t period = Variation().period(x);
  const std::int64_t distinct = std::max<std::int64_t>(period / n.width(), 1);
  std::vector<Interval> ranges;
  for (std::int64_t p = 0; p < distinct; ++p) {
    for (std::int64_t g = 0; g < n.groups; ++g) {
      const auto inputs = group_ranges(x, n, p, g);
      for (std::int64_t j = 0; j < n.outputs; ++j) {
        const auto sum =
            op.reloadable
                ? reloaded_sum(inputs, *op.reloadable)
                : numeric::dot(inputs, columns[static_cast<std::size_t>(g * n.outputs + j)]);
        if (!sum) return std::nullopt;
        ranges.push_back(*sum);
      }
    }
  }
  Shape shape = x.shape;
  shape.back() = n.channels();
  return collapsed(std::move(ranges), shape);
}

Rational bias_of(const Linear& op, std::int64_t channel) {
  return op.bias.empty() ? Rational(0) : op.bias[static_cast<std::size_t>(channel)];
}

const Rational& multiplier_of(const Linear& op, std::int64_t channel) {
  return op.multiplier.values[op.multiplier.is_uniform() ? 0 : static_cast<std::size_t>(channel)];
}

Encoding per_channel(const Linear& op, const Encoding& e, const Extents& n, const Shape& shape) {
  const Rational &scale = e.scale.values.front(), &offset = e.offset.values.front();
  const int axis = static_cast<int>(shape.size()) - 1;
  Parameter scales{axis, {}}, offsets{axis, {}};
  const auto columns = columns_of(op, n);
  for (std::int64_t c = 0; c < n.channels(); ++c) {
    numeric::Integer sum = 0;
    if (offset != 0)
      for (const std::int64_t w : columns[static_cast<std::size_t>(c)]) sum += static_cast<long>(w);
    scales.values.push_back(multiplier_of(op, c) * scale);
    offsets.values.push_back(multiplier_of(op, c) * offset * sum + bias_of(op, c));
  }
  return {least_general(std::move(scales), shape), least_general(std::move(offsets), shape), {}};
}

// Empty when the inputs of one sum have different scales.
std::optional<Encoding> by_element(const Linear& op, const TensorType& x, const Extents& n,
                                   const Shape& shape) {
  const Encoding& e = x.encoding;
  const int last = static_cast<int>(shape.size()) - 1;
  const bool by_channel = (e.scale.is_uniform() || e.scale.axis == last) &&
                          (e.offset.is_uniform() || e.offset.axis == last);
  const int axis = by_channel ? last : Parameter::by_element;
  Parameter scales{axis, {}}, offsets{axis, {}};
  for (std::int64_t p = 0; p < (by_channel ? 1 : n.positions); ++p) {
    for (std::int64_t c = 0; c < n.channels(); ++c) {
      const std::int64_t group = c / n.outputs, j = c % n.outputs;
      const std::int64_t first = p * n.width() + group * n.inputs;
      const Rational& scale = e.scale.at(first, x.shape);
      Rational offset = 0;
      for (std::int64_t i = 0; i < n.inputs; ++i) {
        if (e.scale.at(first + i, x.shape) != scale) return std::nullopt;
        const std::int64_t weight = op.weights[(group * n.inputs + i) * n.outputs + j];
        if (weight != 0) offset += e.offset.at(first + i, x.shape) * numeric::from_int64(weight);
      }
      scales.values.push_back(scale * multiplier_of(op, c));
      offsets.values.push_back(offset * multiplier_of(op, c) + bias_of(op, c));
    }
  }
  return Encoding{
      least_general(std::move(scales), shape), least_general(std::move(offsets), shape), {}};
}

std::optional<Encoding> encoding_after(const Linear& op, const TensorType& x, const Extents& n,
                                       const Shape& shape) {
  const Encoding& e = x.encoding;
  if (e.scale.is_uniform() && e.offset.is_uniform()) return per_channel(op, e, n, shape);
  return by_element(op, x, n, shape);
}

// [batch…, M, K] x [batch…, K, N]
struct Product {
  std::int64_t batch, rows, inner, columns;

  std::int64_t left(std::int64_t b, std::int64_t m, std::int64_t k) const {
    return (b * rows + m) * inner + k;
  }
  std::int64_t right(std::int64_t b, std::int64_t k, std::int64_t n) const {
    return (b * inner + k) * columns + n;
  }
  template <typename F>
  void for_each_output(F f) const {
    for (std::int64_t b = 0; b < batch; ++b)
      for (std::int64_t m = 0; m < rows; ++m)
        for (std::int64_t n = 0; n < columns; ++n) f(b, m, n);
  }
};

std::optional<Product> product_of(const Shape& a, const Shape& b) {
  if (a.size() < 2 || a.size() != b.size()) return std::nullopt;
  const std::size_t batch = a.size() - 2;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(batch), b.begin()) ||
      a[batch + 1] != b[batch])
    return std::nullopt;
  const std::int64_t matrix = a[batch] * a[batch + 1];
  return Product{numeric::element_count(a) / matrix, a[batch], a[batch + 1], b[batch + 1]};
}

Shape product_shape(const Shape& a, const Shape& b) {
  Shape shape = a;
  shape.back() = b.back();
  return shape;
}

// Empty when it leaves the widest word.
std::optional<Interval> contracted_range(const Product& n, const TensorType& a, const TensorType& b,
                                         std::int64_t batch, std::int64_t row,
                                         std::int64_t column) {
  Interval sum;
  for (std::int64_t k = 0; k < n.inner; ++k) {
    const auto term =
        checked_product(a.range(n.left(batch, row, k)), b.range(n.right(batch, k, column)));
    if (!term) return std::nullopt;
    sum = k == 0 ? *term : sum + *term;
    if (!numeric::fits_word(sum)) return std::nullopt;
  }
  return sum;
}

bool has_offset(const Encoding& e) {
  return std::ranges::any_of(e.offset.values, [](const Rational& v) { return v != 0; });
}

std::optional<Parameter> contracted_scale(const Product& n, Types inputs, const Shape& shape) {
  const TensorType &a = inputs[0], &b = inputs[1];
  const Parameter &sa = a.encoding.scale, &sb = b.encoding.scale;
  if (sa.is_uniform() && sb.is_uniform()) return Parameter(sa.values[0] * sb.values[0]);
  Parameter scales{Parameter::by_element, {}};
  bool common = true;
  n.for_each_output([&](std::int64_t i, std::int64_t row, std::int64_t column) {
    const auto term = [&](std::int64_t k) -> Rational {
      return sa.at(n.left(i, row, k), a.shape) * sb.at(n.right(i, k, column), b.shape);
    };
    scales.values.push_back(term(0));
    for (std::int64_t k = 1; k < n.inner; ++k) common = common && term(k) == scales.values.back();
  });
  if (!common) return std::nullopt;
  return least_general(std::move(scales), shape);
}

std::optional<std::vector<Interval>> contracted_ranges(const Product& n, Types inputs,
                                                       const Shape& shape) {
  std::vector<Interval> ranges;
  const bool uniform = inputs[0].ranges.size() == 1 && inputs[1].ranges.size() == 1;
  bool fits = true;
  const Product one = uniform ? Product{1, 1, n.inner, 1} : n;
  one.for_each_output([&](std::int64_t b, std::int64_t row, std::int64_t column) {
    const auto sum = contracted_range(n, inputs[0], inputs[1], b, row, column);
    fits = fits && sum.has_value();
    ranges.push_back(sum.value_or(Interval{}));
  });
  if (!fits) return std::nullopt;
  return collapsed(std::move(ranges), shape);
}

}  // namespace

std::optional<Interval> checked_product(const Interval& a, const Interval& b) {
  using numeric::Wide;
  const auto [low, high] = std::minmax(
      {Wide{a.low} * b.low, Wide{a.low} * b.high, Wide{a.high} * b.low, Wide{a.high} * b.high});
  if (!numeric::fits_int64(low) || !numeric::fits_int64(high)) return std::nullopt;
  const Interval result = a * b;
  return numeric::fits_word(result) ? std::optional(result) : std::nullopt;
}

Result<TensorType> infer_linear(const Linear& op, const TensorType& x, const std::string& layer) {
  GATEFOLD_CHECK(check_shape(op.weights.shape, layer));
  if (const std::string error = attribute_error(op); !error.empty())
    return malformed(op, error, layer);
  if (const std::string error = reloadable_error(op); !error.empty())
    return malformed(op, error, layer);
  if (!fits_input(op, x.shape))
    return diagnose(DiagnosticId::ShapeMismatch, layer, "linear",
                    fmt::format("{} with weights {}", numeric::to_string(x.shape),
                                numeric::to_string(op.weights.shape)));
  GATEFOLD_CHECK(check_linear("linear", x, layer));
  if (op.reloadable && has_offset(x.encoding))
    return diagnose(DiagnosticId::NotReloadable, layer,
                    "its input has a zero point or an offset, which every weight is multiplied by");
  const Extents n = extents_of(op, x.shape);
  Shape shape = x.shape;
  shape.back() = n.channels();
  GATEFOLD_CHECK(check_shape(shape, layer));
  auto ranges = accumulator_ranges(op, x, n);
  if (!ranges) return diagnose(DiagnosticId::WordTooWide, layer, "linear");
  auto encoding = encoding_after(op, x, n, shape);
  if (!encoding)
    return diagnose(DiagnosticId::ScaleMismatch, layer, "linear",
                    "the inputs of one sum differ in scale");
  return TensorType{std::move(shape), std::move(*ranges), std::move(*encoding)};
}

IntTensor evaluate_linear(const Linear& op, const IntTensor& x) {
  const Extents n = extents_of(op, x.shape);
  IntTensor y{x.shape, {}};
  y.shape.back() = n.channels();
  y.data.reserve(static_cast<std::size_t>(n.positions * n.channels()));
  for (std::int64_t p = 0; p < n.positions; ++p) {
    for (std::int64_t c = 0; c < n.channels(); ++c) {
      const std::int64_t group = c / n.outputs, j = c % n.outputs;
      const bool starts = op.reloadable && !op.reloadable->addends.empty();
      std::int64_t sum = starts ? op.reloadable->addends[static_cast<std::size_t>(c)] : 0;
      for (std::int64_t i = 0; i < n.inputs; ++i)
        sum += op.weights[(group * n.inputs + i) * n.outputs + j] *
               x[p * n.width() + group * n.inputs + i];
      y.data.push_back(sum);
    }
  }
  return y;
}

Result<TensorType> infer_contract(Types inputs, const std::string& layer) {
  const auto n = product_of(inputs[0].shape, inputs[1].shape);
  if (!n)
    return diagnose(DiagnosticId::ShapeMismatch, layer, "contract",
                    fmt::format("{} with {}", numeric::to_string(inputs[0].shape),
                                numeric::to_string(inputs[1].shape)));
  for (const TensorType& t : inputs) {
    GATEFOLD_CHECK(check_linear("contract", t, layer));
    if (has_offset(t.encoding))
      return diagnose(DiagnosticId::ScaleMismatch, layer, "contract",
                      "an input has a zero point or an offset");
  }
  Shape shape = product_shape(inputs[0].shape, inputs[1].shape);
  GATEFOLD_CHECK(check_shape(shape, layer));
  auto scale = contracted_scale(*n, inputs, shape);
  if (!scale)
    return diagnose(DiagnosticId::ScaleMismatch, layer, "contract",
                    "the inputs of one sum differ in scale");
  auto ranges = contracted_ranges(*n, inputs, shape);
  if (!ranges) return diagnose(DiagnosticId::WordTooWide, layer, "contract");
  return TensorType{std::move(shape), std::move(*ranges), {std::move(*scale), Rational(0), {}}};
}

IntTensor evaluate_contract(Tensors inputs) {
  const Product n = *product_of(inputs[0].shape, inputs[1].shape);
  IntTensor y{product_shape(inputs[0].shape, inputs[1].shape), {}};
  n.for_each_output([&](std::int64_t b, std::int64_t row, std::int64_t column) {
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < n.inner; ++k)
      sum += inputs[0][n.left(b, row, k)] * inputs[1][n.right(b, k, column)];
    y.data.push_back(sum);
  });
  return y;
}

}  // namespace gatefold::graph
