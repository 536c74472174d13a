#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gatefold/graph/op.h"

// Spellings of the text form and of messages.
namespace gatefold::graph {

std::string name_of(CombineKind kind);
std::string name_of(ReduceKind kind);
std::string name_of(OrderKind kind);
std::string name_of(Elementary function);
std::string name_of(const RealFunction& function);
std::string name_of(const Wiring& wiring);

std::optional<CombineKind> parse_combine_kind(std::string_view name);
std::optional<ReduceKind> parse_reduce_kind(std::string_view name);
std::optional<OrderKind> parse_order_kind(std::string_view name);
std::optional<Elementary> parse_elementary(std::string_view name);

}  // namespace gatefold::graph
