#pragma once

#include <cstdint>
#include <random>

#include "gatefold/schedule/execution.h"

namespace gatefold::testing {

/// Willing in a share of the cycles, another one at each port; the same for the same seed.
inline schedule::Willing at_random(std::uint64_t seed, unsigned percent) {
  return [=](std::size_t port, std::int64_t cycle) {
    std::mt19937_64 random(seed * 1000003 + static_cast<std::uint64_t>(cycle) * 31 + port);
    random.discard(3);
    return random() % 100 < percent;
  };
}

}  // namespace gatefold::testing
