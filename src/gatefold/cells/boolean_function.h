#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatefold::cells {

/// A function of at most six variables: bit i is its value where variable k is bit k of i.
using TruthTable = std::uint64_t;

/// The table of a Liberty expression (`!` and `'`, then `^`, then `*`, `&` or nothing, then `+` or
/// `|`) over the named variables. Empty where it is none, or names another variable.
std::optional<TruthTable> truth_table(std::string_view expression,
                                      std::span<const std::string> variables);

/// The bits of a table that a function of so many variables has.
TruthTable meaningful_bits(std::size_t variables);

}  // namespace gatefold::cells
