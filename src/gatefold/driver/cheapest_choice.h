#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gatefold/driver/resources.h"

namespace gatefold::driver {

/// A way to make a layer.
struct Option {
  double size = 0;      // what is to be small
  Resources resources;  // what has bounds; no amount is negative
};

/// One option of each layer with the smallest total size whose total resources are within the
/// bounds: a multiple-choice knapsack with several bounds, by dynamic programming over the layers
/// that keeps each partial choice which no other one beats in everything. Exact while no more than
/// `most_partial_choices` remain; beyond, those of the smallest sizes are kept. None where nothing
/// fits.
std::optional<std::vector<std::size_t>> cheapest_choice(
    const std::vector<std::vector<Option>>& layers, const Resources& bounds);

inline constexpr std::size_t most_partial_choices = 1024;

}  // namespace gatefold::driver
