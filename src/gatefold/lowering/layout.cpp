#include "gatefold/lowering/layout.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "gatefold/lowering/position.h"

namespace gatefold::lowering {

namespace {

/// Whether beats are cut into parts, each into one at least; parts without elements, which are left
/// out, were the last of their beat.
bool cuts(const Layout& from, const Layout& to) {
  if (from.lanes() % to.lanes() != 0 || cut(from, to.lanes()) != to) return false;
  return to.groups.size() > from.groups.size() &&
         std::ranges::all_of(from.groups, [](const auto& group) {
           return group.front() >= 0 &&
                  std::ranges::is_partitioned(group, [](auto element) { return element >= 0; });
         });
}

}  // namespace

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

std::vector<std::int64_t> elements_of(const Layout& layout) {
  std::vector<std::int64_t> elements;
  for (const auto& group : layout.groups)
    std::ranges::copy_if(group, std::back_inserter(elements), [](auto e) { return e >= 0; });
  return elements;
}

Layout flattened(const Layout& layout) {
  Layout result{0, 1, {}};
  const std::int64_t elements = std::ssize(elements_of(layout));
  for (std::int64_t position = 0; position < layout.positions; ++position)
    for (auto group : layout.groups) {
      for (auto& element : group)
        if (element >= 0) element += position * elements;
      result.groups.push_back(std::move(group));
    }
  return result;
}

bool is_one_step(const Layout& from, const Layout& to) {
  if (from.groups.size() == 1 || to.groups.size() == 1) return true;
  if (to.lanes() < from.lanes()) return cuts(from, to);
  return to.lanes() % from.lanes() == 0 &&
         from.groups.size() == to.groups.size() * (to.lanes() / from.lanes()) &&
         joined(from, to.lanes() / from.lanes()) == to;
}

int conversion_steps(const Layout& from, const Layout& to) {
  if (from.axes != to.axes || from.positions != to.positions) {
    const Layout flat_from = flattened(from), flat_to = flattened(to);
    return flat_from == flat_to ? 0 : is_one_step(flat_from, flat_to) ? 1 : 2;
  }
  return from == to ? 0 : is_one_step(from, to) ? 1 : 2;
}

}  // namespace gatefold::lowering
