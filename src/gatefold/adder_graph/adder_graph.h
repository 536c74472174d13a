#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "gatefold/adder_graph/cost_model.h"
#include "gatefold/numeric/interval.h"

// A constant matrix times a vector, as shifts and two-operand adders: cheap by a cost model, within
// a bound on the depth. Shifts are wires. Method: signed digits, common-subexpression elimination
// of two-term patterns (Hartley 1996), columns expressed by other columns (da4ml, arXiv 2507.04535,
// section 4), trees bounded by Kraft's inequality.
namespace gatefold::adder_graph {

/// Before a word of this arrival there is time for the sum of 2^16 earlier ones, so how much
/// earlier they come makes no difference; and powers of two up to a column's depth stay exact as
/// doubles.
constexpr int latest_arrival = 16;

/// y[j] = sum_i weights[i * outputs + j] * x[i]. Preconditions (asserted): sizes agree, and every
/// y[j] fits numeric::max_word_width bits even when all its terms have one sign.
struct Problem {
  int inputs = 0, outputs = 0;
  std::vector<std::int64_t> weights;      // [inputs, outputs] row-major
  std::vector<numeric::Interval> ranges;  // of each input; an input that is always 0 is left out
  std::vector<int> depths;                // arrivals in adder levels, to latest_arrival (empty: 0)
  CostModel model;                        // what is to be small
  int extra_depth = 2;                    // levels above the least possible; -1: unbounded
  int effort = 1;                         // work of the search, in proportion; 0: greedy only
  std::uint64_t seed = 1;                 // of the search; equal problems give equal graphs

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// `(negate ? -1 : 1) * (node << shift)`, shift >= 0. Node < inputs: an input; else
/// adders[node - inputs]; -1: the constant 0. A negation is left only where all of a column's terms
/// are negative.
struct Term {
  int node = -1;
  int shift = 0;
  bool negate = false;

  friend bool operator==(const Term&, const Term&) = default;
};

/// (a << shift_a) + (b << shift_b), or minus; one of the shifts is 0. `depth`: levels from the
/// inputs' arrivals, this one included. `range`: of the linear form that the node computes, exact
/// where input intervals are boxes (it can be tighter than the operands' ranges combined).
struct Adder {
  int a = 0, b = 0;
  int shift_a = 0, shift_b = 0;
  bool subtract = false;
  int depth = 0;
  numeric::Interval range;

  friend bool operator==(const Adder&, const Adder&) = default;
};

/// Adders in topological order. `depth`: of the deepest output. `bits`: of all carry chains,
/// without rows. `cost`: by the problem's model, with the cheapest choice of rows. `output_ranges`:
/// of the matrix's results.
struct AdderGraph {
  int inputs = 0;
  std::vector<Adder> adders;
  std::vector<Term> outputs;
  int depth = 0;
  std::int64_t bits = 0, cost = 0;
  std::vector<numeric::Interval> output_ranges;

  friend bool operator==(const AdderGraph&, const AdderGraph&) = default;
};

/// The cheapest graph found, proved equal to its matrix. Deterministic: effort is counted in
/// passes, never in seconds. An interrupt ends the search early, with a dearer graph.
AdderGraph solve(const Problem& problem);

/// Whether the graph computes the problem's matrix: every node's linear form is recomputed and
/// compared with its column, without sampling. False also for a malformed graph, a wrong depth or
/// cost, or a range that misses a reachable value.
bool equals(const AdderGraph& graph, const Problem& problem);

/// What the graph's adders cost by a model. Where the model has rows of three operands, each adder
/// and one that only it reads may be one where no output gets later than the depth limit: the
/// cheapest choice, by dynamic programming.
std::int64_t cost_of(const AdderGraph& graph, const Problem& problem);

/// Least depth of any graph that sums the matrix's canonical signed digits: the deepest column's
/// ceil(log2(sum over digits of 2^arrival)).
int least_depth(const Problem& problem);

/// The latest level of an output: least_depth with extra_depth, or as good as none.
int depth_limit(const Problem& problem);

/// Solves each different problem once.
class Cache {
 public:
  const AdderGraph& solve(const Problem& problem);
  std::size_t size() const { return solved_.size(); }

 private:
  struct Entry {
    Problem problem;
    AdderGraph graph;
  };
  std::vector<std::unique_ptr<Entry>> solved_;
  std::unordered_multimap<std::size_t, std::size_t> by_hash_;
};

}  // namespace gatefold::adder_graph
