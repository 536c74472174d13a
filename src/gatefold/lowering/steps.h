#pragma once

#include <optional>

#include "gatefold/lowering/lowerer.h"
#include "gatefold/numeric/step_function.h"

namespace gatefold::lowering {

/// A monotone function in segments of 2^low_bits inputs: a table has its value at the start of each
/// segment, further tables the places of its steps within, one comparison each.
struct Segments {
  int low_bits = 0;
  std::int64_t comparisons = 0;  // the most steps within one segment
  double luts = 0;               // of six inputs, about
};

/// LUTs of a table.
double table_luts(int index_bits, int word_bits);

/// The cheapest segments for a function with steps.
Segments choose_segments(const numeric::StepFunction& steps);

/// The function of `x`, in the cheapest of segments and one comparison for each step.
ValueId lower_steps(Lowerer& lowerer, ValueId x, const numeric::StepFunction& steps);

/// The steps of a table, where it is monotone.
std::optional<numeric::StepFunction> steps_of(const std::vector<std::int64_t>& entries,
                                              std::int64_t first);

}  // namespace gatefold::lowering
