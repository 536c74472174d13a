#pragma once

#include <string>

#include "gatefold/emit/expression.h"

namespace gatefold::emit {

/// min(max(a, low), high) as the word. Bounds that are powers of two (a ReLU, a saturation to a
/// word) are tested on the bits above, not by a comparison.
std::string clamp_text(const Operand& a, const numeric::Interval& range,
                       const numeric::Interval& bounds, const hardware::Word& word);

}  // namespace gatefold::emit
