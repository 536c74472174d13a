#include "gatefold/adder_graph/realize.h"

#include <algorithm>

#include "gatefold/adder_graph/builder.h"
#include "gatefold/adder_graph/sum_tree.h"

namespace gatefold::adder_graph {

namespace {

class Realization {
 public:
  Realization(const Network& network, const Problem& problem)
      : network_(network), builder_(problem) {
    for (int i = 0; i < network.inputs(); ++i) built_.push_back({i, 0, 1});
  }

  AdderGraph run() {
    want_signs();
    for (int node = network_.inputs(); node < network_.size(); ++node) {
      const auto& sum = network_.at(node);
      built_.push_back(build(sum.terms, sum.level, wanted_[static_cast<std::size_t>(node)]));
    }
    std::vector<Digit> outputs;
    for (const auto& terms : network_.outputs()) {
      outputs.push_back(build(terms, network_.depth_limit(), SumPlan::Sign::Positive));
    }
    return builder_.finish(outputs);
  }

 private:
  // An output of negative terms only would come out negated: one of its shared sums is asked for
  // with the other sign. An output that is a shared sum asks for its own sign.
  void want_signs() {
    using Sign = SumPlan::Sign;
    wanted_.assign(static_cast<std::size_t>(network_.size()), Sign::Cheaper);
    for (const auto& terms : network_.outputs()) {
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

  Digit build(const std::vector<Digit>& terms, int limit, SumPlan::Sign sign) {
    std::vector<Digit> digits;
    std::vector<Leaf> leaves;
    for (const auto& term : terms) {
      Digit digit = built_[static_cast<std::size_t>(term.node)];
      digit.shift = static_cast<std::int16_t>(digit.shift + term.shift);
      digit.sign = static_cast<std::int16_t>(digit.sign * term.sign);
      digits.push_back(digit);
      leaves.push_back(
          {shifted(builder_.range(digit.node), digit), builder_.depth(digit.node), digit.sign < 0});
    }
    return SumPlan(leaves, limit, sign).build(builder_, digits);
  }

  const Network& network_;
  Builder builder_;
  std::vector<Digit> built_;  // the digit of each node
  std::vector<SumPlan::Sign> wanted_;
};

}  // namespace

AdderGraph realize(const Network& network, const Problem& problem) {
  return Realization(network, problem).run();
}

}  // namespace gatefold::adder_graph
