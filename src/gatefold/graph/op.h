#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gatefold/graph/encoding.h"
#include "gatefold/numeric/quantizer.h"
#include "gatefold/numeric/tensor.h"

// The closed set of ops: exact tensor algebra on integers. Shapes never hold the batch axis.
// docs/architecture.md, "The ops", has the meaning of each in one table.
namespace gatefold::graph {

class Graph;

/// raw = overflow(round(real / grid.scale + grid.zero_point)), where real is decoded from the input
/// by `source` (when set by a pass: the whole path of affines and activations that it absorbed) or
/// by the input's own encoding.
struct Quantize {
  PerAxis<numeric::Grid> grid;
  numeric::Rounding rounding = numeric::Rounding::HalfEven;
  numeric::Overflow overflow = numeric::Overflow::Saturate;
  int saturated_bits = 0;
  std::optional<Encoding> source;
  friend bool operator==(const Quantize&, const Quantize&) = default;
};

/// A port. The host quantizes floats with `port`, whose `source` decodes a float `x` as raw = x
/// (functions before the first quantizer, such as standardisation, are the host's); the hardware
/// takes the integers.
struct Input {
  std::string name;
  Shape shape;
  Quantize port;
  friend bool operator==(const Input&, const Input&) = default;
};

struct Constant {
  numeric::IntTensor value;
  Encoding encoding;
  friend bool operator==(const Constant&, const Constant&) = default;
};

// Kinds of pure wiring.
struct Reshape {
  Shape shape;
  friend bool operator==(const Reshape&, const Reshape&) = default;
};
struct Transpose {
  std::vector<int> permutation;  // output axis i is input axis permutation[i]
  friend bool operator==(const Transpose&, const Transpose&) = default;
};
struct Slice {
  std::vector<std::int64_t> starts, steps, extents;  // per axis; a negative step walks backwards
  friend bool operator==(const Slice&, const Slice&) = default;
};
struct Pad {
  std::vector<std::int64_t> before, after;  // per axis
  std::int64_t value = 0;                   // raw
  friend bool operator==(const Pad&, const Pad&) = default;
};
struct Concatenate {
  int axis = 0;
  friend bool operator==(const Concatenate&, const Concatenate&) = default;
};
struct Gather {
  int axis = 0;
  std::vector<std::int64_t> indices;
  friend bool operator==(const Gather&, const Gather&) = default;
};
/// Sliding windows over the leading spatial axes of [spatial…, channels]: the output has shape
/// [positions…, kernel…, channels]. Padding is a Pad before it.
struct Window {
  std::vector<std::int64_t> kernel, strides, dilations;
  friend bool operator==(const Window&, const Window&) = default;
};
/// Each element of an axis repeated `factors[axis]` times (nearest upsampling, broadcasting).
struct Repeat {
  std::vector<std::int64_t> factors;
  friend bool operator==(const Repeat&, const Repeat&) = default;
};

using Wiring = std::variant<Reshape, Transpose, Slice, Pad, Concatenate, Gather, Window, Repeat>;

/// Pure wiring, no arithmetic. Concatenate takes several inputs, the others one.
struct Rearrange {
  Wiring wiring;
  friend bool operator==(const Rearrange&, const Rearrange&) = default;
};

/// Weights that hardware exchanges: nothing depends on their values but the integers of the sums,
/// whose ranges hold for whatever weights and addends the two ranges hold.
struct Reloadable {
  numeric::Interval weights;
  numeric::Interval addend;           // the constant 0 where there are none
  std::vector<std::int64_t> addends;  // raw, one per output channel, or empty: added to the sums
  friend bool operator==(const Reloadable&, const Reloadable&) = default;
};

/// Contraction of the last axis with constant integers, in groups:
/// raw[…, g*J + j] = sum over i of weights[g, i, j] * x[…, g*I + i]. The sum is exact.
/// The real weight is multiplier * weight, and `bias` (real, one per output channel, or empty) adds
/// to the encoding's offset: it costs nothing until a quantizer.
struct Linear {
  numeric::IntTensor weights;                 // [groups, inputs, outputs]
  PerAxis<Rational> multiplier{Rational(1)};  // uniform, or axis 0 over the output channels
  std::vector<Rational> bias;
  std::optional<Reloadable> reloadable = {};
  friend bool operator==(const Linear&, const Linear&) = default;
};

/// Batched matrix product of two computed tensors: [batch…, M, K] x [batch…, K, N].
struct Contract {
  friend bool operator==(const Contract&, const Contract&) = default;
};

/// raw -> entries[raw - first], parameters per channel; the output stands for `encoding`.
struct Table {
  std::int64_t first = 0;
  PerAxis<std::vector<std::int64_t>> entries;
  Encoding encoding;
  friend bool operator==(const Table&, const Table&) = default;
};
/// raw -> min(max(raw, low), high), where either bound may be absent (exact ReLU, ReLU6).
struct Clamp {
  std::optional<std::int64_t> low, high;
  friend bool operator==(const Clamp&, const Clamp&) = default;
};

/// Elementwise function of one value. A RealFunction leaves the integers as they are and changes
/// only what they stand for; Table and Clamp compute.
struct Map {
  std::variant<RealFunction, Table, Clamp> function;
  friend bool operator==(const Map&, const Map&) = default;
};

enum class CombineKind {
  Add,
  Subtract,
  Multiply,
  Minimum,
  Maximum,
  Less,
  LessEqual,
  Equal,
  Select
};

/// Elementwise on raw integers, NumPy broadcasting. All but Multiply need one common scale;
/// Multiply needs zero offsets, all but it, Add and Subtract equal offsets; extrema and comparisons
/// need positive scales. Extrema and Select also take equal pending functions. Select(condition, a,
/// b) is a where condition is not 0.
struct Combine {
  CombineKind kind = CombineKind::Add;
  friend bool operator==(const Combine&, const Combine&) = default;
};

enum class ReduceKind { Sum, Maximum, Minimum, And, Or };

struct Reduce {
  ReduceKind kind = ReduceKind::Sum;
  std::vector<int> axes;
  bool keep_axes = false;
  friend bool operator==(const Reduce&, const Reduce&) = default;
};

enum class OrderKind { ArgMax, TopValues, TopIndices, Sort };

/// Along the last axis; of equal values the first wins. `count` is the k of top-k.
struct Order {
  OrderKind kind = OrderKind::ArgMax;
  std::int64_t count = 1;
  bool largest = true;
  friend bool operator==(const Order&, const Order&) = default;
};

/// A body graph repeated over the first axis. Inputs of the node: the sequences (first axis: time),
/// then the initial states. Inputs of the body: one slice of each sequence, then the states.
/// Outputs of the body: `sequence_outputs` values per step, then the next states. Outputs of the
/// node: the stacked sequences, then the final states. Types of the states are fixed points.
///
/// A stateful one begins with its initial states, which are constants, in the first inference
/// alone, and in each later one with the final states of the one before. No body of a scan holds
/// one.
struct Scan {
  std::shared_ptr<const Graph> body;
  int sequence_inputs = 1;
  int sequence_outputs = 1;
  bool reverse = false;
  bool stateful = false;
  friend bool operator==(const Scan& a, const Scan& b);
};

using Op = std::variant<Input, Constant, Rearrange, Linear, Contract, Map, Combine, Reduce, Order,
                        Quantize, Scan>;

/// `linear`, `quantize`, … as in the text form.
std::string name_of(const Op& op);

}  // namespace gatefold::graph
