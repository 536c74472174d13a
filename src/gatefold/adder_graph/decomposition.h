#pragma once

#include <optional>
#include <vector>

#include "gatefold/adder_graph/network.h"

namespace gatefold::adder_graph {

/// One column of the matrix: weights by input, of inputs that can differ from 0.
using Weights = std::vector<std::int64_t>;

/// Which signed digits a weight is written with.
enum class DigitForm { Canonical, Low };

/// Every column stands alone.
Network separate_columns(const Problem& problem, int depth_limit, DigitForm form);

/// Columns stand on sums of differences to other columns: a spanning tree of the columns and 0 by
/// the digits of the difference or the sum of two (da4ml, arXiv 2507.04535, section 4.2), whose
/// paths have at most `longest_path` edges and keep to the depth limit. Empty unless that takes
/// a tenth fewer digits than the columns have: it costs adders otherwise (measured).
std::optional<Network> decompose(const Problem& problem, int depth_limit, int longest_path);

/// Every column stands on a multiple of the sum of all inputs, where that takes fewer digits: for
/// weights that lie around one value. Empty unless it takes a tenth fewer digits in all.
std::optional<Network> offset_columns(const Problem& problem, int depth_limit);

/// The matrix's columns.
std::vector<Weights> columns_of(const Problem& problem);
std::vector<Digit> digits_of(const Weights& column, DigitForm form = DigitForm::Canonical);
/// sum over digits of 2^arrival.
double kraft_of(const Weights& column, const Problem& problem);

}  // namespace gatefold::adder_graph
