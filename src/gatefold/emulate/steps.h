#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "gatefold/emulate/plan.h"

namespace gatefold::emulate {

/// Entries in Int32 or Int64 lanes.
struct LookUp {
  std::int64_t first = 0;
  Lane lane = Lane::Int32;
  std::variant<std::vector<std::int32_t>, std::vector<std::int64_t>> entries;
};

/// For functions of values too many for a table.
using OneByOne = std::function<std::int64_t(std::int64_t)>;

struct ScaleBy {
  Scaling scaling;
  Lane word = Lane::Int64;
};

/// A function of one element's integers.
using Unary = std::variant<ScaleBy, LookUp, OneByOne>;
using UnaryPointer = std::shared_ptr<const Unary>;

/// The function of each element, shared where equal.
std::vector<UnaryPointer> functions_of(const graph::Quantize& op, const graph::TensorType& in);
std::vector<UnaryPointer> functions_of(const graph::Table& op, const graph::TensorType& in);
std::vector<UnaryPointer> functions_of(const graph::Clamp& op, const graph::TensorType& in);

/// to = function(from)
void apply(const Kernels& kernels, const Unary& function, const void* from, Lane from_lane,
           void* to, Lane to_lane, std::size_t lanes);

struct UnaryElement {
  Slot from, to;
  UnaryPointer function;
};
std::unique_ptr<Step> unary_step(const Kernels& kernels, std::vector<UnaryElement> elements);

/// One sum of products; the function of it that is stored may be none.
struct SumElement {
  std::uint32_t terms = 0;  // index of its products
  std::uint32_t first = 0;  // index of the place that its products count their inputs from
  Lane sum = Lane::Int64;
  UnaryPointer function;
  Slot to;
  std::int64_t addend = 0;  // joins the products
};
/// The products of one output channel, by the lane of what they read.
using ChannelTerms = std::array<std::vector<Term>, lane_count>;
/// Sums with the same weights at many positions of a tensor, whose elements are at `places`.
struct Sums {
  std::vector<std::uint32_t> places;
  std::vector<ChannelTerms> terms;
  std::vector<SumElement> elements;
};
/// The sums of a Linear, one for each element of its output, without a function and a place.
Sums sums_of(const graph::Linear& op, const graph::TensorType& out, std::span<const Slot> x);
std::unique_ptr<Step> sum_step(const Kernels& kernels, Sums sums);

/// to = from[0] kind from[1] kind …; of Select, from = {condition, a, b}.
struct CombineElement {
  std::vector<Slot> from;
  Slot to;
};
std::unique_ptr<Step> combine_step(const Kernels& kernels, graph::CombineKind kind, Lane word,
                                   std::vector<CombineElement> elements);

/// A body compiled for the same kernels, once for each step of its sequences. The states of a
/// stateful scan are those of the block from `first_state` on.
std::unique_ptr<Step> scan_step(const graph::Scan& op, Plan body,
                                std::vector<std::vector<Slot>> from,
                                std::vector<std::vector<Slot>> to, std::size_t first_state);

/// Sample by sample, by the graph's own meaning.
std::unique_ptr<Step> evaluate_step(graph::Op op, std::vector<graph::TensorType> types,
                                    std::vector<std::vector<Slot>> from,
                                    std::vector<std::vector<Slot>> to);

}  // namespace gatefold::emulate
