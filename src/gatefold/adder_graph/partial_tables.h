#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gatefold/adder_graph/adder_graph.h"

// Distributed arithmetic: what a few inputs of one bit add to a column is a table that takes one
// LUT for each bit of its result. An adder graph sums the tables' words.
namespace gatefold::adder_graph {

/// Bit k of the address is the one bit of inputs[k].
struct PartialTable {
  std::vector<int> inputs;
  std::vector<std::int64_t> entries;

  friend bool operator==(const PartialTable&, const PartialTable&) = default;
};

/// A problem whose inputs of one bit are read by tables. `sums` has the inputs of `rest`, which are
/// some of the problem's, then a word for each table. `cost`: of the tables.
struct Tabulated {
  std::vector<PartialTable> tables;
  std::vector<int> rest;
  Problem sums;
  std::int64_t cost = 0;
};

/// Whether the words with this range have one bit that is not always 0.
bool is_one_bit(const numeric::Interval& range);
/// The word where that bit is 1; where it is 0, the word is 0.
std::int64_t step_of(const numeric::Interval& range);

/// The problem with tables as wide as one LUT, proved equal to it; constant inputs are in the
/// entries. Nothing where the model has no tables or no column has two inputs of one bit.
std::optional<Tabulated> tabulate(const Problem& problem);

/// `tabulate`, where the tables and their adders cost less than the adder graph alone and end
/// within the problem's depth.
std::optional<Tabulated> cheaper_tables(const Problem& problem, Cache& solved);

/// Whether tables and sums compute the problem's matrix: every entry of every table is compared
/// with the weights that it stands for.
bool equals(const Tabulated& tabulated, const Problem& problem);

}  // namespace gatefold::adder_graph
