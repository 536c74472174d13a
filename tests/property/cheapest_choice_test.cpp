// The choice of options against all choices there are.
#include "gatefold/driver/cheapest_choice.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace gatefold::driver {
namespace {

using Layers = std::vector<std::vector<Option>>;

Layers random_layers(std::mt19937_64& random) {
  Layers layers(1 + random() % 5);
  for (auto& options : layers)
    for (std::size_t count = 1 + random() % 4; count-- > 0;) {
      Option option;
      option.size = static_cast<double>(random() % 20);
      for (double& amount : option.resources.amounts) amount = static_cast<double>(random() % 8);
      options.push_back(option);
    }
  return layers;
}

Resources random_bounds(std::mt19937_64& random, std::size_t layers) {
  Resources bounds = unbounded();
  for (double& bound : bounds.amounts)
    if (random() % 2 == 0) bound = static_cast<double>(random() % (8 * layers));
  return bounds;
}

/// The smallest size of all choices that fit; infinity where none does.
double smallest(const Layers& layers, const Resources& bounds, std::size_t layer, double size,
                const Resources& taken) {
  if (!taken.within(bounds)) return std::numeric_limits<double>::infinity();
  if (layer == layers.size()) return size;
  double best = std::numeric_limits<double>::infinity();
  for (const Option& option : layers[layer]) {
    Resources with = taken;
    with += option.resources;
    best = std::min(best, smallest(layers, bounds, layer + 1, size + option.size, with));
  }
  return best;
}

TEST(CheapestChoice, IsTheSmallestOfAllThatFit) {
  std::mt19937_64 random(5);
  int found = 0;
  for (int i = 0; i < 2000; ++i) {
    const Layers layers = random_layers(random);
    const Resources bounds = random_bounds(random, layers.size());
    const double expected = smallest(layers, bounds, 0, 0, {});
    const auto choice = cheapest_choice(layers, bounds);
    ASSERT_EQ(choice.has_value(), std::isfinite(expected));
    if (!choice) continue;
    ++found;
    double size = 0;
    Resources taken;
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      const Option& option = layers[layer].at((*choice)[layer]);
      size += option.size;
      taken += option.resources;
    }
    ASSERT_EQ(size, expected);
    ASSERT_TRUE(taken.within(bounds));
  }
  EXPECT_GT(found, 500);
  EXPECT_LT(found, 1900);
}

TEST(CheapestChoice, ManyLayersStayQuick) {
  Layers layers(200, {{10, {{4, 1, 0, 0, 0}}}, {3, {{9, 2, 1, 0, 0}}}, {5, {{6, 3, 0, 2, 0}}}});
  Resources bounds = unbounded();
  bounds[Resource::Luts] = 1500;
  bounds[Resource::Dsps] = 40;
  EXPECT_TRUE(cheapest_choice(layers, bounds).has_value());
  bounds[Resource::Luts] = 799;
  EXPECT_FALSE(cheapest_choice(layers, bounds).has_value());
}

}  // namespace
}  // namespace gatefold::driver
