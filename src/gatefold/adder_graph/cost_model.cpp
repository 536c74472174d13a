#include "gatefold/adder_graph/cost_model.h"

#include <algorithm>

#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

int bits_of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c, const Word& sum) {
  const RowOperand* terms[] = {&a, &b, &c};
  std::ranges::sort(terms, {}, [](const RowOperand* term) { return term->word.zeros; });
  const int start = (terms[0]->subtracted ? terms[0] : terms[1])->word.zeros;
  return std::max(0, sum.top - start);
}

std::int64_t CostModel::of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c,
                               const Word& sum) const {
  GATEFOLD_ASSERT(row.has_value(), "the cost model has rows of three operands");
  const int bits = bits_of_row(a, b, c, sum);
  return bits == 0 ? 0 : row->chain + row->bit * bits;
}

CostModel full_adder_bits() { return {}; }

CostModel lut6_carry() {
  CostModel model;
  model.row.emplace();
  model.table = {6, 1};
  return model;
}

CostModel lut4_carry(int chain_luts) {
  CostModel model;
  model.chain = chain_luts;
  model.table = {4, 1};
  return model;
}

}  // namespace gatefold::adder_graph
