#pragma once

#include <cstdint>
#include <optional>

#include "gatefold/numeric/interval.h"

namespace gatefold::adder_graph {

/// The bits that an adder of two operands computes. `full`: both operands stand. `half`: one does,
/// and a carry passes. `inverted`: bits of the subtrahend, its sign's repetitions left out.
struct AdderBits {
  int full = 0, half = 0, inverted = 0;
  int chain() const { return full + half; }
};

/// The bits of a +/- b, operands with their shifts applied: from the coarser operand's lowest bit
/// (lower ones pass through) to the top of the sum; from the subtrahend's lowest bit when that is
/// the finer one (its negation ripples); none when the operands' bits are disjoint (a
/// concatenation).
AdderBits bits_of_adder(const numeric::Interval& a, const numeric::Interval& b, bool subtract,
                        const numeric::Interval& sum);

/// An operand of a row of three: its range with sign and shift applied.
struct RowOperand {
  numeric::Interval range;
  bool subtracted = false;
};

/// The bits of a carry chain that sums three words: from where two of them stand, or from the
/// lowest one if that is subtracted, to the top of the sum.
int bits_of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c,
                const numeric::Interval& sum);

/// What adders cost on a kind of hardware, in whole numbers of a unit of its own. An adder of no
/// bits costs nothing.
struct CostModel {
  std::int64_t chain = 0;       // once for each adder; below 0: what its first bit costs less
  std::int64_t full_adder = 1;  // for each AdderBits::full, half, inverted
  std::int64_t half_adder = 1;
  std::int64_t inverter = 0;
  /// Where a carry chain sums three words: an adder and one that it alone reads may become a row of
  /// this cost, the outermost adder's operands and its bits. `tenths`: its delay, an adder of two
  /// operands being 10; the search joins only what keeps each sum within its levels.
  struct Row {
    std::int64_t chain = 0, bit = 1;
    int tenths = 10;
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::optional<Row> row;
  /// Where LUTs hold tables: the address bits of one LUT, and what each bit of the result costs.
  struct Table {
    int inputs = 0;
    std::int64_t bit = 1;
    friend bool operator==(const Table&, const Table&) = default;
  };
  std::optional<Table> table;
  double per_unit = 1;  // costs that make one unit as the user knows it: a LUT, a square micrometre

  std::int64_t of_adder(const numeric::Interval& a, const numeric::Interval& b, bool subtract,
                        const numeric::Interval& sum) const;
  /// The model has rows.
  std::int64_t of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c,
                      const numeric::Interval& sum) const;

  friend bool operator==(const CostModel&, const CostModel&) = default;
};

/// One for each full adder, and for each half adder.
CostModel full_adder_bits();
/// LUTs of AMD's carry chains (7 series, UltraScale): a LUT6 for each bit, of rows of three as
/// well.
CostModel lut6_carry();
/// LUTs of carry chains behind four-input LUTs (iCE40, ECP5): one for each bit of two operands, and
/// `chain_luts` where a chain begins or ends.
CostModel lut4_carry(int chain_luts);

}  // namespace gatefold::adder_graph
