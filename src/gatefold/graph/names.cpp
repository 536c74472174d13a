#include "gatefold/graph/names.h"

#include <algorithm>
#include <iterator>

#include "gatefold/support/assert.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {
namespace {

template <typename T>
struct Named {
  std::string_view name;
  T value;
};

constexpr Named<CombineKind> combine_kinds[] = {
    {"add", CombineKind::Add},
    {"subtract", CombineKind::Subtract},
    {"multiply", CombineKind::Multiply},
    {"minimum", CombineKind::Minimum},
    {"maximum", CombineKind::Maximum},
    {"less", CombineKind::Less},
    {"less_equal", CombineKind::LessEqual},
    {"equal", CombineKind::Equal},
    {"select", CombineKind::Select},
};

constexpr Named<ReduceKind> reduce_kinds[] = {
    {"sum", ReduceKind::Sum}, {"maximum", ReduceKind::Maximum}, {"minimum", ReduceKind::Minimum},
    {"and", ReduceKind::And}, {"or", ReduceKind::Or},
};

constexpr Named<OrderKind> order_kinds[] = {
    {"argmax", OrderKind::ArgMax},
    {"top_values", OrderKind::TopValues},
    {"top_indices", OrderKind::TopIndices},
    {"sort", OrderKind::Sort},
};

constexpr Named<Elementary> elementary_functions[] = {
    {"sigmoid", Elementary::Sigmoid},
    {"tanh", Elementary::Tanh},
    {"exp", Elementary::Exp},
    {"reciprocal", Elementary::Reciprocal},
    {"rsqrt", Elementary::ReciprocalSqrt},
};

template <typename T, std::size_t N>
std::string name_in(const Named<T> (&table)[N], T value) {
  const auto* found = std::ranges::find(table, value, &Named<T>::value);
  GATEFOLD_ASSERT(found != std::end(table), "every kind has a name");
  return std::string(found->name);
}

template <typename T, std::size_t N>
std::optional<T> find_in(const Named<T> (&table)[N], std::string_view name) {
  const auto* found = std::ranges::find(table, name, &Named<T>::name);
  return found == std::end(table) ? std::nullopt : std::optional(found->value);
}

}  // namespace

std::string name_of(CombineKind kind) { return name_in(combine_kinds, kind); }
std::string name_of(ReduceKind kind) { return name_in(reduce_kinds, kind); }
std::string name_of(OrderKind kind) { return name_in(order_kinds, kind); }
std::string name_of(Elementary function) { return name_in(elementary_functions, function); }

std::string name_of(const RealFunction& function) {
  return std::visit(Match{[](const Affine&) -> std::string { return "affine"; },
                          [](const Relu&) -> std::string { return "relu"; },
                          [](const LeakyRelu&) -> std::string { return "leaky"; },
                          [](Elementary f) { return name_of(f); }},
                    function);
}

std::string name_of(const Wiring& wiring) {
  return std::visit(
      Match{[](const Reshape&) { return "reshape"; }, [](const Transpose&) { return "transpose"; },
            [](const Slice&) { return "slice"; }, [](const Pad&) { return "pad"; },
            [](const Concatenate&) { return "concatenate"; },
            [](const Gather&) { return "gather"; }, [](const Window&) { return "window"; },
            [](const Repeat&) { return "repeat"; }},
      wiring);
}

std::optional<CombineKind> parse_combine_kind(std::string_view name) {
  return find_in(combine_kinds, name);
}
std::optional<ReduceKind> parse_reduce_kind(std::string_view name) {
  return find_in(reduce_kinds, name);
}
std::optional<OrderKind> parse_order_kind(std::string_view name) {
  return find_in(order_kinds, name);
}
std::optional<Elementary> parse_elementary(std::string_view name) {
  return find_in(elementary_functions, name);
}

}  // namespace gatefold::graph
