#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gatefold/graph/op.h"
#include "gatefold/graph/variation.h"
#include "gatefold/numeric/step_function.h"

// What a Quantize does to the integers of one element: exact values, whole tables, and the affine
// form that multipliers and shifts compute.
namespace gatefold::graph {

/// How `q` reads its input: its own `source`, or the input's encoding.
const Encoding& source_of(const Quantize& q, const TensorType& in);

/// The raw output for one raw input of element `flat`; certified rounding where the path has a
/// transcendental function.
std::int64_t quantize_raw(const Quantize& q, const TensorType& in, std::int64_t flat,
                          std::int64_t raw);

/// The outputs that element `flat` can have: exact for monotone paths that do not wrap, else the
/// range of the grid. Empty when a function on the path is not defined on the element's range.
std::optional<Interval> quantized_range(const Quantize& q, const TensorType& in, std::int64_t flat);

/// The raw output for every integer from low to high of the element's range (entry i is for
/// low + i). The range holds at most 2^20 integers.
std::vector<std::int64_t> quantize_table(const Quantize& q, const TensorType& in,
                                         std::int64_t flat);

/// `clamp(round(raw * factor + offset), bounds)`.
using AffineStep = numeric::Rescale;

/// The affine form of the element's step; it holds on the element's range. Empty when the path has
/// a function that is not piecewise linear, a leaky ReLU that both signs reach, or when the
/// overflow does not saturate and is reached.
std::optional<AffineStep> affine_step(const Quantize& q, const TensorType& in, std::int64_t flat);

/// The element's steps, where its path is monotone and saturation is its only overflow; empty
/// otherwise and for more than `most` steps. Takes a bisection of the range for each step.
std::optional<numeric::StepFunction> monotone_steps(const Quantize& q, const TensorType& in,
                                                    std::int64_t flat, std::int64_t most);

/// Whether the element can leave the grid's range (the bounds, when it saturates), so that the
/// overflow mode matters.
bool overflows(const Quantize& q, const TensorType& in, std::int64_t flat);

/// Where the step's parameters differ; its ranges are the tensor's.
Variation variation_of(const Quantize& q, const TensorType& in);

/// Whether `flat` matters: false when the step is the same for every element.
bool is_uniform(const Quantize& q, const TensorType& in);

}  // namespace gatefold::graph
