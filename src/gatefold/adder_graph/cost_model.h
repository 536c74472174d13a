#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>

#include "gatefold/numeric/interval.h"

namespace gatefold::adder_graph {

/// Position of the bit above the word's top, sign bit included: 0 for the constant 0.
inline int top_of(const numeric::Interval& range) {
  if (range.low == 0 && range.high == 0) return 0;
  const auto length = [](std::int64_t value) {
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
  };
  return std::max(length(range.low), length(range.high)) + (range.low < 0 ? 1 : 0);
}

/// What the bits of an adder depend on of an operand, or of a sum. Made of the range of its values.
struct Word {
  Word() = default;
  Word(const numeric::Interval& range)  // NOLINT(google-explicit-constructor): ranges are words
      : top(top_of(range)), zeros(range.zeros), is_signed(range.low < 0) {}
  Word(std::int64_t low, std::int64_t high, int known_zeros)
      : Word(numeric::Interval{low, high, known_zeros}) {}

  int top = 0, zeros = 0;
  bool is_signed = false;
};

/// The bits that an adder of two operands computes. `full`: both operands stand. `half`: one does,
/// and a carry passes. `inverted`: bits of the subtrahend, its sign's repetitions left out.
struct AdderBits {
  int full = 0, half = 0, inverted = 0;
  int chain() const { return full + half; }
};

/// Bits of the word within [start, end); with a sign, it stands up to the end.
inline int standing(const Word& word, int start, int end) {
  const int top = word.is_signed ? end : std::min(end, word.top);
  return std::max(0, top - std::max(start, word.zeros));
}

/// The bits of a +/- b, operands with their shifts applied: from the coarser operand's lowest bit
/// (lower ones pass through) to the top of the sum; from the subtrahend's lowest bit when that is
/// the finer one (its negation ripples); none when the operands' bits are disjoint (a
/// concatenation).
inline AdderBits bits_of_adder(const Word& a, const Word& b, bool subtract, const Word& sum) {
  const bool a_finer = a.zeros < b.zeros;
  const Word& finer = a_finer ? a : b;
  const bool finer_subtracted = subtract && !a_finer && a.zeros != b.zeros;
  const int coarse = std::max(a.zeros, b.zeros);
  if (!subtract && !finer.is_signed && finer.top <= coarse) return {};
  const int start = finer_subtracted ? finer.zeros : coarse, end = sum.top;
  if (end <= start) return {};
  AdderBits bits;
  // Above their lowest bits words stand up to their tops: both do up to the lower top.
  bits.full = std::min(standing(a, coarse, end), standing(b, coarse, end));
  bits.half = end - start - bits.full;
  if (subtract) bits.inverted = std::max(0, std::min(end, b.top) - std::max(start, b.zeros));
  return bits;
}

/// An operand of a row of three, sign and shift applied.
struct RowOperand {
  Word word;
  bool subtracted = false;
};

/// The bits of a carry chain that sums three words: from where two of them stand, or from the
/// lowest one if that is subtracted, to the top of the sum.
int bits_of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c, const Word& sum);

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

  std::int64_t of_adder(const Word& a, const Word& b, bool subtract, const Word& sum) const {
    const AdderBits bits = bits_of_adder(a, b, subtract, sum);
    if (bits.chain() == 0) return 0;
    return std::max<std::int64_t>(
        0, chain + full_adder * bits.full + half_adder * bits.half + inverter * bits.inverted);
  }
  /// The model has rows.
  std::int64_t of_row(const RowOperand& a, const RowOperand& b, const RowOperand& c,
                      const Word& sum) const;

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
