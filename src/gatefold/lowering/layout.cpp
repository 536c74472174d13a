#include "gatefold/lowering/layout.h"

#include <algorithm>
#include <numeric>

#include "gatefold/lowering/position.h"

namespace gatefold::lowering {

bool Layout::is_wide() const {
  if (groups.size() != 1) return false;
  for (std::size_t i = 0; i < lanes(); ++i)
    if (groups.front()[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

Layout wide_layout(const graph::Shape& shape, int axes) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(position_size(shape, axes)));
  std::iota(all.begin(), all.end(), 0);
  return {axes, numeric::element_count({shape.begin(), shape.begin() + axes}), {all}};
}

Layout chunked(const Layout& positions, std::int64_t elements, std::size_t lanes) {
  Layout result{positions.axes, positions.positions, {}};
  for (std::int64_t i = 0; i < elements; ++i) {
    const auto lane = static_cast<std::size_t>(i) % lanes;
    if (lane == 0) result.groups.emplace_back(lanes, -1);
    result.groups.back()[lane] = i;
  }
  return result;
}

Layout cut(const Layout& layout, std::size_t lanes) {
  Layout result{layout.axes, layout.positions, {}};
  for (const auto& group : layout.groups)
    for (auto at = group.begin(); at != group.end(); at += static_cast<std::ptrdiff_t>(lanes)) {
      const std::vector<std::int64_t> part(at, at + static_cast<std::ptrdiff_t>(lanes));
      if (std::ranges::any_of(part, [](auto e) { return e >= 0; })) result.groups.push_back(part);
    }
  return result;
}

Layout joined(const Layout& layout, std::size_t count) {
  Layout result{layout.axes, layout.positions, {}};
  for (std::size_t g = 0; g < layout.groups.size(); ++g) {
    if (g % count == 0) result.groups.emplace_back();
    auto& group = result.groups.back();
    group.insert(group.end(), layout.groups[g].begin(), layout.groups[g].end());
  }
  result.groups.back().resize(count * layout.lanes(), -1);
  return result;
}

Layout flattened(const Layout& layout) {
  Layout result{0, 1, {}};
  std::int64_t elements = 0;
  for (const auto& group : layout.groups)
    elements += std::ranges::count_if(group, [](auto e) { return e >= 0; });
  for (std::int64_t position = 0; position < layout.positions; ++position)
    for (auto group : layout.groups) {
      for (auto& element : group)
        if (element >= 0) element += position * elements;
      result.groups.push_back(std::move(group));
    }
  return result;
}

}  // namespace gatefold::lowering
