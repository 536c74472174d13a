#include "gatefold/graph/op.h"

#include "gatefold/graph/graph.h"
#include "gatefold/support/match.h"

namespace gatefold::graph {

bool operator==(const Scan& a, const Scan& b) {
  return a.sequence_inputs == b.sequence_inputs && a.sequence_outputs == b.sequence_outputs &&
         a.reverse == b.reverse && a.stateful == b.stateful &&
         (a.body == b.body || (a.body && b.body && *a.body == *b.body));
}

std::string name_of(const Op& op) {
  return std::visit(
      Match{[](const Input&) { return "input"; }, [](const Constant&) { return "constant"; },
            [](const Rearrange&) { return "rearrange"; }, [](const Linear&) { return "linear"; },
            [](const Contract&) { return "contract"; }, [](const Map&) { return "map"; },
            [](const Combine&) { return "combine"; }, [](const Reduce&) { return "reduce"; },
            [](const Order&) { return "order"; }, [](const Quantize&) { return "quantize"; },
            [](const Scan&) { return "scan"; }},
      op);
}

}  // namespace gatefold::graph
