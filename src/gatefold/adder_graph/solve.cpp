#include <algorithm>
#include <cmath>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/adder_graph/decomposition.h"
#include "gatefold/adder_graph/realize.h"
#include "gatefold/adder_graph/search.h"
#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

namespace {

constexpr int unbounded_depth = 500;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

void check_preconditions(const Problem& problem) {
  GATEFOLD_ASSERT(problem.inputs >= 0 && problem.outputs >= 0, "sizes are not negative");
  const std::size_t inputs = index(problem.inputs), outputs = index(problem.outputs);
  GATEFOLD_ASSERT(problem.weights.size() == inputs * outputs, "one weight per input and output");
  GATEFOLD_ASSERT(problem.ranges.size() == inputs, "one range per input");
  GATEFOLD_ASSERT(problem.depths.empty() || problem.depths.size() == inputs, "one depth per input");
  for (const int depth : problem.depths)
    GATEFOLD_ASSERT(depth >= 0 && depth <= latest_arrival, "arrivals are near each other");
  const double most = std::ldexp(1.0, numeric::max_word_width - 1);
  for (std::size_t j = 0; j < outputs; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < inputs; ++i) {
      const auto& range = problem.ranges[i];
      const double x = std::max(std::abs(static_cast<double>(range.low)),
                                std::abs(static_cast<double>(range.high)));
      // Signed digits of w add up to less than 2 |w|.
      sum += 2 * x * std::abs(static_cast<double>(problem.weights[i * outputs + j]));
    }
    GATEFOLD_ASSERT(sum < most, "every partial sum fits a word");
  }
}

}  // namespace

int least_depth(const Problem& problem) {
  int least = 0;
  for (const auto& column : columns_of(problem)) {
    const double kraft = kraft_of(column, problem);
    while (power_of_two(least) < kraft) ++least;
  }
  return least;
}

int depth_limit(const Problem& problem) {
  return problem.extra_depth < 0 ? unbounded_depth : least_depth(problem) + problem.extra_depth;
}

AdderGraph solve(const Problem& problem) {
  check_preconditions(problem);
  const auto [greedy, best] = search(problem, depth_limit(problem));
  AdderGraph graph = realize(best, problem);
  // The search estimates ranges of partial sums; the graph's are exact.
  AdderGraph first = realize(greedy, problem);
  if (first.cost < graph.cost) graph = std::move(first);
  GATEFOLD_ASSERT(equals(graph, problem), "the adder graph computes its matrix");
  return graph;
}

}  // namespace gatefold::adder_graph
