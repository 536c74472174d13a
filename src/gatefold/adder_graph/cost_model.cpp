#include "gatefold/adder_graph/cost_model.h"

#include <algorithm>

#include "gatefold/adder_graph/form.h"
#include "gatefold/support/assert.h"

namespace gatefold::adder_graph {

using numeric::Interval;

namespace {

// Bits of the word within [start, end); with a sign, it stands up to the end.
int standing(const Interval& word, int start, int end) {
  const int top = word.low < 0 ? end : std::min(end, top_of(word));
  return std::max(0, top - std::max(start, word.zeros));
}

}  // namespace

AdderBits bits_of_adder(const Interval& a, const Interval& b, bool subtract, const Interval& sum) {
  const bool a_finer = a.zeros < b.zeros;
  const Interval& finer = a_finer ? a : b;
  const bool finer_subtracted = subtract && !a_finer && a.zeros != b.zeros;
  const int coarse = std::max(a.zeros, b.zeros);
  if (!subtract && finer.low >= 0 && top_of(finer) <= coarse) return {};
  const int start = finer_subtracted ? finer.zeros : coarse, end = top_of(sum);
  if (end <= start) return {};
  AdderBits bits;
  // Above their lowest bits words stand up to their tops: both do up to the lower top.
  bits.full = std::min(standing(a, coarse, end), standing(b, coarse, end));
  bits.half = end - start - bits.full;
  if (subtract) bits.inverted = std::max(0, std::min(end, top_of(b)) - std::max(start, b.zeros));
  return bits;
}

int bits_of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c,
                const Interval& sum) {
  const RowOperand* terms[] = {&a, &b, &c};
  std::ranges::sort(terms, {}, [](const RowOperand* term) { return term->range.zeros; });
  const int start = (terms[0]->subtracted ? terms[0] : terms[1])->range.zeros;
  return std::max(0, top_of(sum) - start);
}

std::int64_t CostModel::of_adder(const Interval& a, const Interval& b, bool subtract,
                                 const Interval& sum) const {
  const AdderBits bits = bits_of_adder(a, b, subtract, sum);
  if (bits.chain() == 0) return 0;
  return std::max<std::int64_t>(
      0, chain + full_adder * bits.full + half_adder * bits.half + inverter * bits.inverted);
}

std::int64_t CostModel::of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c,
                               const Interval& sum) const {
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
