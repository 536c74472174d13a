// input, constant and quantize: where types are stated instead of derived.
#include <fmt/format.h>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/graph/quantize_step.h"

namespace gatefold::graph {
namespace {

using numeric::Grid;
using numeric::Overflow;

std::string grid_error(const Quantize& q, const Grid& grid) {
  if (grid.type.width < 0 || grid.type.width > numeric::max_word_width)
    return fmt::format("a grid of {} bits", grid.type.width);
  if (grid.scale <= 0) return "the scale of a grid is not positive";
  if (!grid.type.range().contains(grid.bounds) || grid.bounds.low > grid.bounds.high)
    return "the bounds of a grid lie outside its type";
  if (!numeric::is_defined(q.overflow, grid.type, q.saturated_bits))
    return fmt::format("overflow {} with {} saturated bits on {}", name_of(q.overflow),
                       q.saturated_bits, grid.type.to_string());
  return "";
}

std::string quantizer_error(const Quantize& q, const Shape& shape) {
  if (!fits(q.grid, shape)) return "the grid does not fit " + numeric::to_string(shape);
  if (q.source && !fits(*q.source, shape))
    return "the source does not fit " + numeric::to_string(shape);
  for (const Grid& grid : q.grid.values)
    if (std::string error = grid_error(q, grid); !error.empty()) return error;
  return "";
}

// Every value that a grid can give.
Interval port_range(const Quantize& q, const Grid& grid) {
  Interval range = grid.type.range();
  if (q.overflow == Overflow::Saturate) range = grid.bounds;
  const bool symmetric = q.overflow == Overflow::SaturateSymmetric && grid.type.is_signed;
  if (symmetric && grid.type.width > 1) range.low = -range.high;
  return range.is_constant() ? Interval::constant(range.low) : range;
}

}  // namespace

Result<TensorType> infer_input(const Input& op, const std::string& layer) {
  GATEFOLD_CHECK(check_shape(op.shape, layer));
  if (const std::string error = quantizer_error(op.port, op.shape); !error.empty())
    return malformed(op, error, layer);
  std::vector<Interval> ranges;
  if (op.port.grid.is_uniform()) {
    ranges.push_back(port_range(op.port, op.port.grid.values.front()));
  } else {
    for (std::int64_t i = 0; i < numeric::element_count(op.shape); ++i)
      ranges.push_back(port_range(op.port, op.port.grid.at(i, op.shape)));
  }
  return TensorType{op.shape, collapsed(std::move(ranges), op.shape),
                    canonical(encoding_of(op.port.grid), op.shape)};
}

Result<TensorType> infer_constant(const Constant& op, const std::string& layer) {
  GATEFOLD_CHECK(check_shape(op.value.shape, layer));
  if (op.value.size() != numeric::element_count(op.value.shape))
    return malformed(op, "the values do not fill the shape", layer);
  if (!fits(op.encoding, op.value.shape))
    return malformed(op, "the encoding does not fit the shape", layer);
  std::vector<Interval> ranges;
  for (const std::int64_t v : op.value.data) ranges.push_back(Interval::constant(v));
  return TensorType{op.value.shape, collapsed(std::move(ranges), op.value.shape),
                    canonical(op.encoding, op.value.shape)};
}

Result<TensorType> infer_quantize(const Quantize& op, const TensorType& x,
                                  const std::string& layer) {
  if (const std::string error = quantizer_error(op, x.shape); !error.empty())
    return malformed(op, error, layer);
  std::vector<Interval> ranges;
  const Variation variation = variation_of(op, x);
  const std::int64_t period = variation.period(x);
  for (std::int64_t i = 0; i < period; ++i) {
    if (i > 0 && variation.alike(x, i - 1, i)) {
      ranges.push_back(ranges.back());
      continue;
    }
    const auto range = quantized_range(op, x, i);
    if (!range) return diagnose(DiagnosticId::OutsideDomain, layer, x.to_string());
    ranges.push_back(*range);
  }
  return TensorType{x.shape, collapsed(std::move(ranges), x.shape),
                    canonical(encoding_of(op.grid), x.shape)};
}

IntTensor evaluate_quantize(const Quantize& op, const TensorType& type, const IntTensor& x) {
  IntTensor y{x.shape, {}};
  for (std::int64_t i = 0; i < x.size(); ++i) y.data.push_back(quantize_raw(op, type, i, x[i]));
  return y;
}

}  // namespace gatefold::graph
