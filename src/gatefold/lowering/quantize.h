#pragma once

#include <optional>

#include "gatefold/lowering/lowerer.h"
#include "gatefold/numeric/rescale.h"

namespace gatefold::lowering {

/// A table of this many input bits costs one LUT6 per output bit.
constexpr int free_table_width = 6;

/// The quantizer of one element, by the cheapest exact hardware. QuantizerTooWide.
Result<ValueId> realise(Lowerer& lowerer, const graph::Quantize& quantize,
                        const graph::TensorType& in, std::int64_t flat, ValueId x,
                        const std::string& layer);

/// A step as one multiplication and a shift, where that is exact on all of `reach` and stays in a
/// word.
std::optional<numeric::ShiftRescale> shift_of(const std::optional<numeric::Rescale>& step,
                                              const Interval& reach);

/// `clamp((x * multiplier + addend) >> shift, bounds)`.
ValueId rescale(Lowerer& lowerer, ValueId x, const numeric::ShiftRescale& step,
                const Interval& bounds);

/// A quantizer that serves several elements of a tensor in turn.
struct Turns {
  const graph::Quantize& quantize;
  const graph::TensorType& in;
  std::vector<std::int64_t> elements;  // by turn
  ValueId turn;                        // invalid where there is one element
  const std::string& layer;
};

/// One multiplier with constants by turn, where that is exact; else the words of all elements, and
/// a choice among them. `x` may be any integer of its range at any turn. QuantizerTooWide.
Result<ValueId> lower_in_turn(Lowerer& lowerer, const Turns& turns, ValueId x);

/// choices[by_turn[turn]].
ValueId chosen(Lowerer& lowerer, Words choices, const std::vector<std::int64_t>& by_turn,
               ValueId turn);

}  // namespace gatefold::lowering
