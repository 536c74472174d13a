#include "gatefold/emulate/ports.h"

#include <algorithm>
#include <cmath>

#include "gatefold/graph/real_interval.h"

namespace gatefold::emulate {
namespace {

using graph::Encoding;
using graph::RealInterval;
using numeric::Grid;
using numeric::Rational;

constexpr int first_bits = 64;
constexpr int last_bits = 1 << 14;
constexpr double whole_doubles = 0x1p53;
constexpr double smallest = 0x1p-800;  // products below lose the rests that decide

bool keeps_saturating(const graph::Quantize& q) {
  return q.overflow == numeric::Overflow::Saturate ||
         q.overflow == numeric::Overflow::SaturateSymmetric;
}

// The grid that rounds x as `grid` rounds scale * x + offset.
Grid seen_through(Grid grid, const Rational& scale, const Rational& offset) {
  grid.zero_point += offset / grid.scale;
  grid.scale /= scale;
  return grid;
}

std::optional<RealInterval> decode_real(const Encoding& source, const Rational& x,
                                        std::int64_t flat, const graph::Shape& shape, int bits) {
  const Rational first = source.scale.at(flat, shape) * x + source.offset.at(flat, shape);
  std::optional<RealInterval> real = RealInterval{first, first};
  for (const graph::RealFunction& f : source.functions)
    if (real) real = graph::apply(f, *real, flat, shape, bits);
  return real;
}

bool is_uniform(const graph::Quantize& q) {
  return q.grid.is_uniform() &&
         (!q.source || (q.source->scale.is_uniform() && q.source->offset.is_uniform()));
}

bool is_plain_line(const graph::Quantize& q) {
  if (!q.source) return true;
  const auto rises = [](const Rational& scale) { return scale > 0; };
  return q.source->is_linear() && std::ranges::all_of(q.source->scale.values, rises);
}

}  // namespace

PortQuantizer::PortQuantizer(const graph::Input& port)
    : port_(port),
      elements_(static_cast<std::size_t>(numeric::element_count(port.shape))),
      saturates_(keeps_saturating(port.port)) {
  const graph::Quantize& q = port_.port;
  if (!is_plain_line(q)) return;
  for (std::size_t i = 0; i < (is_uniform(q) ? 1 : elements_); ++i) {
    const auto flat = static_cast<std::int64_t>(i);
    Grid grid = q.grid.at(flat, port_.shape);
    if (q.source)
      grid = seen_through(std::move(grid), q.source->scale.at(flat, port_.shape),
                          q.source->offset.at(flat, port_.shape));
    quantizers_.emplace_back(std::move(grid), q.rounding, q.overflow, q.saturated_bits);
  }
}

bool PortQuantizer::takes(double real, std::size_t element) const {
  if (!quantizers_.empty()) return std::isfinite(real) || (saturates_ && !std::isnan(real));
  return std::isfinite(real) &&
         decode_real(*port_.port.source, numeric::exact(real), static_cast<std::int64_t>(element),
                     port_.shape, first_bits)
             .has_value();
}

std::int64_t PortQuantizer::operator()(double real, std::size_t element) const {
  return quantizers_.empty() ? quantize_path(real, element) : fast(element)(real);
}

std::int64_t PortQuantizer::quantize_path(double real, std::size_t element) const {
  const graph::Quantize& q = port_.port;
  const auto flat = static_cast<std::int64_t>(element);
  const Grid& grid = q.grid.at(flat, port_.shape);
  const auto quantized = [&](const Rational& value) {
    return numeric::quantize(value, grid, q.rounding, q.overflow, q.saturated_bits);
  };
  const auto rounded = [&](const Rational& value) {
    return numeric::round(value / grid.scale + grid.zero_point, q.rounding);
  };
  const Rational x = numeric::exact(real);
  for (int bits = first_bits; bits <= last_bits; bits *= 2) {
    const auto reached = decode_real(*q.source, x, flat, port_.shape, bits);
    GATEFOLD_ASSERT(reached.has_value(), "a float inside the domain of the port's functions");
    if (reached->is_exact()) return quantized(reached->low);
    const bool decided = rounded(reached->low) == rounded(reached->high) &&
                         quantized(reached->low) == quantized(reached->high);
    if (decided) return quantized(reached->low);
  }
  GATEFOLD_ASSERT(false, "a transcendental function on a rounding boundary");
}

Decoder::Decoder(const graph::TensorType& type) : type_(type) {
  const Encoding& e = type_.encoding;
  if (!e.is_linear()) return;
  const bool uniform = e.scale.is_uniform() && e.offset.is_uniform() && type_.ranges.size() == 1;
  for (std::int64_t i = 0; i < (uniform ? 1 : type_.size()); ++i) lines_.push_back(line_of(i));
}

Decoder::Line Decoder::line_of(std::int64_t flat) const {
  const Rational& scale = type_.encoding.scale.at(flat, type_.shape);
  const Rational& offset = type_.encoding.offset.at(flat, type_.shape);
  Line line;
  line.scale = numeric::to_double(scale);
  line.scale_rest = numeric::to_double(scale - numeric::exact(line.scale));
  line.offset = numeric::to_double(offset);
  line.offset_rest = numeric::to_double(offset - numeric::exact(line.offset));
  const bool exact_line = line.scale_rest == 0 && line.offset_rest == 0;
  const numeric::Interval& range = type_.range(flat);
  const double most = std::max(std::fabs(static_cast<double>(range.low)),
                               std::fabs(static_cast<double>(range.high)));
  if (!exact_line || most >= whole_doubles) return line;
  // Both terms are multiples of 1 / unit.
  numeric::Integer unit;
  mpz_lcm(unit.get_mpz_t(), scale.get_den_mpz_t(), offset.get_den_mpz_t());
  const Rational sum = (abs(scale) * numeric::exact(most) + abs(offset)) * unit;
  line.is_exact = offset == 0 || sum < numeric::exact(whole_doubles);
  return line;
}

double Decoder::operator()(std::int64_t raw, std::size_t element) const {
  const auto exactly = [&] {
    return graph::decode(type_.encoding, raw, static_cast<std::int64_t>(element), type_.shape);
  };
  if (lines_.empty()) return exactly();
  const Line& line = lines_[lines_.size() == 1 ? 0 : element];
  const auto x = static_cast<double>(raw);
  if (line.is_exact) return x * line.scale + line.offset;
  if (std::fabs(x) >= whole_doubles) return exactly();
  const double product = x * line.scale;
  if (product != 0 && std::fabs(product) < smallest) return exactly();
  const double product_rest = std::fma(x, line.scale, -product);
  const double sum = product + line.offset;
  const double back = sum - product;
  const double sum_rest = (product - (sum - back)) + (line.offset - back);
  const double rest = sum_rest + product_rest + x * line.scale_rest + line.offset_rest;
  const double error = (std::fabs(product) + std::fabs(line.offset)) * 0x1p-96;
  const double below = sum + (rest - error), above = sum + (rest + error);
  return below == above ? below : exactly();
}

void softmax(std::span<double> row) {
  const double largest = *std::ranges::max_element(row);
  double sum = 0;
  for (double& x : row) sum += x = std::exp(x - largest);
  for (double& x : row) x /= sum;
}

}  // namespace gatefold::emulate
