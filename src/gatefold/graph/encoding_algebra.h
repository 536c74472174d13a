#pragma once

#include <cstdint>
#include <span>

#include "gatefold/graph/encoding.h"
#include "gatefold/numeric/quantizer.h"

// What ops do to the meaning of integers.
namespace gatefold::graph {

/// The encoding after one more function. An affine composes with a linear encoding and with an
/// affine before it; other functions are appended. `shape` is the tensor's.
Encoding then(const Encoding& encoding, const RealFunction& function, const Shape& shape);

/// Whether every parameter has a value for every element of this shape.
bool fits(const Encoding& encoding, const Shape& shape);
bool fits(const RealFunction& function, const Shape& shape);

/// The encoding of the tensor of shape `to` whose element i is element flats[i] of one of `from`.
Encoding gather(const Encoding& encoding, const Shape& from, const Shape& to,
                std::span<const std::int64_t> flats);

/// The encoding of a stack (new first axis) of tensors with this encoding.
Encoding stacked(const Encoding& encoding);

/// Least general forms of all parameters.
Encoding canonical(const Encoding& encoding, const Shape& shape);

/// The encoding of the integers that a quantizer with this grid gives: scale, and offset
/// -zero_point * scale.
Encoding encoding_of(const PerAxis<numeric::Grid>& grid);

/// True when a greater raw integer never stands for a smaller real number, at every element.
bool is_increasing(const Encoding& encoding);

/// True when different integers stand for different real numbers in the same order.
bool is_strictly_increasing(const Encoding& encoding);

/// True when every real number of the tensor is at least 0 (linear encodings only).
bool is_nonnegative(const TensorType& type);

/// A linear encoding with scale 1 and offset 0.
inline Encoding plain() { return {}; }

}  // namespace gatefold::graph
