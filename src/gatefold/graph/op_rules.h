#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gatefold/graph/graph.h"

// The rules of single ops, one pair of functions each; `infer` and `evaluate` dispatch to them.
namespace gatefold::graph {

using numeric::IntTensor;
using Types = std::span<const TensorType>;
using Tensors = std::span<const IntTensor>;

/// The most elements of one tensor.
inline constexpr std::int64_t max_elements = std::int64_t{1} << 25;

/// Errors: an axis without elements, or more than `max_elements`.
Status check_shape(const Shape& shape, const std::string& layer);
/// Errors: pending functions.
Status check_linear(const std::string& op, const TensorType& type, const std::string& layer);
Diagnostic malformed(const Op& op, const std::string& reason, const std::string& layer);
/// Empty when the product leaves the widest word.
std::optional<Interval> checked_product(const Interval& a, const Interval& b);
/// The first entries, which repeat (TensorType::ranges); `ranges` are some that fill trailing axes
/// of the shape.
std::vector<Interval> collapsed(std::vector<Interval> ranges, const Shape& shape);

Result<TensorType> infer_input(const Input& op, const std::string& layer);
Result<TensorType> infer_constant(const Constant& op, const std::string& layer);
Result<TensorType> infer_rearrange(const Rearrange& op, Types inputs, const std::string& layer);
Result<TensorType> infer_linear(const Linear& op, const TensorType& x, const std::string& layer);
Result<TensorType> infer_contract(Types inputs, const std::string& layer);
Result<TensorType> infer_map(const Map& op, const TensorType& x, const std::string& layer);
Result<TensorType> infer_combine(const Combine& op, Types inputs, const std::string& layer);
Result<TensorType> infer_reduce(const Reduce& op, const TensorType& x, const std::string& layer);
Result<TensorType> infer_order(const Order& op, const TensorType& x, const std::string& layer);
Result<TensorType> infer_quantize(const Quantize& op, const TensorType& x,
                                  const std::string& layer);
Result<std::vector<TensorType>> infer_scan(const Scan& op, Types inputs, const std::string& layer);

IntTensor evaluate_rearrange(const Rearrange& op, Types types, Tensors inputs);
IntTensor evaluate_linear(const Linear& op, const IntTensor& x);
IntTensor evaluate_contract(Tensors inputs);
IntTensor evaluate_map(const Map& op, const IntTensor& x);
IntTensor evaluate_combine(const Combine& op, Tensors inputs);
IntTensor evaluate_reduce(const Reduce& op, const IntTensor& x);
IntTensor evaluate_order(const Order& op, const IntTensor& x);
IntTensor evaluate_quantize(const Quantize& op, const TensorType& type, const IntTensor& x);
std::vector<IntTensor> evaluate_scan(const Scan& op, Tensors inputs);

// Shapes; the operands are known to fit.
Shape broadcast_shape(std::span<const Shape> shapes);
/// The element of a tensor of shape `from` that element `flat` of the broadcast shape `to` reads.
std::int64_t broadcast_index(const Shape& from, const Shape& to, std::int64_t flat);
Shape reduced_shape(const Reduce& op, const Shape& shape);
/// The element of the reduced tensor that element i of the input goes to.
std::vector<std::int64_t> reduction_targets(const Reduce& op, const Shape& shape);
/// Positions of a flat index along each axis.
std::vector<std::int64_t> unravel(std::int64_t flat, const Shape& shape);

}  // namespace gatefold::graph
