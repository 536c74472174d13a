#pragma once

#include <optional>
#include <span>

#include "gatefold/hardware/design.h"

namespace gatefold::hardware {

/// What interval arithmetic gives for an operation appended to `process`: the range to add it with.
/// Empty when a word would be wider than `numeric::max_word_width`. The operands must be in the
/// process, and addresses within their tables.
std::optional<numeric::Interval> range_of(const Kind& kind, const Process& process,
                                          std::span<const Channel> channels);

/// The values that both hold; empty when there is none.
std::optional<numeric::Interval> intersection(const numeric::Interval& a,
                                              const numeric::Interval& b);

}  // namespace gatefold::hardware
