#include "gatefold/adder_graph/realize.h"

#include <algorithm>

#include "gatefold/adder_graph/builder.h"
#include "gatefold/adder_graph/sum_tree.h"

namespace gatefold::adder_graph {

namespace {

class Realization {
 public:
  Realization(const Network& network, const Problem& problem)
      : network_(network), problem_(problem), builder_(problem) {
    built_.resize(static_cast<std::size_t>(network.size()));
    for (int i = 0; i < network.inputs(); ++i) built_[static_cast<std::size_t>(i)] = {i, 0, 1};
  }

  AdderGraph run() {
    want_signs();
    for (const int node : network_.order()) {
      const auto i = static_cast<std::size_t>(node);
      built_[i] = build(network_.column_of(node), wanted_[i]);
    }
    std::vector<Digit> outputs;
    for (int j = 0; j < network_.outputs(); ++j) {
      outputs.push_back(build(j, SumPlan::Sign::Positive));
    }
    return builder_.finish(outputs);
  }

 private:
  // An output of negative terms only would come out negated: one of its shared sums is asked for
  // with the other sign. An output that is a shared sum asks for its own sign.
  void want_signs() {
    using Sign = SumPlan::Sign;
    wanted_.assign(static_cast<std::size_t>(network_.size()), Sign::Cheaper);
    for (int j = 0; j < network_.outputs(); ++j) {
      const auto& terms = network_.column(j).digits;
      const bool negative =
          std::all_of(terms.begin(), terms.end(), [](const Digit& term) { return term.sign < 0; });
      if (!negative && terms.size() != 1) continue;
      for (const auto& term : terms) {
        auto& wanted = wanted_[static_cast<std::size_t>(term.node)];
        if (term.node < network_.inputs() || wanted != Sign::Cheaper) continue;
        wanted = negative ? Sign::Negative : Sign::Positive;
        break;
      }
    }
  }

  Digit build(int column, SumPlan::Sign sign) {
    std::vector<Digit> digits;
    std::vector<Leaf> leaves;
    for (const auto& term : network_.column(column).digits) {
      Digit digit = built_[static_cast<std::size_t>(term.node)];
      digit.shift = static_cast<std::int16_t>(digit.shift + term.shift);
      digit.sign = static_cast<std::int16_t>(digit.sign * term.sign);
      digits.push_back(digit);
      leaves.push_back(
          {shifted(builder_.range(digit.node), digit), builder_.depth(digit.node), digit.sign < 0});
    }
    SumPlan plan;
    plan.plan(problem_.model, leaves, network_.limit_of(column), sign);
    return plan.build(builder_, digits);
  }

  const Network& network_;
  const Problem& problem_;
  Builder builder_;
  std::vector<Digit> built_;  // the digit of each node
  std::vector<SumPlan::Sign> wanted_;
};

}  // namespace

AdderGraph realize(const Network& network, const Problem& problem) {
  return Realization(network, problem).run();
}

}  // namespace gatefold::adder_graph
