#include "gatefold/emulate/ports.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "gatefold/graph/enclosure.h"

namespace gatefold::emulate {
namespace {

using graph::Encoding;
using numeric::Enclosure;
using numeric::Grid;
using numeric::Rational;

constexpr int domain_bits = 64;
constexpr double largest_raw = 0x1p26;
constexpr std::uint64_t upper_half = ~std::uint64_t{0} << 26;  // of a double's 53 bits, 27
constexpr double largest_level = 0x1p24;
constexpr double largest_float_level = 0x1p22;
const Rational largest_float_scale = numeric::power_of_two(100);

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

std::optional<Enclosure> decode_real(const Encoding& source, const Rational& x, std::int64_t flat,
                                     const graph::Shape& shape, int bits) {
  const Rational first = source.scale.at(flat, shape) * x + source.offset.at(flat, shape);
  std::optional<Enclosure> real = Enclosure::point(first);
  for (const graph::RealFunction& f : source.functions)
    if (real) real = graph::apply(f, *real, flat, shape, bits);
  return real;
}

bool rounds_to_nearest(numeric::Rounding rounding) {
  switch (rounding) {
    case numeric::Rounding::HalfUp:
    case numeric::Rounding::HalfTowardZero:
    case numeric::Rounding::HalfAwayFromZero:
    case numeric::Rounding::HalfDown:
    case numeric::Rounding::HalfEven:
      return true;
    case numeric::Rounding::Floor:
    case numeric::Rounding::TowardZero:
    case numeric::Rounding::Ceil:
    case numeric::Rounding::AwayFromZero:
      return false;
  }
  GATEFOLD_ASSERT(false, "rounding");
}

bool is_ordinary(const Rational& value) {
  return abs(value) < numeric::power_of_two(200) && abs(value) > numeric::power_of_two(-200);
}

// Saturation to nearest, on grids whose values doubles hold with room for the rest.
std::optional<Rounding> rounding_of(const graph::Quantize& q, const Grid& grid) {
  const bool saturates = q.overflow == numeric::Overflow::Saturate;
  if (!saturates || !rounds_to_nearest(q.rounding) || !is_ordinary(grid.scale)) return std::nullopt;
  const double low = static_cast<double>(grid.bounds.low);
  const double high = static_cast<double>(grid.bounds.high);
  if (std::max(-low, high) > largest_level || abs(grid.zero_point) > numeric::exact(largest_level))
    return std::nullopt;
  const double zero_point = numeric::to_double(grid.zero_point);
  const bool is_exact = grid.zero_point == 0 && numeric::log2_exact(grid.scale).has_value();
  const bool decides_ties = is_exact && q.rounding == numeric::Rounding::HalfEven;
  const bool in_floats = decides_ties && std::max(-low, high) <= largest_float_level &&
                         grid.scale < largest_float_scale && grid.scale > 1 / largest_float_scale;
  // Inverse, product, zero point and sum are each off by at most 2^-53 of what they are.
  const double inexact = (std::max(-low, high) + 2 * std::fabs(zero_point) + 2) * 0x1p-50;
  return Rounding{numeric::to_double(1 / grid.scale), zero_point, low, high,
                  decides_ties ? -1 : inexact,        in_floats};
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
  const std::size_t distinct = is_uniform(q) ? 1 : elements_;
  for (std::size_t i = 0; i < distinct; ++i) {
    const auto flat = static_cast<std::int64_t>(i);
    Grid grid = q.grid.at(flat, port_.shape);
    if (q.source)
      grid = seen_through(std::move(grid), q.source->scale.at(flat, port_.shape),
                          q.source->offset.at(flat, port_.shape));
    if (const auto rounding = rounding_of(q, grid)) roundings_.push_back(*rounding);
    quantizers_.emplace_back(std::move(grid), q.rounding, q.overflow, q.saturated_bits);
  }
  if (roundings_.size() != distinct) roundings_.clear();
}

bool PortQuantizer::takes(double real, std::size_t element) const {
  if (!quantizers_.empty()) return std::isfinite(real) || (saturates_ && !std::isnan(real));
  return std::isfinite(real) &&
         decode_real(*port_.port.source, numeric::exact(real), static_cast<std::int64_t>(element),
                     port_.shape, domain_bits)
             .has_value();
}

std::int64_t PortQuantizer::operator()(double real, std::size_t element) const {
  return quantizers_.empty() ? quantize_path(real, element) : fast(element)(real);
}

std::int64_t PortQuantizer::quantize_path(double real, std::size_t element) const {
  const graph::Quantize& q = port_.port;
  const auto flat = static_cast<std::int64_t>(element);
  const Rational x = numeric::exact(real);
  const auto value = [&](int bits) {
    const auto reached = decode_real(*q.source, x, flat, port_.shape, bits);
    GATEFOLD_ASSERT(reached.has_value(), "a float inside the domain of the port's functions");
    return *reached;
  };
  return numeric::quantize_enclosed(value, q.grid.at(flat, port_.shape), q.rounding, q.overflow,
                                    q.saturated_bits);
}

Decoder::Decoder(const graph::TensorType& type) : type_(type) {
  const Encoding& e = type_.encoding;
  if (!e.is_linear()) return;
  const bool uniform = e.scale.is_uniform() && e.offset.is_uniform() && type_.ranges.size() == 1;
  for (std::int64_t i = 0; i < (uniform ? 1 : type_.size()); ++i) lines_.push_back(line_of(i));
}

std::optional<Line> Decoder::line_of(std::int64_t flat) const {
  const Rational& scale = type_.encoding.scale.at(flat, type_.shape);
  const Rational& offset = type_.encoding.offset.at(flat, type_.shape);
  const numeric::Interval& range = type_.range(flat);
  const double most = std::max(std::fabs(static_cast<double>(range.low)),
                               std::fabs(static_cast<double>(range.high)));
  const bool ordinary = is_ordinary(scale) && (offset == 0 || is_ordinary(offset));
  if (most >= largest_raw || !ordinary) return std::nullopt;
  const double nearest = numeric::to_double(scale);
  Line line;
  line.scale = std::bit_cast<double>(std::bit_cast<std::uint64_t>(nearest) & upper_half);
  line.scale_low = nearest - line.scale;
  line.scale_rest = numeric::to_double(scale - numeric::exact(nearest));
  line.offset = numeric::to_double(offset);
  line.offset_rest = numeric::to_double(offset - numeric::exact(line.offset));
  return line;
}

double Decoder::operator()(std::int64_t raw, std::size_t element) const {
  return graph::decode(type_.encoding, raw, static_cast<std::int64_t>(element), type_.shape);
}

std::vector<double> Decoder::rows(const Kernels& kernels,
                                  std::span<const std::int64_t> raws) const {
  const auto size = static_cast<std::size_t>(type_.size());
  const auto decode = kernels.decode[static_cast<std::size_t>(Lane::Int64)];
  std::vector<double> reals(raws.size());
  for (std::size_t k = 0; k < raws.size(); ++k) {
    const Line* const known = line(k % size);
    if (!known || !decode(&raws[k], &reals[k], 1, *known)) reals[k] = (*this)(raws[k], k % size);
  }
  return reals;
}

void softmax(std::span<double> row) {
  const double largest = *std::ranges::max_element(row);
  double sum = 0;
  for (double& x : row) sum += x = std::exp(x - largest);
  for (double& x : row) x /= sum;
}

}  // namespace gatefold::emulate
