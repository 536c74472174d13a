#pragma once

#include <optional>

#include "gatefold/lowering/folded_matrix.h"

namespace gatefold::lowering {

/// A matrix whose outputs come in groups that read beats of their own, one run of beats after the
/// other: such as a depthwise convolution, channel after channel.
struct Blocks {
  std::vector<std::vector<std::int64_t>> outputs;  // [block][lane], -1: none
  std::int64_t multipliers = 0;                    // lane and bank pairs that any block uses
};

/// As many blocks as the order of the inputs has, more than one; none where there are not.
std::optional<Blocks> blocks_of(const graph::Linear& linear, const Layout& inputs);

}  // namespace gatefold::lowering
