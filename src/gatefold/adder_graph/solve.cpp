#include <algorithm>
#include <cmath>

#include "gatefold/adder_graph/adder_graph.h"
#include "gatefold/adder_graph/builder.h"
#include "gatefold/adder_graph/elimination.h"
#include "gatefold/adder_graph/signed_digits.h"
#include "gatefold/adder_graph/sum_tree.h"
#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

namespace {

constexpr int unbounded_depth = 1000;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

void check_preconditions(const Problem& problem) {
  GATEFOLD_ASSERT(problem.inputs >= 0 && problem.outputs >= 0, "sizes are not negative");
  const std::size_t inputs = index(problem.inputs), outputs = index(problem.outputs);
  GATEFOLD_ASSERT(problem.weights.size() == inputs * outputs, "one weight per input and output");
  GATEFOLD_ASSERT(problem.ranges.size() == inputs, "one range per input");
  GATEFOLD_ASSERT(problem.depths.empty() || problem.depths.size() == inputs, "one depth per input");
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

std::vector<Column> columns_of(const Problem& problem) {
  std::vector<Column> columns(index(problem.outputs));
  for (int i = 0; i < problem.inputs; ++i) {
    const auto& range = problem.ranges[index(i)];
    if (range.low == 0 && range.high == 0) continue;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      append_canonical(i, problem.weights[index(i) * columns.size() + j], columns[j].digits);
    }
  }
  return columns;
}

int least_depth_of(const Problem& problem, const std::vector<Column>& columns) {
  int least = 0;
  for (const auto& column : columns) {
    double kraft = 0;
    for (const auto& digit : column.digits) {
      kraft += std::ldexp(1.0, problem.depths.empty() ? 0 : problem.depths[index(digit.node)]);
    }
    while (std::ldexp(1.0, least) < kraft) ++least;
  }
  return least;
}

}  // namespace

int least_depth(const Problem& problem) { return least_depth_of(problem, columns_of(problem)); }

AdderGraph solve(const Problem& problem) {
  check_preconditions(problem);
  auto columns = columns_of(problem);
  const int limit = problem.extra_depth < 0
                        ? unbounded_depth
                        : least_depth_of(problem, columns) + problem.extra_depth;
  for (auto& column : columns) column.depth_limit = limit;
  Builder builder(problem);
  Elimination(builder, columns, {}).run();
  std::vector<Digit> outputs;
  for (const auto& column : columns) {
    outputs.push_back(build_sum(builder, column.digits, column.depth_limit));
  }
  AdderGraph graph = builder.finish(outputs);
  GATEFOLD_ASSERT(equals(graph, problem), "the adder graph computes its matrix");
  return graph;
}

}  // namespace gatefold::adder_graph
