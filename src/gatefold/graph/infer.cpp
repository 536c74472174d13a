#include <algorithm>
#include <fmt/format.h>

#include "gatefold/graph/encoding_algebra.h"
#include "gatefold/graph/names.h"
#include "gatefold/graph/op_rules.h"
#include "gatefold/graph/per_axis.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

using Inferred = Result<std::vector<TensorType>>;

Inferred as_list(Result<TensorType> type) {
  GATEFOLD_TRY(TensorType value, std::move(type));
  return std::vector<TensorType>{std::move(value)};
}

// Empty for any number of inputs.
std::optional<std::size_t> arity_of(const Op& op) {
  using Arity = std::optional<std::size_t>;
  return std::visit(
      Match{[](const Input&) -> Arity { return 0; }, [](const Constant&) -> Arity { return 0; },
            [](const Rearrange& o) -> Arity {
              if (std::holds_alternative<Concatenate>(o.wiring)) return std::nullopt;
              return 1;
            },
            [](const Linear&) -> Arity { return 1; }, [](const Contract&) -> Arity { return 2; },
            [](const Map&) -> Arity { return 1; },
            [](const Combine& o) -> Arity { return o.kind == CombineKind::Select ? 3 : 2; },
            [](const Reduce&) -> Arity { return 1; }, [](const Order&) -> Arity { return 1; },
            [](const Quantize&) -> Arity { return 1; },
            [](const Scan&) -> Arity { return std::nullopt; }},
      op);
}

Status check_arity(const Op& op, std::size_t inputs, const std::string& layer) {
  const auto arity = arity_of(op);
  if (arity ? inputs == *arity : inputs > 0) return success();
  return malformed(op, fmt::format("it does not take {} inputs", inputs), layer);
}

Status check_words(const std::vector<TensorType>& types, const Op& op, const std::string& layer) {
  for (const TensorType& type : types)
    if (!std::ranges::all_of(type.ranges, numeric::fits_word))
      return diagnose(DiagnosticId::WordTooWide, layer, name_of(op));
  return success();
}

Inferred infer_op(const Op& op, Types x, const std::string& layer) {
  return std::visit(
      Match{[&](const Input& o) { return as_list(infer_input(o, layer)); },
            [&](const Constant& o) { return as_list(infer_constant(o, layer)); },
            [&](const Rearrange& o) { return as_list(infer_rearrange(o, x, layer)); },
            [&](const Linear& o) { return as_list(infer_linear(o, x[0], layer)); },
            [&](const Contract&) { return as_list(infer_contract(x, layer)); },
            [&](const Map& o) { return as_list(infer_map(o, x[0], layer)); },
            [&](const Combine& o) { return as_list(infer_combine(o, x, layer)); },
            [&](const Reduce& o) { return as_list(infer_reduce(o, x[0], layer)); },
            [&](const Order& o) { return as_list(infer_order(o, x[0], layer)); },
            [&](const Quantize& o) { return as_list(infer_quantize(o, x[0], layer)); },
            [&](const Scan& o) { return infer_scan(o, x, layer); }},
      op);
}

}  // namespace

Result<std::vector<TensorType>> infer(const Op& op, std::span<const TensorType> inputs,
                                      const std::string& layer) {
  GATEFOLD_CHECK(check_arity(op, inputs.size(), layer));
  GATEFOLD_TRY(std::vector<TensorType> types, infer_op(op, inputs, layer));
  GATEFOLD_CHECK(check_words(types, op, layer));
  return types;
}

std::vector<IntTensor> evaluate(const Op& op, std::span<const TensorType> types,
                                std::span<const IntTensor> inputs) {
  using Values = std::vector<IntTensor>;
  return std::visit(
      Match{[](const Input&) -> Values { GATEFOLD_ASSERT(false, "an input is given"); },
            [](const Constant& o) { return Values{o.value}; },
            [&](const Rearrange& o) { return Values{evaluate_rearrange(o, types, inputs)}; },
            [&](const Linear& o) { return Values{evaluate_linear(o, inputs[0])}; },
            [&](const Contract&) { return Values{evaluate_contract(inputs)}; },
            [&](const Map& o) { return Values{evaluate_map(o, inputs[0])}; },
            [&](const Combine& o) { return Values{evaluate_combine(o, inputs)}; },
            [&](const Reduce& o) { return Values{evaluate_reduce(o, inputs[0])}; },
            [&](const Order& o) { return Values{evaluate_order(o, inputs[0])}; },
            [&](const Quantize& o) { return Values{evaluate_quantize(o, types[0], inputs[0])}; },
            [&](const Scan& o) { return evaluate_scan(o, inputs); }},
      op);
}

Status check_shape(const Shape& shape, const std::string& layer) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent < 1)
      return diagnose(DiagnosticId::ShapeMismatch, layer, "a tensor", numeric::to_string(shape));
    if (extent > max_elements / count)
      return diagnose(DiagnosticId::TensorTooLarge, layer, numeric::to_string(shape), max_elements);
    count *= extent;
  }
  return success();
}

Status check_linear(const std::string& op, const TensorType& type, const std::string& layer) {
  if (type.encoding.is_linear()) return success();
  return diagnose(DiagnosticId::NeedsQuantizer, layer, op, name_of(type.encoding.functions.back()));
}

Diagnostic malformed(const Op& op, const std::string& reason, const std::string& layer) {
  return diagnose(DiagnosticId::MalformedOp, layer, name_of(op), reason);
}

std::vector<Interval> collapsed(std::vector<Interval> ranges, const Shape& shape) {
  const auto repeats = [&](std::size_t period) {
    return ranges.size() % period == 0 &&
           std::equal(ranges.begin() + static_cast<std::ptrdiff_t>(period), ranges.end(),
                      ranges.begin());
  };
  std::size_t period = 1;
  for (std::size_t axis = shape.size(); axis > 0 && !repeats(period); --axis)
    period *= static_cast<std::size_t>(shape[axis - 1]);
  ranges.resize(std::min(period, ranges.size()));
  return ranges;
}

}  // namespace gatefold::graph
