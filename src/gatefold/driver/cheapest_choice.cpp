#include "gatefold/driver/cheapest_choice.h"

#include <algorithm>
#include <cmath>

namespace gatefold::driver {
namespace {

/// Options of the first layers; `before` and `option` lead back to them.
struct Partial {
  double size = 0;
  Resources resources;
  std::size_t before = 0, option = 0;
};

/// What the layers from each one on take at least, of each resource.
std::vector<Resources> least_from(const std::vector<std::vector<Option>>& layers) {
  std::vector<Resources> least(layers.size() + 1);
  for (std::size_t i = layers.size(); i-- > 0;) {
    Resources own = unbounded();
    for (const Option& option : layers[i])
      for (std::size_t r = 0; r < resource_count; ++r)
        own.amounts[r] = std::min(own.amounts[r], option.resources.amounts[r]);
    least[i] = least[i + 1];
    least[i] += own;
  }
  return least;
}

/// Of these, sorted by size, those that no smaller one beats in every bounded resource.
std::vector<Partial> undominated(std::vector<Partial> partials, const Resources& bounds) {
  std::ranges::stable_sort(partials, {}, &Partial::size);
  std::vector<Partial> kept;
  const auto beats = [&](const Partial& a, const Partial& b) {
    for (std::size_t r = 0; r < resource_count; ++r)
      if (std::isfinite(bounds.amounts[r]) && a.resources.amounts[r] > b.resources.amounts[r])
        return false;
    return true;
  };
  for (const Partial& partial : partials) {
    if (kept.size() == most_partial_choices) break;
    if (std::ranges::none_of(kept, [&](const Partial& k) { return beats(k, partial); }))
      kept.push_back(partial);
  }
  return kept;
}

}  // namespace

std::optional<std::vector<std::size_t>> cheapest_choice(
    const std::vector<std::vector<Option>>& layers, const Resources& bounds) {
  const std::vector<Resources> least = least_from(layers);
  std::vector<std::vector<Partial>> levels{{Partial{}}};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    std::vector<Partial> next;
    for (std::size_t before = 0; before < levels.back().size(); ++before)
      for (std::size_t option = 0; option < layers[i].size(); ++option) {
        Partial partial = levels.back()[before];
        partial.size += layers[i][option].size;
        partial.resources += layers[i][option].resources;
        partial.before = before;
        partial.option = option;
        Resources most = partial.resources;
        most += least[i + 1];
        if (most.within(bounds)) next.push_back(partial);
      }
    levels.push_back(undominated(std::move(next), bounds));
  }
  if (levels.back().empty()) return std::nullopt;
  std::vector<std::size_t> choice(layers.size());
  std::size_t at = 0;  // the smallest is the first
  for (std::size_t i = layers.size(); i-- > 0;) {
    choice[i] = levels[i + 1][at].option;
    at = levels[i + 1][at].before;
  }
  return choice;
}

}  // namespace gatefold::driver
