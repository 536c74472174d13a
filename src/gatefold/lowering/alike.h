#pragma once

#include "gatefold/lowering/quantize.h"

namespace gatefold::lowering {

/// One quantizer for the elements of some turns: they differ by what is added to the word before,
/// such as the biases of units. The word is brought to a finer grid where the offsets need it.
struct AlikeQuantizers {
  graph::Quantize quantize;
  graph::TensorType in;               // one element; its range holds those of all turns
  std::int64_t multiplier = 1;        // of the word
  std::vector<std::int64_t> offsets;  // by turn, added to the product; 0 for turns of others
  std::vector<std::size_t> turns;
};

/// Every turn is in one of these.
std::vector<AlikeQuantizers> alike_quantizers(const Turns& turns);

}  // namespace gatefold::lowering
