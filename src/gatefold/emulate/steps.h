#pragma once

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
  std::vector<std::vector<Term>> terms{lane_count};  // by the lane of what they read
  Lane sum = Lane::Int64;
  UnaryPointer function;
  Slot to;
};
std::unique_ptr<Step> sum_step(const Kernels& kernels, std::vector<SumElement> elements);

/// to = from[0] kind from[1] kind …; of Select, from = {condition, a, b}.
struct CombineElement {
  std::vector<Slot> from;
  Slot to;
};
std::unique_ptr<Step> combine_step(const Kernels& kernels, graph::CombineKind kind, Lane word,
                                   std::vector<CombineElement> elements);

/// Sample by sample, by the graph's own meaning.
std::unique_ptr<Step> evaluate_step(graph::Op op, std::vector<graph::TensorType> types,
                                    std::vector<std::vector<Slot>> from,
                                    std::vector<std::vector<Slot>> to);

}  // namespace gatefold::emulate
