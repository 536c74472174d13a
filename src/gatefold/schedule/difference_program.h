#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gatefold::schedule {

/// x[to] - x[from] >= length.
struct DifferenceConstraint {
  int from = 0, to = 0;
  std::int64_t length = 0;
};

/// A linear program over differences: minimise the sum of cost[v] * x[v] where x[0] = 0 and
/// low[v] <= x[v] <= high[v] (variable 0 has low = high = 0).
struct DifferenceProgram {
  std::vector<std::int64_t> cost, low, high;
  std::vector<DifferenceConstraint> constraints;

  int add_variable(std::int64_t lowest, std::int64_t highest);
};

/// The least of the optimal integer solutions, by steepest ascent: from the least solution, all
/// variables rise by one whose rise saves most, found by a minimum cut, until none saves (Murota,
/// Shioura 2014). The program must have a solution.
std::vector<std::int64_t> solve(const DifferenceProgram& program);

}  // namespace gatefold::schedule
